/** What a list of traces is narrowed to, as it stands in the address, and as the API wants it. */

export const COMPARISONS = ["=", "!=", "<", "<=", ">", ">="] as const;
export type Comparison = (typeof COMPARISONS)[number];

export interface FindingCondition {
  name: string;
  comparison: Comparison;
  value: string;
}

export interface MetadataCondition {
  key: string;
  value: string;
}

export const SORTS = ["-start", "start", "-duration", "duration", "-tokens", "tokens", "-cost", "cost"] as const;
export type Sort = (typeof SORTS)[number];

/** Empty texts and lists, and undefined, narrow nothing. */
export interface TraceFilters {
  /** A stretch up to now, such as `15m`, `24h`, `7d`; it takes the place of `after` and `before`. */
  last: string;
  /** RFC 3339, or empty. */
  after: string;
  before: string;
  names: string[];
  /** The trace has a span with any of these names. */
  spanNames: string[];
  /** A span failed, or did not: one with such a name, where names are given. */
  spanFailed: boolean | undefined;
  session: string;
  severity: string;
  failed: boolean | undefined;
  minMs: number | undefined;
  maxMs: number | undefined;
  model: string;
  metadata: MetadataCondition[];
  findings: FindingCondition[];
  /** When the findings that `findings` compares were found; RFC 3339, or empty. */
  foundAfter: string;
  foundBefore: string;
  q: string;
  sort: Sort;
}

export function noFilters(): TraceFilters {
  return {
    last: "", after: "", before: "", names: [], spanNames: [], spanFailed: undefined, session: "", severity: "", failed: undefined,
    minMs: undefined, maxMs: undefined, model: "", metadata: [], findings: [], foundAfter: "", foundBefore: "",
    q: "", sort: "-start",
  };
}

/** Whether anything but the order is asked for. */
export function isNarrowed(filters: TraceFilters): boolean {
  return formatFilters({ ...filters, sort: "-start" }).size > 0;
}

const STRETCHES: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a stretch such as `15m`; undefined where it is none, or longer than 100 years. */
export function stretchMs(stretch: string): number | undefined {
  const match = /^([1-9]\d{0,5})([mhd])$/.exec(stretch);
  if (match === null) return undefined;
  const ms = Number(match[1]) * STRETCHES[match[2]!]!;
  return ms <= 36_525 * 86_400_000 ? ms : undefined;
}

// The order matters: `<=` before `<`.
const CONDITION = /^([^=<>!]+|!(?:[^=<>!%]|%[0-9A-Fa-f]{2})+)(!=|<=|>=|=|<|>)([^]*)$/;

/** As the API writes it: a name with signs of comparison follows a `!` and is percent-encoded. */
export function formatFinding({ name, comparison, value }: FindingCondition): string {
  const simple = /^[^=<>!]+$/.test(name);
  const said = simple ? name : `!${name.replace(/[=<>!%]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)}`;
  return `${said}${comparison}${value}`;
}

export function parseFinding(text: string): FindingCondition | undefined {
  const match = CONDITION.exec(text);
  if (match === null) return undefined;
  const name = match[1]!.startsWith("!") ? decoded(match[1]!.slice(1)) : match[1]!;
  return name ? { name, comparison: match[2] as Comparison, value: match[3]! } : undefined;
}

/** Whatever was found under a name: the API has no shorter way to say it. */
export function anyOf(name: string): FindingCondition {
  return { name, comparison: "!=", value: "" };
}

