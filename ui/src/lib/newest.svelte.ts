/** A list that comes page by page, and whose newest rows come by themselves. */

import { asProblem, isCancelled, type Problem } from "../api/problem";
import { backoff, pause, recovering } from "../api/retry";
import { merge, refreshed, type Row } from "./merge";
import { Pages, type Ask, type Page } from "./pages.svelte";
import { whenVisible } from "./visible";

const SOON = 2000; // ms until the newest are asked for again
const LATER = 5000; // ms, when nothing happens

export class NewestPages<T extends Row> extends Pages<T> {
  /** Rows that have arrived and wait until nobody reads where they would go. */
  waiting = $state(0);
  /** The list cannot keep up just now; what is shown stays. */
  trouble = $state.raw<Problem>();

  #newest: Page<T> | undefined;

  override begin(ask: Ask<T>, keep: string): () => void {
    this.#newest = undefined;
    this.waiting = 0;
    this.trouble = undefined;
    return super.begin(ask, keep);
  }

  /**
   * Ask for the newest rows until cancelled.
   * @param ask for the first page; a stretch of time moves.
   * @param still whether new rows have to wait.
   */
  async follow(ask: Ask<T>, still: () => boolean, signal: AbortSignal): Promise<void> {
    let idle = 0;
    let failures = 0;
    let before = "";
    while (!signal.aborted) {
      try {
        await pause(failures > 0 ? backoff(failures) : Math.min(LATER, SOON * 1.3 ** idle), signal);
        await whenVisible(signal);
        if (this.rows === undefined || this.loading || this.problem) continue;
        const page = await ask(null, signal);
        if (signal.aborted) return;
        const now = JSON.stringify(page.rows);
        idle = now === before ? idle + 1 : 0;
        before = now;
        failures = 0;
        this.trouble = undefined;
        this.take(page, still());
      } catch (thrown) {
        if (signal.aborted || isCancelled(thrown)) return;
        failures += 1;
        this.trouble = asProblem(thrown);
      }
    }
  }

  /** Ask for the newest rows once, and again while the problem may pass. */
  async renew(ask: Ask<T>, still: () => boolean, signal: AbortSignal): Promise<void> {
    if (this.rows === undefined) return;
    try {
      const page = await recovering((stop) => ask(null, stop), signal, (problem) => (this.trouble = problem));
      if (signal.aborted) return;
      this.trouble = undefined;
      this.take(page, still());
    } catch (thrown) {
      if (!signal.aborted && !isCancelled(thrown)) this.trouble = asProblem(thrown);
    }
  }

  /** What the newest page says; rows that are new wait while `still`. */
  take(page: Page<T>, still: boolean): void {
    const rows = this.rows ?? [];
    const known = new Set(rows.map((row) => row.XID));
    const fresh = page.rows.filter((row) => !known.has(row.XID)).length;
    this.#newest = page;
    if (still && fresh > 0) {
      this.show(refreshed(rows, page.rows), this.next);
      this.waiting = fresh;
    } else {
      this.admit();
    }
  }

  /** Let what waits into the list. */
  admit(): void {
    const page = this.#newest;
    if (page === undefined) return;
    const whole = page.next === null;
    const { rows, broken } = merge(this.rows ?? [], page.rows, whole);
    const anew = broken || whole || (this.rows ?? []).length === 0;
    this.show(rows, anew ? page.next : this.next);
    this.#newest = undefined;
    this.waiting = 0;
  }
}
