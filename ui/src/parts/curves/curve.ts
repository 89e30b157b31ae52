/** Lists of values by step: which of them are drawn, over which stretch, and what is said of them. */

import type { Range } from "../../lib/axis";
import { count, plural } from "../../lib/format";
import { oneLine } from "../../lib/hostile";

export interface Point {
  /** The place of the value in its list. */
  index: number;
  /** null where no number was recorded. */
  value: number | null;
}

export interface Curve {
  /** Tells curves apart over time: a curve that is hidden stays so when others come or go. */
  id: string;
  name: string;
  /** Which of the ten styles; a page gives one run the same in all its charts. */
  colour: number;
  /** How many values the points stand for. */
  count: number;
  /** By rising index, each index once. */
  points: readonly Point[];
  /** Whether there are more values than points. */
  thinned: boolean;
}

/** The answer to a zoom: curves of a stretch, drawn as long as what is shown lies inside it. */
export interface Finer extends Range {
  curves: readonly Curve[];
}

export const NAMELESS = "(no name)";
/** Fewer steps than this are not zoomed into. */
export const NARROWEST = 2;

/** From the first to the last step of all curves; undefined when there is none. */
export function wholeOf(curves: readonly Curve[]): Range | undefined {
  const filled = curves.filter((curve) => curve.points.length > 0);
  if (filled.length === 0) return undefined;
  return {
    from: Math.min(...filled.map((curve) => curve.points[0]?.index ?? 0)),
    to: Math.max(...filled.map((curve) => curve.points.at(-1)?.index ?? 0)),
  };
}

/** `stretch` on whole steps and inside `whole`; undefined when that is all of it. */
export function stretchIn(stretch: Range, whole: Range): Range | undefined {
  const low = Math.floor(Math.min(stretch.from, stretch.to));
  const high = Math.ceil(Math.max(stretch.from, stretch.to));
  const width = Math.max(high - low, NARROWEST);
  if (width >= whole.to - whole.from) return undefined;
  const from = Math.min(Math.max(low, whole.from), whole.to - width);
  return { from, to: from + width };
}

/** The curves to draw in a view: finer ones where they cover all of it. */
export function curvesIn(curves: readonly Curve[], finer: Finer | undefined, view: Range | undefined): readonly Curve[] {
  if (!finer || !view || finer.from > view.from || finer.to < view.to) return curves;
  const found = new Map(finer.curves.map((curve) => [curve.id, curve]));
  return curves.map((curve) => {
    const fine = found.get(curve.id);
    return fine ? { ...curve, points: fine.points, count: fine.count, thinned: fine.thinned } : curve;
  });
}

/** That points were left out, in words; empty when none were. */
export function thinnedText(curves: readonly Curve[]): string {
  const thinned = curves.filter((curve) => curve.thinned);
  const [first] = thinned;
  if (!first) return "";
  const most = Math.max(...thinned.map((curve) => curve.count));
  const drawn = Math.max(...thinned.map((curve) => curve.points.length));
  const same = thinned.every((curve) => curve.count === most && curve.points.length === drawn);
  const who = curves.length === 1 ? "Thinned out" : `${whoOf(thinned.length, curves.length)} thinned out`;
  const sizes = same ? `from ${count(most)} values to ${count(drawn)}` : `from up to ${count(most)} values to up to ${count(drawn)}`;
  return `${who} ${sizes}${thinned.length > 1 && same ? " each" : ""}; extremes are kept.`;
}

/** That a smooth curve knows only the points that are drawn, in words; empty when those are all. */
export function smoothedText(curves: readonly Curve[], smoothing: number): string {
  if (smoothing <= 0 || !curves.some((curve) => curve.thinned)) return "";
  return "The smoothing is that of the points drawn, not of all values; zoom in for those between.";
}

function whoOf(some: number, all: number): string {
  if (some === all) return "All curves are";
  return `${count(some)} of ${count(all)} curves ${some === 1 ? "is" : "are"}`;
}

/** What of the points inside a view cannot be drawn, in words; empty when all can. */
export function leftOutText(curves: readonly Curve[], view: Range, logarithmic: boolean): string {
  let missing = 0;
  let low = 0;
  let some = false;
  for (const { points, thinned } of curves) {
    for (const { index, value } of points) {
      if (index < view.from || index > view.to) continue;
      if (!isNumber(value)) missing++;
      else if (logarithmic && value <= 0) low++;
      else continue;
      some ||= thinned;
    }
  }
  const texts: string[] = [];
  const among = some ? "Of the points drawn, " : "";
  if (low > 0) texts.push(`${among}${plural(low, "value")} of 0 or less left out: a logarithmic scale cannot show ${low === 1 ? "it" : "them"}.`);
  if (missing > 0) texts.push(`${among}${plural(missing, "value")} left out that ${missing === 1 ? "is" : "are"} no finite number.`);
  return texts.join(" ");
}

/** The name as it is shown, in at most `longest` characters. */
export function nameOf({ name }: Pick<Curve, "name">, longest: number): string {
  return oneLine(name, longest) || NAMELESS;
}

export function isNumber(value: number | null | undefined): value is number {
  return value != null && Number.isFinite(value);
}
