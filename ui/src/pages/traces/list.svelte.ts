/** The list of traces: pages loaded one after the other, and the newest ones as they arrive. */

import { answered, api, asProblem, isCancelled, type Problem, type Schemas } from "../../api/client";
import { backoff, pause, recovering, retrying } from "../../api/retry";
import { traceQuery, type TraceFilters, type TraceQuery } from "../../lib/filters";
import { whenVisible } from "../../lib/visible";
import { merge, refreshed, trimmed, type Mark } from "../../lib/merge";

export type Trace = Schemas["Trace"];
type Page = Schemas["TraceList"];
export type Query = TraceQuery & { include_finding?: string[]; include_preview?: boolean };

const PAGE = 100; // rows
const MOST = 4000; // rows that a list grows to by itself while it is live
const LEAST = 2000; // rows that stay when it is cut
const SOON = 2000; // ms until the newest are asked for again
const LATER = 5000; // ms, when nothing happens

/** What to ask for now; `findings` are those with a column. */
export function listQuery(filters: TraceFilters, findings: readonly string[]): Query {
  // Always: the table that is exported has what was said, whatever the columns are.
  return { ...traceQuery(filters, Date.now()), include_preview: true, ...(findings.length > 0 && { include_finding: [...findings] }) };
}

export interface Snapshot {
  rows: readonly Trace[];
  cursor: string | null;
  marks: readonly Mark[];
  query: Query;
}

export class TraceRows {
  rows = $state.raw<readonly Trace[]>([]);
  /** Whether the rows are those of the last question, and not still of the one before. */
  settled = $state(false);
  loading = $state(false);
  problem = $state.raw<Problem>();
  /** The list cannot go on or keep up just now; what is shown stays. */
  trouble = $state.raw<Problem>();
  /** Traces with words that are not searched yet. */
  unsearched = $state(0);
  /** Rows that have arrived and wait until nobody reads where they would go. */
  waiting = $state(0);

  #cursor = $state.raw<string | null>(null);
  #marks: readonly Mark[] = [];
  #query: Query = {};
  #newest: Page | null = null;
  #stop = new AbortController();
  #more: Promise<void> | null = null;

  /** Whether the list goes on below its last row. */
  get endless(): boolean {
    return this.#cursor !== null;
  }

  /** Ask anew; what is shown stays until the answer is there. */
  async load(query: Query): Promise<void> {
    const signal = this.#begin(query);
    this.loading = true;
    try {
      const page = await recovering((stop) => read(query, null, stop), signal, (problem) => {
        this.problem = problem;
        this.loading = false;
      });
      if (signal.aborted) return;
      this.#replace(page);
      this.problem = undefined;
    } catch (thrown) {
      if (signal.aborted || isCancelled(thrown)) return;
      this.problem = asProblem(thrown);
    }
    this.loading = false;
  }

  /** Go on as it was left. */
  restore({ rows, cursor, marks, query }: Snapshot): void {
    this.#begin(query);
    this.rows = rows;
    this.#cursor = cursor;
    this.#marks = marks;
    this.settled = true;
    this.loading = false;
  }

  snapshot(): Snapshot | null {
    if (!this.settled) return null;
    return { rows: this.rows, cursor: this.#cursor, marks: this.#marks, query: this.#query };
  }

  /** Load the next page, once; resolves when it is there or cannot be had. */
  more(): Promise<void> {
    if (this.#cursor === null || !this.settled) return Promise.resolve();
    this.#more ??= this.#further(this.#stop.signal);
    return this.#more;
  }

  async #further(signal: AbortSignal): Promise<void> {
    try {
      const page = await retrying((stop) => read(this.#query, this.#cursor, stop), signal, 6);
      if (signal.aborted) return;
      const known = new Set(this.rows.map((row) => row.XID));
      this.rows = [...this.rows, ...page.Traces.filter((row) => !known.has(row.XID))];
      this.#cursor = page.NextCursor;
      this.#mark(page);
      this.trouble = undefined;
    } catch (thrown) {
      if (signal.aborted || isCancelled(thrown)) return;
      this.trouble = asProblem(thrown);
    } finally {
      if (!signal.aborted) this.#more = null;
    }
  }

  /**
   * Ask for the newest until cancelled.
   * @param query what to ask for: a stretch of time moves.
   * @param still whether new rows have to wait.
   * @param arrived told how many rows are new.
   */
  async follow(
    query: () => Query,
    still: () => boolean,
    arrived: (count: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    let idle = 0;
    let failures = 0;
    let before = "";
    while (!signal.aborted) {
      try {
        await pause(failures > 0 ? backoff(failures) : Math.min(LATER, SOON * 1.3 ** idle), signal);
        await whenVisible(signal);
        if (!this.settled) continue;
        const asked = this.#query;
        const page = await read(query(), null, signal);
        if (signal.aborted || asked !== this.#query) continue;
        const now = JSON.stringify(page.Traces);
        idle = now === before ? idle + 1 : 0;
        before = now;
        failures = 0;
        this.trouble = undefined;
        this.#take(page, still(), arrived);
      } catch (thrown) {
        if (signal.aborted || isCancelled(thrown)) return;
        failures += 1;
        this.trouble = asProblem(thrown);
      }
    }
  }

  /** Let what waits into the list. */
  admit(): void {
    const page = this.#newest;
    if (page === null) return;
    const { rows, broken } = merge(this.rows, page.Traces, page.NextCursor === null);
    if (broken || this.rows.length === 0 || page.NextCursor === null) {
      this.#marks = [];
      this.#cursor = page.NextCursor;
    }
    this.#mark(page);
    const cut = rows.length > MOST ? trimmed(rows, this.#marks, LEAST) : null;
    this.rows = cut?.rows ?? rows;
    if (cut) this.#cursor = cut.cursor;
    this.#newest = null;
    this.waiting = 0;
  }

  /** Leave out traces that are deleted. */
  forget(xids: ReadonlySet<string>): void {
    this.rows = this.rows.filter((row) => !xids.has(row.XID));
  }

  close(): void {
    this.#stop.abort();
  }

  #begin(query: Query): AbortSignal {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#query = query;
    this.#more = null;
    this.#newest = null;
    this.waiting = 0;
    this.settled = false;
    this.problem = undefined;
    this.trouble = undefined;
    return this.#stop.signal;
  }

  #replace(page: Page): void {
    this.rows = page.Traces;
    this.#cursor = page.NextCursor;
    this.#marks = [];
    this.#mark(page);
    this.unsearched = page.Unsearched ?? 0;
    this.settled = true;
  }

  #take(page: Page, still: boolean, arrived: (count: number) => void): void {
    this.unsearched = page.Unsearched ?? 0;
    this.#newest = page;
    const known = new Set(this.rows.map((row) => row.XID));
    const fresh = page.Traces.filter((row) => !known.has(row.XID)).length;
    if (fresh > this.waiting) arrived(fresh - this.waiting);
    if (still && fresh > 0) {
      this.rows = refreshed(this.rows, page.Traces);
      this.waiting = fresh;
    } else {
      this.admit();
    }
  }

  #mark(page: Page): void {
    const last = page.Traces.at(-1);
    if (last) this.#marks = [...this.#marks.slice(-200), { xid: last.XID, cursor: page.NextCursor }];
  }
}

function read(query: Query, cursor: string | null, signal: AbortSignal): Promise<Page> {
  const params = { query: { ...query, limit: PAGE, ...(cursor !== null && { cursor }) } };
  return answered(api.GET("/traces", { params, signal }));
}
