/** What the cloud cost each day and by which service, and what is said of it. */

import type { Schemas } from "../../api/client";
import { plural } from "../../lib/format";
import { oneLine } from "../../lib/hostile";
import type { Line } from "../../parts/chart";
import { windowOf, type Asked } from "./asking";
import { onTop, type Drawing } from "./lines";

type Sum = Pick<Schemas["CostSum"], "Day" | "Service" | "Currency" | "BilledCost" | "Estimated">;
export type Source = Schemas["CostSourceState"];

/** Days of UTC, such as `2026-11-22`; the last one is excluded. */
export interface Days {
  from: string;
  to: string;
}

const DAY = 86_400_000; // ms
/** Fewer days are no chart, and those of today and yesterday are rarely known. */
const FEWEST = 14;
const MOST = 400;
const COLOURS = ["var(--series-1)", "var(--series-2)", "var(--series-3)", "var(--series-4)"];
/** More charts than this of a currency each nobody looks at. */
export const MOST_CURRENCIES = 4;

export const dayText = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** The days that begin in the window, as the report counts them, and more where those are few. */
export function daysOf({ range }: Asked, now: number): Days {
  const { start, end } = windowOf(range, now);
  const tomorrow = Math.ceil(now / DAY) * DAY;
  const to = Math.max(FEWEST * DAY, Math.min(Math.ceil((end ?? now) / DAY) * DAY, tomorrow));
  const first = Math.min(Math.ceil(start / DAY) * DAY, to - FEWEST * DAY);
  return { from: dayText(Math.max(0, first, to - MOST * DAY)), to: dayText(to) };
}

/** The days of these that every source knows which knows any of them; null where there is none. */
export function knownOf(sources: readonly Source[], names: readonly string[], { from, to }: Days): Days | null {
  const known = sources.filter(({ Name, KnownFrom, KnownTo }) => names.includes(Name) && KnownFrom !== null && KnownTo !== null);
  const first = known.reduce((latest, { KnownFrom }) => (KnownFrom! > latest ? KnownFrom! : latest), from);
  const last = known.reduce((earliest, { KnownTo }) => (KnownTo! < earliest ? KnownTo! : earliest), to);
  return known.length > 0 && first < last ? { from: first, to: last } : null;
}

/** Currencies by how often they are charged in; amounts of two are never added. */
export function currenciesIn(sums: readonly Sum[]): string[] {
  const found = new Map<string, number>();
  for (const { Currency } of sums) found.set(Currency, (found.get(Currency) ?? 0) + 1);
  return [...found].toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).map(([currency]) => currency);
}

/** Services that cost something, the most expensive first; what has no name stands for all of them. */
function dearest(sums: readonly Sum[]): string[] {
  const found = new Map<string, number>();
  for (const { Service, BilledCost } of sums) {
    const amount = Number(BilledCost);
    if (amount > 0) found.set(Service ?? "", (found.get(Service ?? "") ?? 0) + amount);
  }
  return [...found].toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).map(([service]) => service);
}

const nothing = (length: number) => Array<number | null>(length).fill(null);

/**
 * A bar for each day, its services on each other; credits stand below zero. Days that may still
 * change have a veil.
 * @param known the days that are drawn; what others cost is known in part only.
 */
export function cloudDrawing(sums: readonly Sum[], currency: string, days: Days, known: Days): Drawing {
  const times = midnights(days);
  const own = sums.filter(({ Currency, Day }) => Currency === currency && Day !== null && Day >= known.from && Day < known.to);
  const services = dearest(own);
  const named = services.slice(0, COLOURS.length);
  const parts = new Map(named.map((name) => [name, nothing(times.length)] as const));
  const [all, rest, credits, estimated] = [nothing(times.length), nothing(times.length), nothing(times.length), nothing(times.length)];
  for (const { Day, Service, BilledCost, Estimated } of own) {
    const place = placeOf(Day!, days);
    const amount = Number(BilledCost);
    if (!(place >= 0 && place < times.length) || !Number.isFinite(amount)) continue;
    grow(all, place, amount);
    grow(amount < 0 ? credits : (parts.get(Service ?? "") ?? rest), place, amount);
    if (Estimated) estimated[place] = 0;
  }
  const others = services.length - named.length;
  const kinds = [
    ...(others > 0 ? [{ name: `${others} other`, colour: "var(--series-5)", told: rest }] : []),
    ...named.map((service, at) => ({ name: oneLine(service, 40) || "all services", colour: COLOURS[at]!, told: parts.get(service)! })).toReversed(),
  ];
  const stacked = kinds.map((kind, at) => bars(kind.name, kind.colour, onTop(kinds.slice(at).map(({ told }) => told)), kind.told));
  const veil = estimated.map((one, place) => (one === null ? null : (stacked[0]?.values[place] ?? 0)));
  const lines = [
    ...(services.length > 1 || credits.some((one) => one !== null) ? [bars("all", "transparent", all)] : []),
    ...stacked,
    bars("credits", "var(--series-6)", credits),
    bars("estimated", VEIL, veil, estimated.map((one, place) => (one === null ? null : (all[place] ?? null)))),
  ];
  return { times, seconds: DAY / 1000, lines: lines.filter(({ values }) => values.some((value) => value !== null)), ofUtc: true };
}

const VEIL = "color-mix(in srgb, var(--text) 34%, transparent)";

function bars(name: string, colour: string, values: (number | null)[], told = values): Line {
  return { name, colour, shape: "bars", values, told };
}

function grow(into: (number | null)[], place: number, amount: number): void {
  into[place] = (into[place] ?? 0) + amount;
}

function placeOf(day: string, { from }: Days): number {
  return Math.round((Date.parse(day) - Date.parse(from)) / DAY);
}

/** Midnights of who looks, so that each bar stands at its own date; in seconds since 1970. */
function midnights({ from, to }: Days): number[] {
  return Array.from({ length: placeOf(to, { from, to }) }, (_, at) => {
    const day = new Date(Date.parse(from) + at * DAY);
    return new Date(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()).getTime() / 1000;
  });
}

interface About {
  service: string | null;
  tooMany: boolean;
  /** How many of the days all sources know. */
  knownDays: number;
}

/** What is to be known of the bars, in sentences. */
export function cloudNote(days: Days, known: Days | null, { service, tooMany, knownDays }: About): string {
  const last = known && dayText(Date.parse(known.to) - DAY);
  const holes = known === null ? 0 : placeOf(known.to, known) - knownDays;
  return [
    "Days are those of UTC.",
    known === null ? "No day is known by all sources." : known.to < days.to || known.from > days.from ? `Known from ${known.from} to ${last}.` : "",
    holes > 0 ? `Of ${plural(holes, "day")} in between not all sources know what they cost: they may be too low.` : "",
    service === null ? "" : "These are costs of the whole cloud, whoever caused them.",
    tooMany ? "There are too many services in these days to tell them apart; look at fewer days." : "",
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}
