/** The figures of the report: which there are, and each as people read it. */

import type { Schemas } from "../../api/client";
import { changeOf, changeOfShare, type Change } from "../../lib/change";
import { compact, count, duration, money, plural, share, unitText, value } from "../../lib/format";

export type Figure = Schemas["Figure"];
export type Summary = Schemas["ProductionSummary"];

/** A figure of the report, by where it stands there. */
export interface Row {
  name: string;
  of: (summary: Summary) => Figure;
  /** Whether more is worse, better, or neither. */
  more: "worse" | "better" | "neither";
  /** What one of its samples is. */
  sample: string;
  /** How it is defined, where the name alone does not say it. */
  about?: string;
  /** What would measure it. */
  code?: string;
}

export interface Part {
  id: "api" | "models" | "llm" | "cost" | "machine";
  title: string;
  /** Where nothing of it was measured: that, and what would. */
  none: string;
  code: string;
  rows: readonly Row[];
}

type More = Row["more"];

type Section = "Requests" | "Predictions" | "Llm" | "Costs" | "Runtime";
type Known<M extends Section> = readonly [key: keyof Summary[M] & string, name: string, more: More, rest?: Partial<Row>];

function rows<M extends Section>(section: M, sample: string, known: readonly Known<M>[]): Row[] {
  return known.map(([key, name, more, rest]) => ({
    name,
    more,
    sample,
    of: (summary) => (summary[section] as Record<string, Figure>)[key]!,
    ...rest,
  }));
}

const UPTIME =
  "1 less the minutes without any heartbeat over the minutes that were observed. A heartbeat is an interval that a process sent; " +
  "observed is from the first heartbeat in the window to its end, the last three minutes before now left out. One process that is up is enough.";
const SAVINGS =
  "1 less what was spent per day over what was spent per day in the baseline: on the cloud and on language models, as far as both windows know each of them. " +
  "Negative where more is spent.";

/** What measures each part; in a process that says `observe()` or shows metrics to Prometheus. */
const OBSERVE_CODE = "observe()";
export const API_CODE = "app.add_middleware(MetricsMiddleware)";
const MODELS_CODE = '@model_metrics("churn", version="3")';
/** What makes costs of the cloud known, unless the server asks for them itself. */
export const CLOUD_CODE = "modelmetry costs import FOLDER";

export const PARTS: readonly Part[] = [
  {
    id: "api",
    title: "API",
    none: "No HTTP requests were measured in this window.",
    code: API_CODE,
    rows: rows("Requests", "request", [
      ["Count", "Requests", "neither"],
      ["PerSecond", "Per second", "neither"],
      ["LatencyMean", "Latency, mean", "worse", { about: "To the last byte of the answer." }],
      ["LatencyP50", "Latency p50", "worse"],
      ["LatencyP95", "Latency p95", "worse"],
      ["LatencyP99", "Latency p99", "worse"],
      ["SuccessRate", "Succeeded", "better", { about: "Answers with a status below 400 among those whose status is known." }],
      ["ClientErrorRate", "Client errors", "worse", { about: "Answers with a status of 400 to 499 among those whose status is known." }],
      ["ServerErrorRate", "Server errors", "worse", { about: "Answers with a status of 500 or more among those whose status is known; crashes are among them." }],
    ]),
  },
  {
    id: "models",
    title: "Models",
    none: "No predictions were measured in this window.",
    code: MODELS_CODE,
    rows: rows("Predictions", "prediction", [
      ["Count", "Predictions", "neither"],
      ["Failed", "Failed", "worse", { about: "Those that were cancelled are not among them." }],
      ["DurationMean", "Inference, mean", "worse"],
      ["DurationP95", "Inference p95", "worse"],
      ["ConfidenceMean", "Confidence, mean", "neither", { code: '@model_metrics("churn", version="3", confidence=lambda found: found.score)' }],
      [
        "Accuracy",
        "Accuracy",
        "better",
        {
          sample: "prediction with its truth",
          about: "Predictions that were right among those whose truth came in the window, corrections included.",
          code: 'ground_truth(prediction_id, "stayed")',
        },
      ],
    ]),
  },
  {
    id: "llm",
    title: "Language models",
    none: "No calls of language models were measured or recorded in this window.",
    code: OBSERVE_CODE,
    rows: rows("Llm", "call", [
      ["Calls", "Calls", "neither"],
      ["Errors", "Failed", "worse"],
      ["LatencyMean", "Latency, mean", "worse"],
      ["LatencyP95", "Latency p95", "worse"],
      ["FirstTokenP95", "First token p95", "worse"],
      ["InputTokens", "Tokens in", "neither", { about: "Cached ones included." }],
      ["CachedInputTokens", "read from a cache", "neither"],
      ["CacheWriteTokens", "written to a cache", "neither"],
      ["OutputTokens", "Tokens out", "neither", { about: "Those of reasoning included." }],
      ["ReasoningTokens", "for reasoning", "neither"],
    ]),
  },
  {
    id: "cost",
    title: "Cost",
    none: "No cost is known in this window.",
    code: OBSERVE_CODE,
    rows: [
      ...rows("Llm", "call", [
        ["Cost", "Language models", "neither", { about: "What calls cost, as far as their prices are known." }],
        ["CostPerCall", "per call", "worse"],
        ["UnpricedCalls", "Calls without a price", "worse", { about: "Their cost is not known, and not in the sum." }],
      ]),
      ...rows("Costs", "day", [
        ["CloudTotal", "Cloud", "neither", { about: "In the days of the window, UTC." }],
        ["CloudDaily", "per day", "worse"],
        ["CloudMonthly", "in 30 days", "worse", { about: "From the days that are known." }],
        ["CloudPerPrediction", "per prediction", "worse", { sample: "prediction" }],
        ["CloudPerLlmCall", "per call of a model", "worse", { sample: "call" }],
        ["Savings", "Savings", "better", { sample: "kind of spending", about: SAVINGS }],
      ]),
    ],
  },
  {
    id: "machine",
    title: "Machine",
    none: "No process sent a heartbeat, and nothing measured a machine, in this window.",
    code: OBSERVE_CODE,
    rows: rows("Runtime", "look", [
      ["Uptime", "Uptime", "better", { sample: "minute", about: UPTIME, code: OBSERVE_CODE }],
      ["CpuMean", "CPU, mean", "neither"],
      ["CpuMax", "CPU, highest", "neither"],
      ["MemoryMean", "Memory, mean", "neither"],
      ["MemoryMax", "Memory, highest", "neither"],
      ["ProcessUptimeDays", "Process up", "neither", { sample: "look or process", about: "The longest that a process was up." }],
      ["ContainerUptimeDays", "Container up", "neither", { about: "The longest that a container was up." }],
    ]),
  },
];

