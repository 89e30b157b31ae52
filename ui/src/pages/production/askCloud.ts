/** What the page asks of costs of the cloud. */

import { answered, api, type Schemas } from "../../api/client";
import { Problem } from "../../api/problem";
import type { Asked } from "./asking";
import { cloudDrawing, cloudNote, currenciesIn, daysOf, knownOf, MOST_CURRENCIES, type Days, type Source } from "./cloud";
import type { Drawing } from "./lines";
import type { Trend } from "./month";

/** Costs of one currency, of all sources or of one that is named. */
export interface Money {
  source: string | null;
  trend: Trend;
}

export interface Cloud {
  of: Asked;
  sources: Source[];
  charts: { currency: string; drawing: Drawing }[];
  note: string;
  months: Money[];
}

/** Without sources nothing is known; null on a server from before there were costs. */
export async function askCloud(of: Asked, signal: AbortSignal): Promise<Cloud | null> {
  const sources = await askSources(signal);
  if (sources === null) return null;
  if (sources.length === 0) return { of, sources, charts: [], note: "", months: [] };
  const days = daysOf(of, Date.now());
  const [{ found, tooMany }, months] = await Promise.all([askDays(days, signal), askMonths(sources, signal)]);
  const known = knownOf(sources, found.Sources, days);
  const currencies = known === null ? [] : currenciesIn(found.Sums).slice(0, MOST_CURRENCIES);
  const charts = currencies.map((currency) => ({ currency, drawing: cloudDrawing(found.Sums, currency, days, known!) }));
  return { of, sources, charts, note: cloudNote(days, known, { service: of.service, tooMany, knownDays: found.KnownDays }), months };
}

async function askSources(signal: AbortSignal): Promise<Source[] | null> {
  try {
    return (await answered(api.GET("/costs/sources", { signal }))).Sources;
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.status === 404) return null;
    throw thrown;
  }
}

/** Sums by day and service; by day alone where those are more than a server answers. */
async function askDays({ from, to }: Days, signal: AbortSignal): Promise<{ found: Schemas["CostDayList"]; tooMany: boolean }> {
  const ask = (group_by: ("day" | "service")[]) => answered(api.GET("/costs/days", { params: { query: { from, to, group_by } }, signal }));
  try {
    return { found: await ask(["day", "service"]), tooMany: false };
  } catch (thrown) {
    if (!(thrown instanceof Problem) || thrown.status !== 422) throw thrown;
    return { found: await ask(["day"]), tooMany: true };
  }
}

/** Of all sources together, or of each alone where they are in several currencies. */
async function askMonths(sources: readonly Source[], signal: AbortSignal): Promise<Money[]> {
  const paid = sources.filter(({ Currency }) => Currency !== null);
  const apart = new Set(paid.map(({ Currency }) => Currency)).size > 1;
  const asked: (string | null)[] = apart ? paid.slice(0, MOST_CURRENCIES).map(({ Name }) => Name) : [null];
  return Promise.all(
    asked.map(async (source) => {
      const query = source === null ? {} : { source };
      return { source, trend: await answered(api.GET("/costs/trend", { params: { query }, signal })) };
    }),
  );
}
