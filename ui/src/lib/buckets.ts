/** Points of a series at even steps: what the server leaves out becomes a gap that is seen. */

export interface Point {
  Start: string;
}

export interface Buckets<P extends Point> {
  /** Starts in seconds since 1970, as charts want them. */
  times: number[];
  /** The point at each start, or null where nothing was recorded. */
  points: (P | null)[];
  seconds: number;
}

/** Charts get no denser than this; the server widens its points to half as many. */
const MOST = 2_000;

/**
 * Every step between two moments (milliseconds; the end is left out), or between the first and
 * the last point where the range is wider than what one chart holds.
 */
export function buckets<P extends Point>(
  found: readonly P[],
  seconds: number,
  after: number,
  before: number,
): Buckets<P> {
  const width = seconds * 1000;
  const bySlot = new Map(found.map((point) => [Math.floor(Date.parse(point.Start) / width), point]));
  let first = Math.floor(after / width);
  let last = Math.floor((before - 1) / width);
  // Also true when a bound is not finite.
  if (!(last - first < MOST)) {
    first = Math.min(...bySlot.keys());
    last = Math.max(...bySlot.keys());
  }
  const count = Math.max(0, Math.min(MOST, last - first + 1));
  const slots = Array.from({ length: count }, (_, at) => first + at);
  return {
    times: slots.map((slot) => slot * seconds),
    points: slots.map((slot) => bySlot.get(slot) ?? null),
    seconds,
  };
}
