/** Booleans and labels over time, as bands that fill the whole. */

import type { components } from "../../api/schema";

type Schemas = components["schemas"];
export type Value = Schemas["ValueShare"]["Value"];
type SharePoint = Pick<Schemas["FindingPoint"], "Shares">;

export interface Band {
  /** Null stands for all values that have no band of their own. */
  value: Value | null;
  name: string;
  /** Counts, one for each point. */
  counts: number[];
  total: number;
  /** Share of all booleans and labels in the range, 0 to 1. */
  share: number;
}

/** As many as there are colours, and one for the rest. */
export const MOST_BANDS = 7;
const COLOURS = 6;

/** The most frequent values of all points, and the rest as one. */
export function bandsOf(points: readonly (SharePoint | null)[], most = MOST_BANDS): Band[] {
  const wholes = points.map(wholeOf);
  const whole = sum(wholes);
  if (whole === 0) return [];
  const totals = totalsOf(points);
  const ranked = [...totals.values()].sort(
    (a, b) => b.count - a.count || nameOf(a.value).localeCompare(nameOf(b.value)),
  );
  const fits = ranked.length <= most && sum(ranked.map((one) => one.count)) === whole;
  const bands = ranked.slice(0, fits ? most : most - 1).map(({ value, count }): Band => {
    const key = keyOf(value);
    const counts = points.map(
      (point) => point?.Shares.find((share) => keyOf(share.Value) === key)?.Count ?? 0,
    );
    return { value, name: nameOf(value), counts, total: count, share: count / whole };
  });
  if (fits) return bands;
  const rest = wholes.map((all, at) => all - sum(bands.map((band) => band.counts[at] ?? 0)));
  const total = sum(rest);
  return [...bands, { value: null, name: "others", counts: rest, total, share: total / whole }];
}

/** Upper edges of the bands, from 0 to 1 in each point; null where nothing was recorded. */
export function stacked(bands: readonly Band[]): (number | null)[][] {
  const points = bands[0]?.counts.length ?? 0;
  const edges: (number | null)[][] = bands.map(() => []);
  for (let at = 0; at < points; at += 1) {
    const whole = sum(bands.map((band) => band.counts[at] ?? 0));
    let below = 0;
    bands.forEach((band, which) => {
      below += band.counts[at] ?? 0;
      edges[which]?.push(whole > 0 ? below / whole : null);
    });
  }
  return edges;
}

/** How a value is written: text stays apart from the boolean that looks like it. */
export function nameOf(value: Value): string {
  if (typeof value !== "string") return String(value);
  return value === "" || value === "true" || value === "false" ? JSON.stringify(value) : value;
}

/** Labels of a point that are beyond the answer's twenty are known only by their share. */
function wholeOf(point: SharePoint | null): number {
  const first = point?.Shares.find((share) => share.Share > 0);
  return first ? Math.round(first.Count / first.Share) : 0;
}

function totalsOf(points: readonly (SharePoint | null)[]): Map<string, { value: Value; count: number }> {
  const totals = new Map<string, { value: Value; count: number }>();
  for (const share of points.flatMap((point) => point?.Shares ?? [])) {
    const key = keyOf(share.Value);
    const known = totals.get(key);
    if (known) known.count += share.Count;
    else totals.set(key, { value: share.Value, count: share.Count });
  }
  return totals;
}

function keyOf(value: Value): string {
  return `${typeof value}:${String(value)}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

/** By rank: which values are good is not known. */
export function colourOf(band: Band, at: number): string {
  return band.value === null ? "var(--line-strong)" : `var(--series-${(at % COLOURS) + 1})`;
}
