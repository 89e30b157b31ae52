/** Curves for tests. */

import fc from "fast-check";

import type { Curve } from "./curve";
import { madeSmooth, seriesOf, type Series } from "./series";

export function curve(values: readonly (number | null)[], more: Partial<Curve> = {}): Curve {
  const points = values.map((value, index) => ({ index, value }));
  return { id: "a", name: "a", colour: 0, count: values.length, points, thinned: false, ...more };
}

export function series(values: readonly (number | null)[], more: Partial<Curve> = {}, smoothing = 0): Series {
  return madeSmooth(seriesOf(curve(values, more)), smoothing);
}

/** Rising steps, each once. */
export const risingSteps = fc.uniqueArray(fc.nat(1000), { maxLength: 40 }).map((all) => all.toSorted((one, other) => one - other));

export const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
