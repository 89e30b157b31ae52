/** Figures by route, by model and by version: rows of tables, from series that are split. */

import type { Schemas } from "../../api/client";
import { amountOf, type Answer } from "./lines";
import { METHOD, MODEL, PROVIDER, REQUEST_MODEL, ROUTE, VERSION, WINDOW } from "./names";

type Group = Schemas["ProductionGroup"];

export interface Split {
  /** What tells the row from all others. */
  id: string;
  name: string;
  /** What stands beside the name, such as a version; may be empty. */
  beside: string;
  figures: Record<string, number | null>;
}

const id = (group: Group, names: readonly string[]): string => JSON.stringify(names.map((name) => group.Attributes[name] ?? ""));
const quantile = (group: Group, rank: number): number | null => group.Total.Quantiles.find((one) => one.Quantile === rank)?.Value ?? null;

function sums(answer: Answer, names: readonly string[]): Map<string, number> {
  return new Map(answer.Groups.map((group) => [id(group, names), amountOf(group.Total, answer.Kind) ?? 0]));
}

/** Whether an answer has all of its groups: only then what is not in it is nothing. */
export function isWhole(answer: Answer): boolean {
  return answer.GroupCount <= answer.Groups.length;
}

/**
 * What answers have of a row together: 0 where there was none, null where one of them may have left
 * it out. So each kind is asked for alone: of rows by kinds a server would leave out some kinds of a row.
 */
function together(answers: readonly Answer[], names: readonly string[]): (key: string) => number | null {
  const parts = answers.map((one) => ({ found: sums(one, names), whole: isWhole(one) }));
  return (key) =>
    parts.reduce<number | null>((sum, { found, whole }) => {
      const part = found.get(key) ?? (whole ? 0 : null);
      return sum === null || part === null ? null : sum + part;
    }, 0);
}

const OF_ROUTE = [METHOD, ROUTE];

/** @param failing requests of each status of 500 and more, by route. */
export function routeRows(durations: Answer, failing: readonly Answer[]): Split[] {
  const failed = together(failing, OF_ROUTE);
  return durations.Groups.map((group) => {
    const key = id(group, OF_ROUTE);
    const requests = group.Total.Count ?? 0;
    return {
      id: key,
      name: group.Attributes[ROUTE] ?? "",
      beside: group.Attributes[METHOD] ?? "",
      figures: { requests, failed: failed(key), mean: group.Total.Mean, p50: quantile(group, 0.5), p95: quantile(group, 0.95) },
    };
  });
}

const OF_VERSION = [MODEL, VERSION];

/** Outcomes that are no failures. */
export const NO_FAILURES = ["", "ok", "cancelled"];

interface OfVersions {
  predictions: Answer;
  /** Those that did not fail, by outcome. */
  fine: readonly Answer[];
  durations: Answer;
  confidence: Answer;
  /** Truths that came, by `RESULTS`. */
  truths: readonly Answer[];
  accuracy: Answer;
  samples: Answer;
}

/** What a truth may be; the last two turn a verdict over that may be of before the window. */
export const RESULTS = ["correct", "wrong", "corrected_to_correct", "corrected_to_wrong"] as const;

export function versionRows({ predictions, fine, durations, confidence, truths, accuracy, samples }: OfVersions): Split[] {
  const judged = judgements(truths);
  const did = together(fine, OF_VERSION);
  const of = (answer: Answer) => new Map(answer.Groups.map((group) => [id(group, OF_VERSION), group]));
  const [took, sure, right] = [of(durations), of(confidence), accuracies(accuracy, samples)];
  return predictions.Groups.map((group) => {
    const key = id(group, OF_VERSION);
    const [time, good, all] = [took.get(key), did(key), amountOf(group.Total, predictions.Kind) ?? 0];
    return {
      id: key,
      name: group.Attributes[MODEL] ?? "",
      beside: group.Attributes[VERSION] ?? "",
      figures: {
        predictions: all,
        failed: good === null ? null : Math.max(0, all - good),
        mean: time?.Total.Mean ?? null,
        p95: time ? quantile(time, 0.95) : null,
        confidence: sure.get(key)?.Total.Mean ?? null,
        ...(judged(key) ?? right.get(key) ?? { accuracy: null, samples: null }),
      },
    };
  });
}

/** Of the truths of this window, as the report has it; null where none came. */
function judgements(truths: readonly Answer[]): (key: string) => { accuracy: number; samples: number } | null {
  const counts = truths.map((one) => sums(one, OF_VERSION));
  return (key) => {
    const [right = 0, wrong = 0, toRight = 0, toWrong = 0] = counts.map((of) => of.get(key) ?? 0);
    const samples = right + wrong;
    if (samples <= 0) return null;
    return { accuracy: Math.min(Math.max(right + toRight - toWrong, 0), samples) / samples, samples };
  };
}

/** What each version told last, of several windows that with the most samples. */
function accuracies(accuracy: Answer, samples: Answer): Map<string, { accuracy: number; samples: number | null }> {
  const judged = new Map(samples.Groups.map((group) => [id(group, [...OF_VERSION, WINDOW]), group.Total.Last]));
  const found = new Map<string, { accuracy: number; samples: number | null }>();
  for (const group of accuracy.Groups) {
    const [key, known] = [id(group, OF_VERSION), judged.get(id(group, [...OF_VERSION, WINDOW])) ?? null];
    const { Last } = group.Total;
    const before = found.get(key);
    if (Last !== null && (!before || (known ?? -1) > (before.samples ?? -1))) found.set(key, { accuracy: Last, samples: known });
  }
  return found;
}

const OF_MODEL = [PROVIDER, REQUEST_MODEL];
/** Kinds of tokens, which are disjoint. */
export const IN = ["input", "cache_read", "cache_write"];
export const OUT = ["output", "reasoning"];

interface OfModels {
  durations: Answer;
  /** Tokens by kind. */
  sent: readonly Answer[];
  came: readonly Answer[];
  costs: Answer;
}

export function modelRows({ durations, sent, came, costs }: OfModels): Split[] {
  const known = (answers: readonly Answer[]) => answers.some((one) => one.Groups.length > 0);
  const [into, out, cost] = [together(sent, OF_MODEL), together(came, OF_MODEL), sums(costs, OF_MODEL)];
  return durations.Groups.map((group) => {
    const key = id(group, OF_MODEL);
    return {
      id: key,
      name: group.Attributes[REQUEST_MODEL] ?? "",
      beside: group.Attributes[PROVIDER] ?? "",
      figures: {
        calls: group.Total.Count ?? 0,
        mean: group.Total.Mean,
        p95: quantile(group, 0.95),
        in: known(sent) ? into(key) : null,
        out: known(came) ? out(key) : null,
        cost: cost.get(key) ?? null,
      },
    };
  });
}

export interface Order {
  by: string;
  descending: boolean;
}

/** The rows in an order; what is not known stands last either way, and equals by their names. */
export function sorted(rows: readonly Split[], { by, descending }: Order): Split[] {
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    if (by === "name") return sign * named(a, b);
    const [one, other] = [a.figures[by] ?? null, b.figures[by] ?? null];
    if (one === other) return named(a, b);
    if (one === null || other === null) return one === null ? 1 : -1;
    return sign * (one - other);
  });
}

function named(a: Split, b: Split): number {
  return a.name.localeCompare(b.name) || a.beside.localeCompare(b.beside) || (a.id < b.id ? -1 : 1);
}
