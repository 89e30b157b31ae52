/** Two traces span by span: what is beside what, and how they differ. */

import type { Schemas } from "../../api/client";
import { tokensOf } from "../../lib/amounts";
import { alignTrees } from "../../lib/difference";
import { buildTree, type TreeNode } from "../../lib/tree";

type OutlineSpan = Schemas["OutlineSpan"];
type Node = TreeNode<OutlineSpan>;

export interface Row {
  key: string;
  depth: number;
  name: string;
  family: string;
  a: OutlineSpan | undefined;
  b: OutlineSpan | undefined;
  /** How they differ, in words; empty when they do not. */
  differs: string[];
}

/** Below these two a difference of duration is as it always is. */
const NOTABLE = 1.5;
const NOTABLE_MS = 20;

export function rowsOf(a: readonly OutlineSpan[], b: readonly OutlineSpan[]): Row[] {
  const [left, right] = [buildTree(a), buildTree(b)];
  return alignTrees(left, right).map((row, at) => {
    const [nodeA, nodeB] = [nodeAt(left.nodes, row.a), nodeAt(right.nodes, row.b)];
    const span = nodeA?.span ?? nodeB?.span;
    const made = (nodeA ?? nodeB)?.kind === "circle" ? "(spans in a circle)" : "(missing parent)";
    return {
      key: `${at} ${nodeA?.key ?? ""} ${nodeB?.key ?? ""}`,
      depth: row.depth,
      name: span ? span.Name : made,
      family: span?.Family ?? "",
      a: nodeA?.span,
      b: nodeB?.span,
      differs: span ? differences(nodeA?.span, nodeB?.span) : [],
    };
  });
}

function nodeAt(nodes: readonly Node[], at: number | undefined): Node | undefined {
  return at === undefined ? undefined : nodes[at];
}

export function differences(a: OutlineSpan | undefined, b: OutlineSpan | undefined): string[] {
  if (!a || !b) return [a ? "only in A" : "only in B"];
  const found: string[] = [];
  if (a.Failed !== b.Failed) found.push(a.Failed ? "failed in A" : "failed in B");
  if (a.Open !== b.Open) found.push(a.Open ? "open in A" : "open in B");
  if (a.Model !== b.Model) found.push("another model");
  if (total(a) !== total(b)) found.push("other tokens");
  const [low, high] = [Math.min(a.DurationMs, b.DurationMs), Math.max(a.DurationMs, b.DurationMs)];
  if (high - low >= NOTABLE_MS && high >= low * NOTABLE) {
    found.push(b.DurationMs > a.DurationMs ? "slower in B" : "faster in B");
  }
  return found;
}

export function total(span: OutlineSpan): number | undefined {
  if (span.TotalTokens !== undefined) return span.TotalTokens;
  if (span.InputTokens === undefined && span.OutputTokens === undefined) return undefined;
  return (span.InputTokens ?? 0) + (span.OutputTokens ?? 0);
}

type Outline = Schemas["TraceOutline"];

export interface Figure {
  name: string;
  a: number | undefined;
  b: number | undefined;
  kind: "duration" | "count" | "money";
  currency?: string;
}

/** The figures of both traces, those that neither has left out. */
export function figuresOf(a: Outline, b: Outline): Figure[] {
  const failed = (one: Outline) => one.Spans.filter((span) => span.Failed).length;
  const currencies = [...new Set([...a.Costs, ...b.Costs].map((cost) => cost.Currency))].sort();
  const cost = (one: Outline, currency: string) =>
    one.Costs.find((found) => found.Currency === currency)?.Amount;
  const figures: Figure[] = [
    { name: "Duration", a: a.DurationMs, b: b.DurationMs, kind: "duration" },
    { name: "Spans", a: a.SpanCount, b: b.SpanCount, kind: "count" },
    { name: "Failed spans", a: failed(a), b: failed(b), kind: "count" },
    { name: "Tokens in", a: a.Usage.Input?.Amount, b: b.Usage.Input?.Amount, kind: "count" },
    { name: "Tokens out", a: a.Usage.Output?.Amount, b: b.Usage.Output?.Amount, kind: "count" },
    { name: "Tokens", a: tokensOf(a.Usage), b: tokensOf(b.Usage), kind: "count" },
    ...currencies.map((currency): Figure => ({
      name: currencies.length > 1 ? `Cost, ${currency}` : "Cost",
      a: cost(a, currency),
      b: cost(b, currency),
      kind: "money",
      currency,
    })),
  ];
  return figures.filter((one) => one.a !== undefined || one.b !== undefined);
}

export interface MetadataPair {
  key: string;
  a: string | undefined;
  b: string | undefined;
}

/** Metadata that both do not have alike. */
export function metadataOf(a: Outline["Metadata"], b: Outline["Metadata"]): MetadataPair[] {
  const text = (of: Outline["Metadata"], key: string) => {
    if (!Object.hasOwn(of, key)) return undefined;
    const value: unknown = of[key];
    return typeof value === "string" ? value : JSON.stringify(value);
  };
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .sort()
    .map((key) => ({ key, a: text(a, key), b: text(b, key) }))
    .filter((pair) => pair.a !== pair.b);
}
