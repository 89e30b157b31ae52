/** One finding by the values of a key of metadata, such as the release: which keys and values there are. */

import { asked, iso, type Between } from "../../lib/between";

type Metadata = Readonly<Record<string, unknown>>;

/** Lines of a chart that can still be told apart. */
export const MOST_VALUES = 5;
/** A key with more values than this names things, such as a user, and does not group them. */
const MOST_DISTINCT = 30;
const STRETCHES = 4;

interface Asked {
  start_after?: string;
  start_before?: string;
}

/** Parts of the range in which to look at some traces each: its newest ones alone have one release. */
export function stretches(between: Between): Asked[] {
  const { after, before } = between;
  if (!Number.isFinite(after) || !Number.isFinite(before)) return [asked(between)];
  const edge = (at: number) => iso(after + ((before - after) * at) / STRETCHES);
  return Array.from({ length: STRETCHES }, (_, at) => ({ start_after: edge(at), start_before: edge(at + 1) }));
}

/** As the API compares values: as text; undefined for what is none, such as a list. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** How often each value of each key was seen. */
function counted(seen: readonly Metadata[]): Map<string, Map<string, number>> {
  const found = new Map<string, Map<string, number>>();
  for (const metadata of seen) {
    for (const [key, value] of Object.entries(metadata)) {
      const text = textOf(value);
      // A key with `=` cannot be asked for.
      if (text === undefined || key.includes("=")) continue;
      const values = found.get(key) ?? new Map<string, number>();
      values.set(text, (values.get(text) ?? 0) + 1);
      found.set(key, values);
    }
  }
  return found;
}

/** The keys that group traces, those of the most traces first. */
export function keysOf(seen: readonly Metadata[]): string[] {
  const total = (values: Map<string, number>) => [...values.values()].reduce((sum, one) => sum + one, 0);
  return [...counted(seen)]
    .filter(([, values]) => values.size <= MOST_DISTINCT && values.size < Math.max(2, total(values)))
    .sort(([one, ofOne], [other, ofOther]) => total(ofOther) - total(ofOne) || one.localeCompare(other))
    .map(([key]) => key);
}

/** The most frequent values of a key, in the order in which people number them. */
export function valuesOf(seen: readonly Metadata[], key: string): { values: string[]; others: number } {
  const all = [...(counted(seen).get(key) ?? [])].sort(([, one], [, other]) => other - one).map(([value]) => value);
  const values = all.slice(0, MOST_VALUES).sort((one, other) => one.localeCompare(other, "en", { numeric: true }));
  return { values, others: all.length - values.length };
}
