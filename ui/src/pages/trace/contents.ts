/** What spans hold, read as few at a time as it takes and kept while the trace is looked at. */

import { answered, api, type Schemas } from "../../api/client";
import { Lane } from "../../lib/lane";

type Span = Schemas["Span"];
type OutlineSpan = Schemas["OutlineSpan"];

/** Changes when there is news of a span. */
export function spanMark({ Open, DurationMs, EventCount, FindingCount }: OutlineSpan): string {
  return [Open, DurationMs, EventCount, FindingCount].join();
}

export class Contents {
  /** Up to so many spans a trace is read whole, with one question. */
  static readonly SMALL = 40;
  static readonly AT_ONCE = 4;
  readonly #kept = new Map<string, { mark: string; span: Span }>();
  readonly #lane = new Lane(Contents.AT_ONCE);

  constructor(readonly trace: string) {}

  /**
   * The wanted spans, in their order; one that is gone meanwhile is left out.
   *
   * @param spanCount of the whole trace.
   */
  async read(wanted: readonly OutlineSpan[], spanCount: number, signal: AbortSignal): Promise<Span[]> {
    const lacking = wanted.filter((one) => this.#kept.get(one.XID)?.mark !== spanMark(one));
    if (lacking.length > 1 && spanCount <= Contents.SMALL) await this.#readWhole(lacking, signal);
    else await Promise.all(lacking.map((one) => this.#lane.run(signal, (stopped) => this.#readOne(one, stopped))));
    return wanted.flatMap((one) => this.#kept.get(one.XID)?.span ?? []);
  }

  async #readWhole(lacking: readonly OutlineSpan[], signal: AbortSignal): Promise<void> {
    const trace = await answered(api.GET("/traces/{xid}", { params: { path: { xid: this.trace } }, signal }));
    const found = new Map((trace.Spans ?? []).map((span) => [span.XID, span]));
    for (const one of lacking) {
      const span = found.get(one.XID);
      if (span !== undefined) this.#kept.set(one.XID, { mark: spanMark(one), span });
    }
  }

  async #readOne(one: OutlineSpan, signal: AbortSignal): Promise<void> {
    const params = { path: { xid: one.XID }, query: { trace: this.trace } };
    const span = await answered(api.GET("/spans/{xid}", { params, signal }));
    this.#kept.set(one.XID, { mark: spanMark(one), span });
  }
}
