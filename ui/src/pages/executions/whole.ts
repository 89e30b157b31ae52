/** All that an execution recorded, past the first page, and as files. */

import { answered, api, type Schemas } from "../../api/client";
import { csv, type Cell } from "../../lib/csv";
import type { Drawn } from "./curves";

const LIMIT = 500; // metrics in one answer
/** More names of one execution are not shown. */
export const MOST = 5000;

export interface Whole<T> {
  all: T[];
  total: number;
}

export async function allValues(execution: string, signal: AbortSignal): Promise<Whole<Schemas["MetricValue"]>> {
  return gathered(async (cursor) => {
    const query = { execution, limit: LIMIT, ...(cursor !== null && { cursor }) };
    const page = await answered(api.GET("/metrics/values", { params: { query }, signal }));
    return { rows: page.Values, next: page.NextCursor, total: page.TotalCount };
  });
}

export async function allLists(execution: string, signal: AbortSignal): Promise<Whole<Schemas["MetricList"]>> {
  return gathered(async (cursor) => {
    const query = { execution, limit: LIMIT, ...(cursor !== null && { cursor }) };
    const page = await answered(api.GET("/metrics/lists", { params: { query }, signal }));
    return { rows: page.Lists, next: page.NextCursor, total: page.TotalCount };
  });
}

interface Part<T> {
  rows: T[];
  next: string | null;
  total: number;
}

/** By name, as people look for them. */
export async function gathered<T extends { Name: string }>(
  ask: (cursor: string | null) => Promise<Part<T>>,
): Promise<Whole<T>> {
  const all: T[] = [];
  let part = await ask(null);
  all.push(...part.rows);
  while (part.next !== null && all.length < MOST) {
    part = await ask(part.next);
    all.push(...part.rows);
  }
  return { all: all.toSorted((one, other) => byName(one.Name, other.Name)), total: part.total };
}

const COLLATOR = new Intl.Collator("en", { numeric: true });

/** `layer/2` before `layer/10`; two names that only look the same keep an order. */
export function byName(one: string, other: string): number {
  return COLLATOR.compare(one, other) || (one < other ? -1 : one > other ? 1 : 0);
}

/** Every value of a list, a column for each execution. */
export async function listCsv(name: string, drawn: readonly Drawn[], signal: AbortSignal): Promise<string> {
  const lists: number[][] = [];
  // One after the other: ten at once would be half a million numbers in flight.
  for (const { xid } of drawn) {
    const query = { execution: xid, name, include_values: true };
    const found = await answered(api.GET("/metrics/lists", { params: { query }, signal }));
    lists.push(found.Lists[0]?.Values ?? []);
  }
  return csv(["step", ...drawn.map((one) => one.name || name)], columns(lists));
}

export function columns(lists: readonly (readonly number[])[]): Cell[][] {
  const longest = lists.reduce((most, list) => Math.max(most, list.length), 0);
  return Array.from({ length: longest }, (_, at) => [at, ...lists.map((list) => list[at])]);
}
