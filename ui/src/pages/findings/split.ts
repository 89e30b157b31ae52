/** One finding by the values of a key of metadata, such as the release: which keys and values there are. */

import type { components } from "../../api/schema";

type Key = components["schemas"]["MetadataKey"];

/** Lines of a chart that can still be told apart. */
export const MOST_VALUES = 5;
/** Frequent in traces is not frequent among the findings: so many are asked for, and the best shown. */
const MOST_ASKED = 10;
/** A key with more values than this names things, such as a user, and does not group them. */
const MOST_DISTINCT = 30;

/** The keys that group traces, in their order; one with `=` cannot be asked for. */
export function keysOf(seen: readonly Key[]): string[] {
  const groups = ({ Traces, DistinctValues }: Key) => DistinctValues <= MOST_DISTINCT && DistinctValues < Math.max(2, Traces);
  return seen.filter((one) => groups(one) && !one.Key.includes("=")).map((one) => one.Key);
}

/** The values of a key to ask for, and how many others there are. */
export function valuesOf(seen: readonly Key[], key: string): { values: string[]; others: number } {
  const found = seen.find((one) => one.Key === key);
  const values = (found?.Values ?? []).slice(0, MOST_ASKED).map((one) => one.Value);
  return { values, others: (found?.DistinctValues ?? 0) - values.length };
}

interface Split {
  value: string;
  count: number;
}

/** Those with the most findings, in the order in which people number them. */
export function mostFound<T extends Split>(all: readonly T[]): T[] {
  const found = all.filter((one) => one.count > 0).sort((one, other) => other.count - one.count);
  return found.slice(0, MOST_VALUES).sort((one, other) => one.value.localeCompare(other.value, "en", { numeric: true }));
}
