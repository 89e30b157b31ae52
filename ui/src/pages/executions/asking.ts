/** What a list of executions is narrowed to, as its address says it and as the API wants it. */

import { STATUSES, type Status } from "../../lib/jobs";
import { bounds, readRange, type Range } from "../../lib/range";

export interface Asked {
  range: Range;
  pipeline: string;
  deployment: string;
  statuses: Status[];
  prefix: string;
}

export function askedOf(query: URLSearchParams): Asked {
  const statuses = query.getAll("status");
  return {
    range: readRange(query),
    pipeline: query.get("pipeline") ?? "",
    deployment: query.get("deployment") ?? "",
    statuses: STATUSES.filter((status) => statuses.includes(status)),
    prefix: query.get("prefix") ?? "",
  };
}

/** What takes all of it out of an address. */
export const CLEARED = {
  pipeline: null, deployment: null, status: null, prefix: null, last: null, start_after: null, start_before: null,
};

export function isNarrowed({ range, pipeline, deployment, statuses, prefix }: Asked): boolean {
  const { last, after, before } = range;
  return [pipeline, deployment, prefix, last, after, before, ...statuses].some((text) => text !== "");
}

/** New executions belong into the list unless it ends before now. */
export function isOpen({ range }: Asked): boolean {
  return range.before === "";
}

export function listQuery(asked: Asked, now: number) {
  const { after, before } = bounds(asked.range, now);
  return {
    ...(asked.pipeline && { pipeline_name: asked.pipeline }),
    ...(asked.deployment && { deployment_name: asked.deployment }),
    ...(asked.prefix && { xid_prefix: asked.prefix }),
    ...(asked.statuses.length > 0 && { status: asked.statuses }),
    ...(after !== null && { start_after: new Date(after).toISOString() }),
    ...(before !== null && !asked.range.last && { start_before: new Date(before).toISOString() }),
  };
}
