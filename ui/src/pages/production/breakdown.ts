/** Figures by route, by model and by version: rows of tables, from series that are split. */

import type { Schemas } from "../../api/client";
import { amountOf, type Answer } from "./lines";
import { METHOD, MODEL, OUTCOME, PROVIDER, REQUEST_MODEL, ROUTE, TOKEN_TYPE, VERSION, WINDOW } from "./names";

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

/** Sums by some attributes of an answer that is split further. */
function sums(answer: Answer, names: readonly string[], holds: (group: Group) => boolean = () => true): Map<string, number> {
  const found = new Map<string, number>();
  for (const group of answer.Groups) {
    if (!holds(group)) continue;
    const key = id(group, names);
    found.set(key, (found.get(key) ?? 0) + (amountOf(group.Total, answer.Kind) ?? 0));
  }
  return found;
}

/** Whether an answer has all of its groups: only then what is not in it is nothing. */
export function isWhole(answer: Answer): boolean {
  return answer.GroupCount <= answer.Groups.length;
}

/** A sum that is 0 where there was none, or null where it may have been left out. */
function sumOr(found: ReadonlyMap<string, number>, key: string, whole: boolean): number | null {
  return found.get(key) ?? (whole ? 0 : null);
}

const OF_ROUTE = [METHOD, ROUTE];

/** @param failing requests of each status of 500 and more, by route. */
export function routeRows(durations: Answer, failing: readonly Answer[]): Split[] {
  const failed = failing.map((one) => ({ found: sums(one, OF_ROUTE), whole: isWhole(one) }));
  return durations.Groups.map((group) => {
    const key = id(group, OF_ROUTE);
    const parts = failed.map(({ found, whole }) => sumOr(found, key, whole));
    const errors = parts.includes(null) ? null : parts.reduce<number>((sum, one) => sum + (one ?? 0), 0);
    const requests = group.Total.Count ?? 0;
    return {
      id: key,
      name: group.Attributes[ROUTE] ?? "",
      beside: group.Attributes[METHOD] ?? "",
      figures: { requests, failed: errors, mean: group.Total.Mean, p50: quantile(group, 0.5), p95: quantile(group, 0.95) },
    };
  });
}

const OF_VERSION = [MODEL, VERSION];

interface OfVersions {
  /** By model, version and outcome. */
  predictions: Answer;
  durations: Answer;
  confidence: Answer;
  accuracy: Answer;
  samples: Answer;
}

export function versionRows({ predictions, durations, confidence, accuracy, samples }: OfVersions): Split[] {
  const counted = sums(predictions, OF_VERSION);
  const failed = sums(predictions, OF_VERSION, (group) => !["", "ok", "cancelled"].includes(group.Attributes[OUTCOME] ?? ""));
  const whole = isWhole(predictions);
  const of = (answer: Answer) => new Map(answer.Groups.map((group) => [id(group, OF_VERSION), group]));
  const [took, sure, right] = [of(durations), of(confidence), accuracies(accuracy, samples)];
  const groups = new Map(predictions.Groups.map((group) => [id(group, OF_VERSION), group]));
  return [...groups].map(([key, group]) => {
    const time = took.get(key);
    return {
      id: key,
      name: group.Attributes[MODEL] ?? "",
      beside: group.Attributes[VERSION] ?? "",
      figures: {
        predictions: counted.get(key) ?? 0,
        failed: sumOr(failed, key, whole),
        mean: time?.Total.Mean ?? null,
        p95: time ? quantile(time, 0.95) : null,
        confidence: sure.get(key)?.Total.Mean ?? null,
        accuracy: right.get(key)?.accuracy ?? null,
        samples: right.get(key)?.samples ?? null,
      },
    };
  });
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
const IN = new Set(["input", "cache_read", "cache_write"]);
const OUT = new Set(["output", "reasoning"]);

export function modelRows(durations: Answer, tokens: Answer, costs: Answer): Split[] {
  const kind = (kinds: ReadonlySet<string>) => (group: Group) => kinds.has(group.Attributes[TOKEN_TYPE] ?? "");
  const [sent, came, cost] = [sums(tokens, OF_MODEL, kind(IN)), sums(tokens, OF_MODEL, kind(OUT)), sums(costs, OF_MODEL)];
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
        in: sent.get(key) ?? null,
        out: came.get(key) ?? null,
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