/** What only says something about the rest, and is not worth a section where it stands alone. */
const ZERO_IS_NOTHING = "Calls without a price";

/** Whether anything of a part is known. */
export function isMeasured(part: Part, summary: Summary): boolean {
  return part.rows.some((row) => row.name !== ZERO_IS_NOTHING && row.of(summary).Value !== null);
}

const CURRENCY = /^[A-Z]{3}$/;
const DAY = 86_400_000; // ms
const MINUS = "−";
const COUNTED = new Set(["{request}", "{prediction}", "{call}"]);

/** A number with its unit, as everywhere on the page. */
export function figureText(number: number, unit: string): string {
  if (unit === "s") return duration(number * 1000);
  if (unit === "d") return duration(number * DAY);
  if (unit === "1") return number < 0 ? `${MINUS}${share(-number, 1)}` : share(number, 1);
  if (COUNTED.has(unit)) return count(number);
  if (unit === "{token}") return compact(number);
  if (unit === "{request}/s") return `${rate(number)} /s`;
  return CURRENCY.test(unit) ? money(number, unit) : `${value(number)} ${unitText(unit)}`.trim();
}

/** Three digits, also of what is rare. */
function rate(number: number): string {
  return value(Math.abs(number) >= 1000 ? Math.round(number) : Number(number.toPrecision(3)));
}

/** How a figure moved against that of the baseline; of shares in percentage points. */
export function changeFor({ Value, Unit, Baseline, Change: told }: Figure): Change {
  const before = Baseline?.Value ?? undefined;
  const now = Value ?? undefined;
  // Without a change of the server the two cannot be compared, as money of two currencies.
  const comparable = told !== null || before === 0;
  const known = comparable ? before : undefined;
  return Unit === "1" ? changeOfShare(now, known) : changeOf(now, known);
}

export const NOT_MEASURED = "not measured";

/** Why a figure is missing, or what is to be known of it, as a sentence. */
export function noteText(note: string): string {
  const text = note.replace(/^not measured: /, "");
  return text === "" ? "" : `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}

const SOURCES: Record<string, string> = {
  metrics: "metrics",
  traces: "traces that were recorded",
  costs: "costs",
  prometheus: "Prometheus",
};

/** Where a figure comes from, in words; empty where it comes from nowhere. */
export function sourceText(source: string): string {
  return source === "none" ? "" : (SOURCES[source] ?? source);
}

/** How many measurements a figure rests on. */
export function samplesText(samples: number, one: string): string {
  const several = one.includes(" with ") || one.includes(" of ") || one.includes(" or ");
  return several ? plural(samples, one, `${one.replace(/^\S+/, (word) => `${word}s`)}`) : plural(samples, one);
}

/** The bucket of a histogram in which a quantile lies; empty where it is of none. */
export function bucketText({ Bucket, Unit }: Figure): string {
  if (Bucket === null) return "";
  const from = Bucket.Above === null ? "" : figureText(Bucket.Above, Unit);
  if (Bucket.UpTo === null) return from === "" ? "" : `more than ${from}`;
  const to = figureText(Bucket.UpTo, Unit);
  return from === "" ? `up to ${to}` : `${from} to ${to}`;
}
