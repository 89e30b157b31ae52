/** What came into a trace and what came out of it, found in its spans. */

import type { Schemas } from "../../api/client";
import { plural } from "../../lib/format";
import { turnOf, type Call, type Said, type Turn } from "../sessions/turn";
import { Contents } from "./contents";

type OutlineSpan = Pick<Schemas["OutlineSpan"], "XID" | "Family" | "StartMs">;

/** A span as far as this needs it. */
export type Telling = Call & Pick<Schemas["Span"], "Retrieval" | "Embeddings">;

/** Of a large trace: its first calls of a model have the question, its last ones the answer. */
const ENDS = 4;
const MOST_NAMED = 5;

/** The spans that may say it: calls of a model, or where there are none searches and embeddings. */
export function tellers<S extends OutlineSpan>(spans: readonly S[]): S[] {
  const calls = ofFamily(spans, ["completion"]);
  if (calls.length > 0 && spans.length <= Contents.SMALL) return calls;
  if (calls.length > 0) return [...new Set([...calls.slice(0, ENDS), ...calls.slice(-ENDS)])];
  const others = ofFamily(spans, ["retrieval", "embeddings"]);
  return [...new Set([...others.slice(0, 1), ...ofFamily(others, ["retrieval"]).slice(-1)])];
}

/** In the order of time. */
export function ofFamily<S extends OutlineSpan>(spans: readonly S[], families: readonly string[]): S[] {
  return spans.filter((span) => families.includes(span.Family)).sort((a, b) => a.StartMs - b.StartMs);
}

export function told(spans: readonly Telling[]): Turn {
  const turn = turnOf(spans);
  if (turn.question !== null || turn.answer !== null || turn.tools.length > 0) return turn;
  return { question: first(spans, askedIn), answer: first([...spans].reverse(), foundIn), tools: [] };
}

function first(spans: readonly Telling[], say: (span: Telling) => string): Said | null {
  for (const span of spans) {
    const text = say(span);
    if (text !== "") return { span: span.XID, text, media: [] };
  }
  return null;
}

function askedIn({ Retrieval, Embeddings }: Telling): string {
  const texts = [...(Retrieval?.Queries ?? []).map((query) => query.TextRepresentation), ...(Embeddings?.Inputs ?? [])];
  const rest = texts.length - MOST_NAMED;
  return [...texts.slice(0, MOST_NAMED), ...(rest > 0 ? [`and ${rest} more`] : [])].join("\n\n");
}

function foundIn({ Retrieval }: Telling): string {
  const documents = Retrieval?.Documents ?? [];
  if (documents.length === 0) return "";
  const names = documents.slice(0, MOST_NAMED).map((document) => document.Title || document.Identifier);
  const rest = documents.length - names.length;
  return `${plural(documents.length, "document")}: ${names.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
