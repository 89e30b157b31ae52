/** Curves as they are drawn: what was recorded, and what is made of it, each with its words. */

import type { Range } from "../../lib/axis";
import { isNumber, type Curve } from "./curve";
import { smoothed } from "./smoothing";

export interface Series {
  id: string;
  name: string;
  colour: number;
  steps: number[];
  /** null is a gap. */
  raw: (number | null)[];
  /** The same made smooth; undefined when nothing is. */
  smooth: (number | null)[] | undefined;
}

export function seriesOf(curve: Curve): Series {
  return {
    id: curve.id,
    name: curve.name,
    colour: curve.colour,
    steps: curve.points.map(({ index }) => index),
    raw: curve.points.map(({ value }) => (isNumber(value) ? value : null)),
    smooth: undefined,
  };
}

/** The same with a smooth curve; its steps stay the very same, so that nothing is aligned anew. */
export function madeSmooth(series: Series, smoothing: number): Series {
  return smoothing > 0 ? { ...series, smooth: smoothed(series.raw, series.steps, smoothing) } : series;
}

/** What is drawn in full: the smooth curve where there is one. */
export function mainOf(series: Series): readonly (number | null)[] {
  return series.smooth ?? series.raw;
}

/** The lowest and highest value that is drawn in a view; nulls when there is none. */
export function extent(all: readonly Series[], view: Range, logarithmic: boolean): [number, number] | [null, null] {
  let [low, high] = [Infinity, -Infinity];
  for (const { steps, raw, smooth } of all) {
    for (const values of smooth ? [raw, smooth] : [raw]) {
      values.forEach((value, at) => {
        const step = steps[at]!;
        if (value === null || step < view.from || step > view.to || (logarithmic && value <= 0)) return;
        if (value < low) low = value;
        if (value > high) high = value;
      });
    }
  }
  return low <= high ? [low, high] : [null, null];
}
