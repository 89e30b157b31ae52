/** What of an address is not understood: a filter that is left out shows more than was asked for. */

import { isAmount, isMoment, parseFinding, parseMetadata, SORTS, stretchMs } from "./filters";
import { STATUSES } from "./jobs";

export interface Misread {
  name: string;
  value: string;
  /** What would be right there. */
  right: string;
}

interface Rule {
  fits: (value: string) => boolean;
  right: string;
}
type Rules = Readonly<Record<string, Rule>>;

const MOMENT: Rule = { fits: isMoment, right: "a time with its offset, such as 2026-11-02T09:30:00Z" };
const AMOUNT: Rule = { fits: isAmount, right: "milliseconds, such as 500" };
const EITHER: Rule = { fits: (value) => value === "true" || value === "false", right: "true or false" };
const TEXT: Rule = { fits: () => true, right: "a text" };

const RANGE: Rules = {
  last: { fits: (value) => stretchMs(value) !== undefined, right: "a stretch up to now, such as 15m, 24h or 7d" },
  start_after: MOMENT,
  start_before: MOMENT,
};
const METADATA: Rules = {
  metadata: { fits: (value) => parseMetadata(value) !== undefined, right: "key=value, such as channel=web" },
};
const TRACES: Rules = {
  ...RANGE,
  ...METADATA,
  name: TEXT,
  span_name: TEXT,
  span_failed: EITHER,
  session: TEXT,
  severity: TEXT,
  model: TEXT,
  q: TEXT,
  failed: EITHER,
  min_duration_ms: AMOUNT,
  max_duration_ms: AMOUNT,
  finding: { fits: (value) => parseFinding(value) !== undefined, right: "a name, a comparison and a value, such as score<0.5" },
  found_after: MOMENT,
  found_before: MOMENT,
  sort: { fits: (value) => (SORTS as readonly string[]).includes(value), right: `one of ${SORTS.join(", ")}` },
};

const JOB_STATUS: Rule = {
  fits: (value) => (STATUSES as readonly string[]).includes(value),
  right: `one of ${STATUSES.join(", ")}`,
};

const BASELINE: Rule = { fits: (value) => value === "none", right: "none; without it the time before is the baseline" };

const RULES = {
  traces: TRACES,
  executions: { ...RANGE, pipeline: TEXT, deployment: TEXT, status: JOB_STATUS, prefix: TEXT },
  telemetry: { ...RANGE, command: TEXT, status: TEXT },
  production: {
    ...RANGE,
    service: TEXT,
    baseline: BASELINE,
  },
  sessions: { ...RANGE, prefix: TEXT, failed: EITHER },
  finding: { ...RANGE, ...METADATA },
  range: RANGE,
} as const;
/** Those that hold several times; of any other a second value would not count. */
const SEVERAL = new Set(["name", "span_name", "metadata", "finding", "status"]);
const TIMES = ["last", "start_after", "start_before"];

/** Lists know all names that may stand in their address: there a misspelt name counts as well. */
const WHOLE = new Set<keyof typeof RULES>(["traces", "sessions", "executions", "telemetry", "production"]);

export function misread(params: URLSearchParams, page: keyof typeof RULES): Misread[] {
  const rules: Rules = RULES[page];
  const found: Misread[] = [];
  for (const [name, value] of params) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) {
      if (WHOLE.has(page)) found.push({ name, value, right: "a filter of this list, and none has this name" });
    } else if (value !== "") {
      const right = fault(rule, name, value, params);
      if (right !== undefined) found.push({ name, value, right });
    }
  }
  return found;
}

function fault({ fits, right }: Rule, name: string, value: string, params: URLSearchParams): string | undefined {
  if (!fits(value)) return right;
  if (!SEVERAL.has(name) && params.get(name) !== value) return "there only once";
  if (TIMES.includes(name) && name !== "last" && stretchMs(params.get("last") ?? "") !== undefined) {
    return "there without “last”, which says the time already";
  }
  return undefined;
}

/** The address without these parts. */
export function without(params: URLSearchParams, parts: readonly Misread[]): URLSearchParams {
  const left = [...params].filter(([name, value]) => !parts.some((one) => one.name === name && one.value === value));
  return new URLSearchParams(left);
}

/**
 * An address that replaces another, with what was not understood of that one: only who chooses
 * another value for such a filter, or takes it away, has done with it.
 */
export function withMisread(before: URLSearchParams, after: URLSearchParams, parts: readonly Misread[]): URLSearchParams {
  const next = new URLSearchParams(after);
  for (const { name, value } of parts) {
    const together = TIMES.includes(name) ? TIMES : [name];
    const chosen = !SEVERAL.has(name) && together.some((one) => before.get(one) !== after.get(one));
    if (!chosen) next.append(name, value);
  }
  return next;
}
