/** Which stretch of time shows something, where the usual one has next to nothing. */

import { STRETCHES, USUAL } from "../../lib/between";
import { stretchMs } from "../../lib/filters";

/** Fewer traces than this make no chart. */
export const FEW = 10;
export const HOUR = 3600; // s

interface Point {
  Start: string;
  Traces: number;
}

/** The usual stretch and those that are longer. */
export const LONGER = STRETCHES.slice(STRETCHES.findIndex((one) => one === USUAL.last));
export const LONGEST = LONGER.at(-1) ?? USUAL.last;

/**
 * The shortest stretch with enough traces, or else with any; null when that is the usual one, or none.
 * @param points of an hour each.
 */
export function fittingStretch(points: readonly Point[], now: number): string | null {
  const held = LONGER.map((stretch) => {
    const from = now - (stretchMs(stretch) ?? 0) - HOUR * 1000;
    const traces = points.reduce((sum, one) => (Date.parse(one.Start) > from ? sum + one.Traces : sum), 0);
    return { stretch, traces };
  });
  const found = held.find(({ traces }) => traces >= FEW) ?? held.find(({ traces }) => traces > 0);
  return !found || found.stretch === USUAL.last ? null : found.stretch;
}
