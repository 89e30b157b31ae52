/** What a finding is narrowed to, as it stands in the address, and the traces behind what is shown. */

import type { Schemas } from "../../api/client";
import { asked, iso, type Between } from "../../lib/between";
import { anyOf, formatFinding, parseMetadata, formatMetadata, type Comparison } from "../../lib/filters";
import type { Query } from "../../lib/router";
import type { Value } from "./bands";

export interface Narrowed {
  traceName: string;
  spanName: string;
  model: string;
  /** `key=value` */
  metadata: string[];
}

export function narrowed(query: URLSearchParams): Narrowed {
  const metadata = query
    .getAll("metadata")
    .map(parseMetadata)
    .filter((one) => one !== undefined)
    .map(formatMetadata);
  return {
    traceName: query.get("trace_name") ?? "",
    spanName: query.get("span_name") ?? "",
    model: query.get("model") ?? "",
    metadata: [...new Set(metadata)],
  };
}

/** As the operations of findings want it. */
export function findingQuery(name: string, by: Narrowed, between: Between) {
  return {
    name,
    ...(by.traceName && { trace_name: by.traceName }),
    ...(by.spanName && { span_name: by.spanName }),
    ...(by.model && { model: by.model }),
    ...(by.metadata.length > 0 && { metadata: by.metadata }),
    ...asked(between),
  };
}

/** A comparison, as the list of traces writes it. */
export function condition(name: string, comparison: Comparison, value: Value): string {
  return formatFinding({ name, comparison, value: String(value) });
}

/** Whatever was found: also labels beyond those that an answer names. */
export function anything(name: string): string {
  return formatFinding(anyOf(name));
}

/**
 * The traces that have such findings in one point of a chart, or in the whole range. It is the time
 * of the findings: a trace began before, and one that a person rated perhaps days before.
 */
export function tracesWith(
  conditions: readonly string[],
  by: Narrowed,
  between: Between,
  point?: { start: number; seconds: number },
): Query {
  const after = point ? Math.max(between.after, point.start * 1000) : between.after;
  // What ends now stays open: the server's clock may be ahead, and more may come.
  const end = between.range.last ? Infinity : between.before;
  const before = point ? Math.min(end, (point.start + point.seconds) * 1000) : end;
  return {
    found_after: Number.isFinite(after) ? iso(after) : null,
    found_before: Number.isFinite(before) ? iso(before) : null,
    name: by.traceName,
    model: by.model,
    metadata: by.metadata,
    finding: conditions,
    span_name: by.spanName,
  };
}

type Numbers = Schemas["Distribution"];
export type Statistic = "Mean" | "P50" | "P95" | "P99" | "Min" | "Max";

export const STATISTICS: readonly { key: Statistic; name: string; colour: string }[] = [
  { key: "Mean", name: "mean", colour: "var(--series-1)" },
  { key: "P50", name: "p50", colour: "var(--series-2)" },
  { key: "P95", name: "p95", colour: "var(--series-3)" },
  { key: "P99", name: "p99", colour: "var(--series-4)" },
  { key: "Min", name: "min", colour: "var(--series-5)" },
  { key: "Max", name: "max", colour: "var(--series-6)" },
];
const USUAL: readonly Statistic[] = ["Mean", "P50", "P95"];

/** The statistics that the address asks for, in their order. */
export function shown(query: URLSearchParams): Statistic[] {
  const wanted = new Set((query.get("show") ?? "").split(","));
  const found = STATISTICS.filter(({ name }) => wanted.has(name)).map(({ key }) => key);
  return found.length > 0 ? found : [...USUAL];
}

/** The value for the address; null where it is the usual one. */
export function shownText(statistics: readonly Statistic[]): string | null {
  const same = statistics.length === USUAL.length && USUAL.every((one) => statistics.includes(one));
  if (same || statistics.length === 0) return null;
  return STATISTICS.filter(({ key }) => statistics.includes(key))
    .map(({ name }) => name)
    .join(",");
}

/** The numbers that a statistic of a point is about: those beyond it, or all of the point. */
export function numbersBehind(name: string, statistic: Statistic | null, of: Numbers, error: number): string[] {
  // Approximate percentiles may lie a little beyond the number that they stand for.
  const below = (value: number) => value - Math.abs(value) * error;
  switch (statistic) {
    case "Max":
      return [condition(name, ">=", of.Max)];
    case "P95":
    case "P99":
      return [condition(name, ">=", below(of[statistic]))];
    case "Min":
      return [condition(name, "<=", of.Min)];
    default:
      return [condition(name, ">=", of.Min)];
  }
}

/** The numbers of a bar of a histogram; the last bar holds its upper end too. */
export function numbersOf(name: string, bin: Schemas["HistogramBin"], last: boolean): string[] {
  if (bin.From === bin.To) return [condition(name, "=", bin.From)];
  return [condition(name, ">=", bin.From), condition(name, last ? "<=" : "<", bin.To)];
}

/** Count, mean and extremes of all points together; percentiles cannot be put together. */
export function together(points: readonly (Pick<Schemas["FindingPoint"], "Numbers"> | null)[]) {
  const numbers = points.flatMap((point) => (point?.Numbers ? [point.Numbers] : []));
  const count = numbers.reduce((sum, one) => sum + one.Count, 0);
  if (count === 0) return undefined;
  return {
    count,
    mean: numbers.reduce((sum, one) => sum + one.Mean * (one.Count / count), 0),
    min: Math.min(...numbers.map((one) => one.Min)),
    max: Math.max(...numbers.map((one) => one.Max)),
  };
}
