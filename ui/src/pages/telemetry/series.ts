/** Numbers of a run over time, as charts want them. */

import type { Schemas } from "../../api/client";
import { count } from "../../lib/format";
import type { Line } from "../../parts/chart";

/** Names in one question, as the server takes them. */
export const AT_ONCE = 20;
const POINTS = 400; // of one chart

/** Seconds of one point, for a run of so many milliseconds. */
export function bucketOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000 / POINTS));
}

type Points = Schemas["NumberSeries"]["Points"];

/** The mean of each stretch, and between what the values lay where there were several. */
export function linesOf(points: Points): Line[] {
  const line = (name: string, colour: string, key: "Mean" | "Min" | "Max"): Line => ({
    name,
    colour,
    shape: "line",
    values: points.map((point) => point[key]),
  });
  if (points.every((point) => point.Count <= 1)) return [line("value", "var(--series-1)", "Mean")];
  return [
    line("lowest", "var(--series-5)", "Min"),
    line("highest", "var(--series-5)", "Max"),
    line("mean", "var(--series-1)", "Mean"),
  ];
}

/** That a figure stands for several values, in words; empty where it was recorded so. */
export function meanText({ Count }: Pick<Points[number], "Count">): string {
  return Count > 1 ? `mean of ${count(Count)}` : "";
}

export function timesOf(points: Points): number[] {
  return points.map((point) => Date.parse(point.Start) / 1000);
}

/** The names in parts that the server takes. */
export function parts(names: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(names.length / AT_ONCE) }, (_, at) => names.slice(at * AT_ONCE, (at + 1) * AT_ONCE));
}
