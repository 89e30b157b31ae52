/** How long the bars of durations are. */

/**
 * The duration at which a bar is full: the longest of the rows, but of what is left when the
 * longest twentieth is set aside. One trace of ten minutes would else make all others look alike.
 */
export function durationScale(rows: readonly { DurationMs: number }[]): number {
  const sorted = rows.map((row) => row.DurationMs).sort((a, b) => a - b);
  const at = Math.max(0, Math.ceil(sorted.length * 0.95) - 1);
  return Math.max(1, sorted[at] ?? 1);
}
