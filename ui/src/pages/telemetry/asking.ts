/** What telemetry is narrowed to, as the address says it and as the API wants it. */

import { answered, api } from "../../api/client";
import { bounds, readRange, type Range } from "../../lib/range";

export interface Asked {
  range: Range;
  command: string;
  statuses: string[];
}

export const CLEARED = { command: null, status: null, last: null, start_after: null, start_before: null };

export function askedOf(query: URLSearchParams): Asked {
  return {
    range: readRange(query),
    command: query.get("command") ?? "",
    statuses: [...new Set(query.getAll("status"))].filter(Boolean),
  };
}

export function isNarrowed({ range: { last, after, before }, command, statuses }: Asked): boolean {
  return [last, after, before, command, ...statuses].some((text) => text !== "");
}

export function runsQuery(asked: Asked, now: number) {
  const { after, before } = moments(asked.range, now);
  return {
    ...(asked.command && { command: asked.command }),
    ...(asked.statuses.length > 0 && { status: asked.statuses }),
    ...(after && { start_after: after }),
    ...(before && { start_before: before }),
  };
}

/** Sums are over what was recorded in the range, whatever the status of the run is now. */
export function summaryQuery(asked: Asked, now: number) {
  const { after, before } = moments(asked.range, now);
  return { ...(asked.command && { command: asked.command }), ...(after && { at_after: after }), ...(before && { at_before: before }) };
}

/** What ends now stays open: the server's clock may be ahead. */
function moments(range: Range, now: number): { after: string; before: string } {
  const { after, before } = bounds(range, now);
  return {
    after: after === null ? "" : new Date(after).toISOString(),
    before: before === null || range.last ? "" : new Date(before).toISOString(),
  };
}

/** So many of the latest readings say what is read; a device that fell silent before is not among them. */
const READINGS = 50;

/** The names of what was read from the machine of a run. */
export async function readingNames(run: string, signal: AbortSignal): Promise<string[]> {
  const query = { run, kind: ["reading" as const], limit: READINGS };
  const page = await answered(api.GET("/telemetry/records", { params: { query }, signal }));
  return namesIn(page.Records.map((record) => record.Metrics));
}

export function namesIn(metrics: readonly Readonly<Record<string, unknown>>[]): string[] {
  const names = metrics.flatMap((one) => Object.entries(one).flatMap(([name, known]) => (typeof known === "number" ? [name] : [])));
  return [...new Set(names)].toSorted();
}
