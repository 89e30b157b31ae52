import type { AnyMessage } from "./conversation";
import type { MoneyAmount } from "./tree";

/** Loosely typed on purpose: what was sent besides the contract's shape is shown as well. */
export interface Part {
  Amount: number;
  Unit: string;
}

export interface FoundDocument {
  Identifier: string;
  Title: string;
  ContentType: string;
  Content?: unknown;
  Metadata?: Record<string, unknown>;
}

export interface Query {
  TextRepresentation: string;
  Embeddings?: readonly number[] | null;
}

export const USAGE_KINDS = ["Input", "CachedInput", "CacheWrite", "Output", "Reasoning", "Total"] as const;
export const COST_KINDS = ["Input", "Output", "Total"] as const;

export interface ModelData {
  Messages?: readonly AnyMessage[];
  Inputs?: readonly string[] | null;
  Queries?: readonly Query[] | null;
  Documents?: readonly FoundDocument[] | null;
  Options?: object;
  Usage?: Partial<Record<(typeof USAGE_KINDS)[number], Part>>;
  Cost?: Partial<Record<(typeof COST_KINDS)[number], MoneyAmount>>;
}

/** Members of a span in which its family data come. */
export interface SpanData {
  Completion?: ModelData;
  Retrieval?: ModelData;
  Embeddings?: ModelData;
  FamilyData?: unknown;
}

/** What fits the family, whichever it is. */
export function modelData(span: SpanData): ModelData {
  return span.Completion ?? span.Retrieval ?? span.Embeddings ?? {};
}

/**
 * All options. Those that do not fit the contract, such as a temperature above 1, come only in
 * `FamilyData`.
 */
export function allOptions(span: SpanData): Record<string, unknown> {
  const sent = member(span.FamilyData, "Options");
  return { ...modelData(span).Options, ...(isObject(sent) ? sent : {}) };
}

/** What was sent and is shown nowhere else; undefined where everything fitted but the options. */
export function misfit(span: SpanData): unknown {
  const { FamilyData: sent } = span;
  if (sent === undefined || sent === null) return undefined;
  const fitting = span.Completion ?? span.Retrieval ?? span.Embeddings;
  if (fitting === undefined || !isObject(sent)) return sent;
  const known = fitting as Record<string, unknown>;
  const rest = Object.entries(sent).filter(([name, value]) => {
    return name !== "Options" && JSON.stringify(value) !== JSON.stringify(known[name]);
  });
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}

/** The score of a document, where it is a number. */
export function score(document: FoundDocument): number | undefined {
  const said = document.Metadata?.["score"];
  return typeof said === "number" && Number.isFinite(said) ? said : undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function member(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
