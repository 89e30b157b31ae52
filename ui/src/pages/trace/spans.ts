import { answered, api, type Schemas } from "../../api/client";

type Span = Schemas["Span"];

/** Spans that were looked at lately, whole, so that going back to one asks nothing. */
export class SpanStore {
  static readonly MOST = 100;
  readonly #kept = new Map<string, { mark: string; span: Span }>();

  constructor(readonly trace: string) {}

  /** @param mark changes when there is news of the span. */
  async read(xid: string, mark: string, signal: AbortSignal): Promise<Span> {
    const known = this.#kept.get(xid);
    if (known?.mark === mark) return known.span;
    const params = { path: { xid }, query: { trace: this.trace } };
    const span = await answered(api.GET("/spans/{xid}", { params, signal }));
    this.#kept.delete(xid);
    this.#kept.set(xid, { mark, span });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= SpanStore.MOST) break;
      this.#kept.delete(oldest);
    }
    return span;
  }

  forget(xid: string): void {
    this.#kept.delete(xid);
  }
}
