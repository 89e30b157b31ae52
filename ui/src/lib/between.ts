/** Two moments that a range of the address stands for now, and what they are for questions and links. */

import { bounds, rangeQuery, type Range } from "./range";

export interface Between {
  range: Range;
  /** Milliseconds since 1970; -Infinity and Infinity where it is open. */
  after: number;
  before: number;
}

/** What these pages show when their address names no range. */
export const USUAL: Range = { last: "24h", after: "", before: "" };
export const STRETCHES = ["1h", "24h", "7d", "30d"] as const;

/** @param clock is looked at only where the range ends now: a fixed one does not change with time. */
export function betweenOf(range: Range, clock: { readonly now: number }): Between {
  const { after, before } = bounds(range, range.last ? clock.now : 0);
  return { range, after: after ?? -Infinity, before: before ?? Infinity };
}

/** The two moments as an operation wants them. What ends now stays open: the server's clock may be ahead. */
export function asked({ range, after, before }: Between): { start_after?: string; start_before?: string } {
  return {
    ...(Number.isFinite(after) && { start_after: iso(after) }),
    ...(range.last === "" && Number.isFinite(before) && { start_before: iso(before) }),
  };
}

/** As long a stretch that ends where this one begins; null where this one has no beginning or end. */
export function theOneBefore({ after, before }: Between): { start_after: string; start_before: string } | null {
  const length = before - after;
  if (!Number.isFinite(length) || length <= 0) return null;
  return { start_after: iso(after - length), start_before: iso(after) };
}

/** The same range for a link to another page; a stretch up to now stays one. */
export function linked({ range }: Between): Record<string, string | null> {
  return rangeQuery(range);
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** The moment of UTC that a clock shows as that of who looks does then: midnight is midnight. */
export function asUtc(ms: number): number {
  return ms - new Date(ms).getTimezoneOffset() * 60_000;
}
