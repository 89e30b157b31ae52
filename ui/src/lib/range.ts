/** The stretch of time that a page is about, as it stands in the address. */

import { stretchMs } from "./filters";

export interface Range {
  /** Such as `24h` when it ends now; empty when both ends are fixed or open. */
  last: string;
  /** Milliseconds since 1970; -Infinity and Infinity where it is open. */
  after: number;
  before: number;
}

/** Offered everywhere; any other stretch of the same form works in the address. */
export const STRETCHES: readonly { last: string; words: string }[] = [
  { last: "1h", words: "1 hour" },
  { last: "24h", words: "24 hours" },
  { last: "7d", words: "7 days" },
  { last: "30d", words: "30 days" },
];

/** What the address says: `last`, or `start_after` and `start_before`; else the usual stretch. */
export function rangeOf(query: URLSearchParams, now: number, usual = "24h"): Range {
  const last = query.get("last") ?? "";
  const stretch = stretchMs(last);
  if (stretch !== undefined) return { last, after: now - stretch, before: now };
  const after = Date.parse(query.get("start_after") ?? "");
  const before = Date.parse(query.get("start_before") ?? "");
  if (Number.isNaN(after) && Number.isNaN(before)) {
    return { last: usual, after: now - (stretchMs(usual) ?? 0), before: now };
  }
  const range = {
    last: "",
    after: Number.isNaN(after) ? -Infinity : after,
    before: Number.isNaN(before) ? Infinity : before,
  };
  return range.after < range.before ? range : { ...range, before: range.after };
}

/** The range as parameters of an operation; what ends now is open, so that a quick clock loses nothing. */
export function asked(range: Range): { start_after?: string; start_before?: string } {
  return {
    ...(Number.isFinite(range.after) && { start_after: iso(range.after) }),
    ...(range.last === "" && Number.isFinite(range.before) && { start_before: iso(range.before) }),
  };
}

/** As long a range that ends where this one begins; null where this one has no beginning or end. */
export function rangeBefore(range: Range): Range | null {
  const length = range.before - range.after;
  if (!Number.isFinite(length) || length <= 0) return null;
  return { last: "", after: range.after - length, before: range.after };
}

/** The same for an address; a stretch up to now stays one, so that the link keeps moving. */
export function linked(range: Range): { last?: string; start_after?: string; start_before?: string } {
  return range.last ? { last: range.last } : asked(range);
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
