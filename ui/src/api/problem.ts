/** What went wrong, in the server's words where it said something. */

import type { components } from "./schema";

type ErrorModel = components["schemas"]["ErrorModel"];

export class Problem extends Error {
  override name = "Problem";

  constructor(
    /** HTTP status; 0 when there was no answer. */
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    /** The server's log names this occurrence so; empty when it said nothing. */
    readonly instance = "",
    /** Seconds after which the server wants to be asked again. */
    readonly retryAfter: number | null = null,
  ) {
    super(detail || title);
  }

  /** Whether the same question may be answered later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** The problem of an answer that is not a success. */
export function problemOf(response: Response, body: ErrorModel | string | undefined): Problem {
  const said: Partial<ErrorModel> = typeof body === "object" ? body : {};
  const faults = (said.errors ?? []).map((one) => `${one.location ?? ""} ${one.message ?? ""}`.trim());
  const detail = begun(said.detail) ?? `The server answered with status ${response.status}.`;
  return new Problem(
    response.status,
    said.title ?? (response.statusText || `Status ${response.status}`),
    [detail, ...faults.filter((fault) => !detail.includes(fault))].join("; "),
    said.instance ?? "",
    seconds(response.headers.get("retry-after")),
  );
}

/** What a fetch throws; without an answer there is no status. */
export function unanswered(thrown: unknown): Problem {
  // The Fetch Standard says TypeError, which mistakes in this page are too: only here it is clear.
  if (thrown instanceof SyntaxError) {
    return new Problem(-1, "The answer is not understood", "What answered is no Modelmetry server, or something between changed its answer.");
  }
  if (!(thrown instanceof TypeError)) return asProblem(thrown);
  return new Problem(
    0,
    "The server does not answer",
    "Look whether modelmetry ui, or modelmetry serve, still runs.",
  );
}

/** Whether browsers ask for no such path: they resolve `.` and `..` away (URL Standard 4.4). */
export function unaskable(xid: string): boolean {
  return xid === "." || xid === "..";
}

/** Anything thrown as a problem. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  return new Problem(-1, "This page failed", thrown instanceof Error ? thrown.message : String(thrown));
}

/** Whether something was cancelled on purpose. */
export function isCancelled(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === "AbortError";
}

/** The server's words as a sentence of their own begins; names such as `query.sort` stay. */
function begun(text: string | undefined): string | undefined {
  return text && /^[a-z]+[ ,]/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

function seconds(header: string | null): number | null {
  const number = Number(header);
  return header !== null && Number.isFinite(number) ? number : null;
}