export function isAny({ comparison, value }: FindingCondition): boolean {
  return comparison === "!=" && value === "";
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

export function formatMetadata({ key, value }: MetadataCondition): string {
  return `${key}=${value}`;
}

/** The API splits at the first `=`, so a key cannot hold one. */
export function parseMetadata(text: string): MetadataCondition | undefined {
  const at = text.indexOf("=");
  return at > 0 ? { key: text.slice(0, at), value: text.slice(at + 1) } : undefined;
}

export function parseFilters(params: URLSearchParams): TraceFilters {
  const text = (name: string) => params.get(name) ?? "";
  const last = stretchMs(text("last")) === undefined ? "" : text("last");
  const sort = text("sort") as Sort;
  return {
    last,
    after: last ? "" : date(text("start_after")),
    before: last ? "" : date(text("start_before")),
    names: [...new Set(params.getAll("name"))].filter(Boolean),
    spanNames: [...new Set(params.getAll("span_name"))].filter(Boolean),
    spanFailed: either(text("span_failed")),
    session: text("session"),
    severity: text("severity"),
    failed: either(text("failed")),
    minMs: amount(text("min_duration_ms")),
    maxMs: amount(text("max_duration_ms")),
    model: text("model"),
    metadata: params.getAll("metadata").map(parseMetadata).filter((one) => one !== undefined),
    findings: params.getAll("finding").map(parseFinding).filter((one) => one !== undefined),
    foundAfter: date(text("found_after")),
    foundBefore: date(text("found_before")),
    q: text("q"),
    sort: SORTS.includes(sort) ? sort : "-start",
  };
}

function either(text: string): boolean | undefined {
  return text === "true" ? true : text === "false" ? false : undefined;
}

/** Whether a text is a time of the API. */
export function isMoment(text: string): boolean {
  // The API wants an offset; without one every viewer would mean another time.
  return /(Z|[+-]\d\d:\d\d)$/i.test(text) && !Number.isNaN(Date.parse(text));
}

function date(text: string): string {
  return isMoment(text) ? text : "";
}

/** Whether a text is a number that a duration can have. */
export function isAmount(text: string): boolean {
  const number = Number(text);
  return text.trim() !== "" && Number.isFinite(number) && number >= 0;
}

function amount(text: string): number | undefined {
  return isAmount(text) ? Number(text) : undefined;
}

/** For the address: what narrows nothing is left out, so that equal filters have equal addresses. */
export function formatFilters(filters: TraceFilters): URLSearchParams {
  const params = new URLSearchParams();
  const set = (name: string, value: string) => value && params.append(name, value);
  set("last", filters.last);
  if (!filters.last) {
    set("start_after", filters.after);
    set("start_before", filters.before);
  }
  for (const name of filters.names) set("name", name);
  for (const name of filters.spanNames) set("span_name", name);
  if (filters.spanFailed !== undefined) set("span_failed", String(filters.spanFailed));
  set("session", filters.session);
  set("severity", filters.severity);
  if (filters.failed !== undefined) set("failed", String(filters.failed));
  if (filters.minMs !== undefined) set("min_duration_ms", String(filters.minMs));
  if (filters.maxMs !== undefined) set("max_duration_ms", String(filters.maxMs));
  set("model", filters.model);
  for (const one of filters.metadata) set("metadata", formatMetadata(one));
  for (const one of filters.findings) set("finding", formatFinding(one));
  set("found_after", filters.foundAfter);
  set("found_before", filters.foundBefore);
  set("q", filters.q);
  if (filters.sort !== "-start") set("sort", filters.sort);
  return params;
}

/** Parameters of `list-traces`. */
export interface TraceQuery {
  name?: string[];
  span_name?: string[];
  span_failed?: boolean;
  session?: string;
  start_after?: string;
  start_before?: string;
  min_duration_ms?: number;
  max_duration_ms?: number;
  severity?: string;
  failed?: boolean;
  model?: string;
  metadata?: string[];
  finding?: string[];
  found_after?: string;
  found_before?: string;
  q?: string;
  sort?: Sort;
}

/** @param now what a stretch up to now ends with, in milliseconds since the epoch. */
export function traceQuery(filters: TraceFilters, now: number): TraceQuery {
  const stretch = stretchMs(filters.last);
  const after = stretch === undefined ? filters.after : new Date(now - stretch).toISOString();
  return {
    ...(filters.names.length > 0 && { name: filters.names }),
    ...(filters.spanNames.length > 0 && { span_name: filters.spanNames }),
    ...(filters.spanFailed !== undefined && { span_failed: filters.spanFailed }),
    ...(filters.session && { session: filters.session }),
    ...(after && { start_after: after }),
    ...(filters.before && stretch === undefined && { start_before: filters.before }),
    ...(filters.minMs !== undefined && { min_duration_ms: filters.minMs }),
    ...(filters.maxMs !== undefined && { max_duration_ms: filters.maxMs }),
    ...(filters.severity && { severity: filters.severity }),
    ...(filters.failed !== undefined && { failed: filters.failed }),
    ...(filters.model && { model: filters.model }),
    ...(filters.metadata.length > 0 && { metadata: filters.metadata.map(formatMetadata) }),
    ...(filters.findings.length > 0 && { finding: filters.findings.map(formatFinding) }),
    ...(filters.foundAfter && { found_after: filters.foundAfter }),
    ...(filters.foundBefore && { found_before: filters.foundBefore }),
    ...(filters.q.trim() && { q: filters.q }),
    ...(filters.sort !== "-start" && { sort: filters.sort }),
  };
}
