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
/** Of `/production/series`: how wide points are, how many there are, and how long a window is. */
const STEPS = [FINE, 3 * FINE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 7 * DAY];
const MOST_POINTS = 300;
const LONGEST = 400 * DAY;

export function askedOf(query: URLSearchParams): Asked {
  return {
    range: readRange(query, USUAL),
    service: query.get("service"),
    compared: query.get("baseline") !== "none",
  };
}

interface Ends {
  start: number;
  /** Null where it ends now: the server's clock may be ahead. */
  end: number | null;
}

/**
 * The window with whole points of a series at both ends, which the store would widen series to, and
 * figures not: then both are of the same time, and no point is in the baseline as well.
 */
export function windowOf(range: Range, now: number): Ends {
  const { after, before } = bounds(range, now);
  const open = range.last !== "" || before === null;
  const end = before ?? now;
  const start = after ?? end - USUAL_WINDOW;
  const narrowest = now - start <= FINE_FOR ? FINE : HOUR;
  const step = STEPS.find((one) => one >= narrowest && pointsIn(start, end, one) <= MOST_POINTS) ?? narrowest;
  const widened = { start: Math.floor(start / step) * step, end: Math.ceil(end / step) * step };
  const kept = widened.end - widened.start > LONGEST ? { start, end } : widened;
  return { start: kept.start, end: open ? null : kept.end };
}

function pointsIn(start: number, end: number, step: number): number {
  return Math.ceil(end / step) - Math.floor(start / step);
}

export function windowQuery({ range, service }: Asked, now: number) {
  const { start, end } = windowOf(range, now);
  return { at_after: iso(start), ...(end !== null && { at_before: iso(end) }), ...(service !== null && { service }) };
}

/** The baseline is as long as the window and ends where that begins. */
export function summaryQuery(asked: Asked, now: number) {
  return { ...windowQuery(asked, now), ...(asked.compared && { baseline_before: iso(windowOf(asked.range, now).start) }) };
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
  /** Of tables: they have no use for points, without which a server is many times quicker. */
  points?: false;
}

/** One metric in the window that is looked at; without groups where it was not measured. */
export function askSeries(name: string, asked: Asked, wanted: Wanted, signal: AbortSignal): Promise<Schemas["ProductionSeries"]> {
  const query = { name, ...windowQuery(asked, Date.now()), ...wanted };
  return answered(api.GET("/production/series", { params: { query }, signal }));
}

/** Of metrics that say the same, as two generations of names do, the one that was measured more often. */
export async function askFullest(names: readonly string[], asked: Asked, wanted: Wanted, signal: AbortSignal): Promise<Schemas["ProductionSeries"]> {
  return fullest(await Promise.all(names.map((name) => askSeries(name, asked, wanted, signal))));
}

export function fullest(answers: readonly Schemas["ProductionSeries"][]): Schemas["ProductionSeries"] {
  const measured = ({ Groups }: Schemas["ProductionSeries"]) => Groups.reduce((sum, { Total }) => sum + (Total.Count ?? 0), 0);
  return answers.reduce((best, one) => (measured(one) > measured(best) ? one : best));
}
