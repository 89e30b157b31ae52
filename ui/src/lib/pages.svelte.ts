/** A list that the server answers page by page, as one that grows. */

import { asProblem, isCancelled, type Problem } from "../api/problem";
import { retrying } from "../api/retry";
import { Memory } from "./memory";

export interface Page<T> {
  rows: readonly T[];
  next: string | null;
}

export type Ask<T> = (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>;

interface Kept {
  rows: readonly unknown[];
  next: string | null;
}

/** "Back" finds all rows of a list at once. */
const memory = new Memory<Kept>();

export class Pages<T> {
  /** Undefined until the first page is there; the list before stays while another is on its way. */
  rows = $state.raw<readonly T[]>();
  problem = $state.raw<Problem>();
  loading = $state(false);
  more = $state(false);

  #ask: Ask<T> | undefined;
  #keep = "";
  #next: string | null = null;
  #stop = new AbortController();

  /** Begin another list; `keep` names it for "back". Gives what ends it. */
  begin(ask: Ask<T>, keep: string): () => void {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#ask = ask;
    this.#keep = keep;
    this.problem = undefined;
    this.loading = false;
    const kept = memory.take(keep);
    if (kept) this.show(kept.rows as readonly T[], kept.next);
    else void this.#load(null);
    const stop = this.#stop;
    return () => stop.abort();
  }

  /** The next page, or the one that failed. */
  further(): void {
    if (this.loading || (this.rows && !this.more && !this.problem)) return;
    void this.#load(this.#next);
  }

  async #load(cursor: string | null): Promise<void> {
    const [ask, stop] = [this.#ask, this.#stop];
    if (!ask) return;
    this.loading = true;
    this.problem = undefined;
    try {
      const page = await retrying((signal) => ask(cursor, signal), stop.signal);
      if (stop.signal.aborted) return;
      this.show(cursor === null ? page.rows : [...(this.rows ?? []), ...page.rows], page.next);
    } catch (thrown) {
      if (stop.signal.aborted || isCancelled(thrown)) return;
      this.problem = asProblem(thrown);
    }
    this.loading = false;
  }

  protected get next(): string | null {
    return this.#next;
  }

  protected show(rows: readonly T[], next: string | null): void {
    this.rows = rows;
    this.#next = next;
    this.more = next !== null;
    memory.keep(this.#keep, { rows, next });
  }
}
