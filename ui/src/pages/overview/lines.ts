/** The charts of the overview: which lines they have, and where their points lead. */

import type { Schemas } from "../../api/client";
import { currenciesOf, moneyIn, tokensOf } from "../../lib/amounts";
import type { Query } from "../../lib/router";
import { iso } from "../../lib/between";
import type { Line } from "../../parts/chart";

type Point = Pick<
  Schemas["TotalsPoint"],
  "Traces" | "FailedTraces" | "TraceDurationMs" | "Usage" | "Costs"
>;
type Points = readonly (Point | null)[];

const LATENCIES = [
  { name: "p50", key: "P50", colour: "var(--series-1)" },
  { name: "p95", key: "P95", colour: "var(--series-3)" },
  { name: "p99", key: "P99", colour: "var(--series-4)" },
] as const;
/** More currencies than this would be lines that nobody can tell apart. */
const MOST_CURRENCIES = 4;

/** Failed traces stand in front of all, so that the rest of the bar are those that did not fail. */
export function traffic(points: Points): Line[] {
  return [
    bars("traces", "var(--series-1)", points, (point) => point.Traces),
    bars("failed", "var(--series-6)", points, (point) => point.FailedTraces),
  ];
}

export function latency(points: Points): Line[] {
  return LATENCIES.map(({ name, key, colour }) => ({
    name,
    colour,
    shape: "line",
    values: points.map((point) => point?.TraceDurationMs?.[key] ?? null),
  }));
}

/** Output stands on input; what is neither, such as a total that was sent alone, is on top. */
export function tokens(points: Points): Line[] {
  const input = (point: Point) => point.Usage.Input?.Amount ?? 0;
  const output = (point: Point) => point.Usage.Output?.Amount ?? 0;
  const both = (point: Point) => input(point) + output(point);
  const all = (point: Point) => Math.max(tokensOf(point.Usage) ?? 0, both(point));
  const lines: Line[] = [
    { ...bars("output", "var(--series-3)", points, both), told: told(points, output) },
    bars("input", "var(--series-2)", points, input),
  ];
  const other = told(points, (point) => all(point) - both(point));
  if (!other.some((value) => (value ?? 0) > 0)) return lines;
  return [{ ...bars("other", "var(--series-5)", points, all), told: other }, ...lines];
}

export function cost(points: Points): { currency: string; line: Line }[] {
  const currencies = currenciesOf(points.map((point) => point?.Costs ?? []));
  return currencies.slice(0, MOST_CURRENCIES).map((currency, at) => {
    const colour = `var(--series-${at + 1})`;
    return { currency, line: bars(currency, colour, points, (point) => moneyIn(point.Costs, currency) ?? 0) };
  });
}

/** From so many times the usual height on, one point would press all others to the floor. */
const OUTLYING = 8;

/** About ten times as long each, in words that people use: milliseconds to a day. */
export const DECADES = [1, 10, 100, 1000, 10_000, 60_000, 600_000, 3_600_000, 36_000_000, 86_400_000] as const;

/** Whether the lines are told apart only on a logarithmic scale, which knows no zero. */
export function isFlattened(lines: readonly Line[]): boolean {
  const values = (line: Line) => line.values.filter((value) => value !== null).sort((a, b) => a - b);
  const all = lines.map(values);
  if (all.some(([lowest]) => lowest !== undefined && lowest <= 0)) return false;
  return all.some((sorted) => (sorted.at(-1) ?? 0) > OUTLYING * (sorted[Math.floor(sorted.length / 2)] ?? Infinity));
}

/** The traces of one point of a chart. */
export function tracesOf(start: number, seconds: number, after: number, more: Query = {}): Query {
  return {
    start_after: iso(Math.max(start * 1000, after)),
    start_before: iso((start + seconds) * 1000),
    ...more,
  };
}

/** Those behind a point of a percentile: as long or longer, the longest first. */
export function slowerThan(lines: readonly Line[], at: number, line: number | null): Query {
  const ms = lines[line ?? 1]?.values[at];
  // Approximate percentiles may lie a little above the trace that they stand for.
  return ms == null ? {} : { min_duration_ms: Math.floor(ms * 0.99), sort: "-duration" };
}

function bars(name: string, colour: string, points: Points, of: (point: Point) => number): Line {
  return { name, colour, shape: "bars", values: told(points, of) };
}

function told(points: Points, of: (point: Point) => number): (number | null)[] {
  return points.map((point) => (point ? of(point) : null));
}
