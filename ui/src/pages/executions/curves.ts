/** Metrics as curves: what is asked of the server, and its answer as it is drawn. */

import type { Schemas } from "../../api/client";
import { answered, api } from "../../api/client";
import type { Curve } from "../../parts/curves/curve";

/** An execution in charts: its name there (that of the metric where it has none), and its look, the same in all. */
export interface Drawn {
  xid: string;
  name: string;
  colour: number;
}

export type Of = "list" | "value";

/** One curve has more than a chart has pixels, so that a peak is where it was; zooming brings the others. */
const POINTS = { most: 2000, least: 600, together: 6000 };

/** Points of each curve of so many: all of them together have to be drawn within a frame. */
export function pointsOf(curves: number): number {
  return Math.max(POINTS.least, Math.min(POINTS.most, Math.floor(POINTS.together / curves)));
}

/** @param stretch steps, the last included; everything without it. */
export async function askCurves(
  name: string,
  of: Of,
  drawn: readonly Drawn[],
  signal: AbortSignal,
  { points = pointsOf(drawn.length), stretch }: { points?: number; stretch?: { from: number; to: number } | undefined } = {},
): Promise<Curve[]> {
  const query = {
    execution: drawn.map(({ xid }) => xid),
    name,
    of,
    points,
    ...(stretch && { from_index: Math.max(0, stretch.from), to_index: stretch.to + 1 }),
  };
  const found = await answered(api.GET("/metrics/curves", { params: { query }, signal }));
  return found.Curves.flatMap((curve, at) => {
    const one = drawn[at];
    return one ? [curveOf(curve, { ...one, name: one.name || name })] : [];
  });
}

export function curveOf(curve: Schemas["MetricCurve"], { xid, name, colour }: Drawn): Curve {
  return {
    id: xid,
    name,
    colour,
    count: curve.Count,
    points: curve.Points.map(({ Index, Value }) => ({ index: Index, value: Value })),
    thinned: curve.Thinned,
  };
}
