/** Figures of a summary. */

import { share } from "../../lib/format";

/** A rate as the server says it, of which there is none while no job has ended. */
export function percentOf(rate: number | null): string {
  return rate === null ? "–" : share(rate, 1);
}

/** Parts of a strip; none so small that it cannot be seen. */
export function widths(counts: readonly number[]): number[] {
  const least = counts.reduce((sum, count) => sum + count, 0) / 100;
  return counts.map((count) => Math.max(count, least));
}
