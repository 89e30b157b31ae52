/** Series of metrics as lines and bars of charts. */

import type { Schemas } from "../../api/client";
import type { Line } from "../../parts/chart";
import { ERROR_TYPE, MEMORY_STATE, OUTCOME, STATUS, TOKEN_TYPE } from "./names";
import { placesOf, type Places } from "./places";

export type Answer = Schemas["ProductionSeries"];
type Group = Schemas["ProductionGroup"];
type Point = Schemas["ProductionPoint"];

/** What one chart draws. */
export interface Drawing {
  times: number[];
  /** Width of one point. */
  seconds: number;
  lines: Line[];
  /** Whether points are days of UTC, which stand at midnights of who looks. */
  ofUtc?: boolean;
}

/** A part of a whole, drawn on those that follow it. */
interface Kind {
  name: string;
  colour: string;
  holds: (group: Group) => boolean;
}

const all = (): boolean => true;
const status = (group: Group): number => Number(group.Attributes[STATUS] ?? "");
const is = (attribute: string, ...values: string[]) => (group: Group) => values.includes(group.Attributes[attribute] ?? "");

/** How much a point counts for: how often a histogram was told of, by how much a counter grew. */
export function amountOf(point: Point, kind: Answer["Kind"]): number | null {
  return kind === "histogram" ? point.Count : point.Sum;
}

/** Requests, with those in front of them that were answered with an error. */
export function requestLines(answer: Answer): Drawing {
  const drawing = stacked(answer, placesOf(answer), [
    { name: "requests", colour: "var(--series-1)", holds: all },
    { name: "4xx", colour: "var(--series-3)", holds: (group) => status(group) >= 400 && status(group) < 500 },
    { name: "5xx", colour: "var(--series-6)", holds: (group) => status(group) >= 500 },
  ]);
  // The whole bar are all requests, whatever stands in front of it.
  const lines = drawing.lines.map((line) => (line.name === "requests" ? { ...line, told: line.values } : line));
  return { ...drawing, lines };
}

export function predictionLines(answer: Answer): Drawing {
  return stacked(answer, placesOf(answer), [
    { name: "other", colour: "var(--series-4)", holds: all },
    { name: "good", colour: "var(--series-1)", holds: is(OUTCOME, "", "ok") },
    { name: "cancelled", colour: "var(--series-5)", holds: is(OUTCOME, "cancelled") },
    { name: "failed", colour: "var(--series-6)", holds: is(OUTCOME, "error") },
  ]);
}

export function callLines(answer: Answer): Drawing {
  return stacked(answer, placesOf(answer), [
    { name: "good", colour: "var(--series-1)", holds: all },
    { name: "failed", colour: "var(--series-6)", holds: (group) => (group.Attributes[ERROR_TYPE] ?? "") !== "" },
  ]);
}

export function tokenLines(answer: Answer): Drawing {
  return stacked(answer, placesOf(answer), [
    { name: "other", colour: "var(--series-6)", holds: all },
    { name: "reasoning", colour: "var(--series-4)", holds: is(TOKEN_TYPE, "reasoning") },
    { name: "output", colour: "var(--series-3)", holds: is(TOKEN_TYPE, "output") },
    { name: "written to a cache", colour: "var(--series-1)", holds: is(TOKEN_TYPE, "cache_write") },
    { name: "read from a cache", colour: "var(--series-5)", holds: is(TOKEN_TYPE, "cache_read") },
    { name: "input", colour: "var(--series-2)", holds: is(TOKEN_TYPE, "input") },
  ]);
}

/** One bar for each place, which is a day where the window is long. */
export function costLines(answer: Answer, places: Places): Drawing {
  return stacked(answer, places, [{ name: "cost", colour: "var(--series-1)", holds: all }]);
}

/** Each group belongs to the last kind that holds it. Kinds without any are left out. */
function stacked(answer: Answer, places: Places, kinds: readonly Kind[]): Drawing {
  const sums = kinds.map(() => Array<number | null>(places.times.length).fill(null));
  const found = kinds.map(() => false);
  for (const group of answer.Groups) {
    const at = kinds.findLastIndex((kind) => kind.holds(group));
    const into = sums[at];
    if (into === undefined) continue;
    found[at] = true;
    for (const point of group.Points) add(into, places.placeOf(Date.parse(point.Start)), amountOf(point, answer.Kind));
  }
  const lines = kinds.map(({ name, colour }, at) => ({ name, colour, shape: "bars" as const, values: onTop(sums.slice(at)), told: sums[at]! }));
  return { times: places.times, seconds: places.seconds, lines: lines.filter((line, at) => found[at] || line.name === "requests") };
}

function add(into: (number | null)[], place: number, amount: number | null): void {
  if (amount !== null && place >= 0 && place < into.length) into[place] = (into[place] ?? 0) + amount;
}

/** The height of what stands on those behind it; a gap where none of them has anything. */
export function onTop(sums: readonly (readonly (number | null)[])[]): (number | null)[] {
  return (sums[0] ?? []).map((_, place) => {
    const known = sums.map((one) => one[place] ?? null).filter((one) => one !== null);
    return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0);
  });
}

const COLOURS = ["var(--series-1)", "var(--series-3)", "var(--series-4)"];

/** Quantiles of a histogram of seconds, in milliseconds. */
export function quantileLines(answer: Answer, ranks: readonly number[]): Drawing {
  const points = answer.Groups[0]?.Points ?? [];
  const lines = ranks.map((rank, which) => ({
    name: `p${rank * 100}`,
    colour: COLOURS[which] ?? "var(--series-5)",
    of: (point: Point) => {
      const seconds = point.Quantiles.find((one) => one.Quantile === rank)?.Value;
      return seconds === undefined ? null : seconds * 1000;
    },
  }));
  return drawn(answer, points, lines);
}

/** The mean and the highest look at a gauge. */
export function gaugeLines(answer: Answer): Drawing {
  return drawn(answer, (usedOf(answer) ?? answer.Groups[0])?.Points ?? [], [
    { name: "highest", colour: "var(--series-5)", of: (point) => point.Max },
    { name: "mean", colour: "var(--series-1)", of: (point) => point.Mean },
  ]);
}

/** Memory in bytes where no share of it was told: what is used, below its limit. */
export function memoryLines(usage: Answer, limit: Answer): Drawing {
  const drawing = gaugeLines(usage);
  const over = drawn(usage, limit.Groups[0]?.Points ?? [], [{ name: "limit", colour: "var(--series-6)", of: (point) => point.Mean }]);
  return { ...drawing, lines: [...drawing.lines, ...over.lines] };
}

/** Of memory by state that which is used. */
function usedOf(answer: Answer): Group | undefined {
  return answer.Groups.find((group) => group.Attributes[MEMORY_STATE] === "used");
}

interface Drawn {
  name: string;
  colour: string;
  of: (point: Point) => number | null;
}

function drawn(answer: Answer, points: readonly Point[], lines: readonly Drawn[]): Drawing {
  const places = placesOf(answer, answer.StepSeconds);
  return {
    times: places.times,
    seconds: places.seconds,
    lines: lines.map(({ name, colour, of }) => {
      const values = Array<number | null>(places.times.length).fill(null);
      for (const point of points) {
        const place = places.placeOf(Date.parse(point.Start));
        if (place >= 0 && place < values.length) values[place] = of(point);
      }
      return { name, colour, shape: "line", values };
    }),
  };
}
