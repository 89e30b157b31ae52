/** Which production is looked at, as the address says it and as the API wants it. */

import { answered, api, type Schemas } from "../../api/client";
import { iso, USUAL } from "../../lib/between";
import { bounds, readRange, type Range } from "../../lib/range";

export interface Asked {
  range: Range;
  /** Null for all services; an empty text for those that gave no name. */
  service: string | null;
  /** Whether figures stand beside those of as long a time before. */
  compared: boolean;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FINE = 5 * MINUTE;
/** The store keeps points of 5 minutes for 14 days, and whole hours before; a day for clocks that differ. */
const FINE_FOR = 13 * DAY;
const USUAL_WINDOW = 30 * DAY;

export function askedOf(query: URLSearchParams): Asked {
  return {
    range: readRange(query, USUAL),
    service: query.get("service"),
    compared: query.get("baseline") !== "none",
  };
}

/**
 * Where the window begins, on a point that the store keeps: it would widen the window there, and
 * the baseline before it as well, and both would have that point.
 */
export function startOf(range: Range, now: number): number {
  const { after, before } = bounds(range, now);
  const start = after ?? (before ?? now) - USUAL_WINDOW;
  const width = now - start <= FINE_FOR ? FINE : HOUR;
  return Math.floor(start / width) * width;
}

/** What ends now stays open: the server's clock may be ahead. */
export function windowQuery({ range, service }: Asked, now: number) {
  const { before } = bounds(range, now);
  return {
    at_after: iso(startOf(range, now)),
    ...(range.last === "" && before !== null && { at_before: iso(before) }),
    ...(service !== null && { service }),
  };
}

/** The baseline is as long as the window and ends where that begins. */
export function summaryQuery(asked: Asked, now: number) {
  return { ...windowQuery(asked, now), ...(asked.compared && { baseline_before: iso(startOf(asked.range, now)) }) };
}

/**
 * Another number whenever the store has begun another point: tables of many routes or models are much
 * to answer, and are asked for that often and not each minute.
 */
export function wholePoint(now: number): number {
  return Math.floor(now / FINE);
}

export function askSummary(asked: Asked, signal: AbortSignal): Promise<Schemas["ProductionSummary"]> {
  return answered(api.GET("/production/summary", { params: { query: summaryQuery(asked, Date.now()) }, signal }));
}

export interface Wanted {
  group_by?: string[];
  attribute?: string[];
  quantile?: number[];
}

/** One metric in the window that is looked at; without groups where it was not measured. */
export function askSeries(name: string, asked: Asked, wanted: Wanted, signal: AbortSignal): Promise<Schemas["ProductionSeries"]> {
  const query = { name, ...windowQuery(asked, Date.now()), ...wanted };
  return answered(api.GET("/production/series", { params: { query }, signal }));
}

/** The first of these metrics that was measured, as of two generations of names; else the last. */
export async function askFirst(names: readonly string[], asked: Asked, wanted: Wanted, signal: AbortSignal): Promise<Schemas["ProductionSeries"]> {
  const found = await Promise.all(names.map((name) => askSeries(name, asked, wanted, signal)));
  return found.find((one) => one.Groups.length > 0) ?? found.at(-1)!;
}
