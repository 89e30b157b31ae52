/** What a span was told and what it said, as one text that can be held against another's. */

import type { components } from "../../api/schema";

type Schemas = components["schemas"];
type Span = Pick<Schemas["Span"], "Completion" | "Retrieval" | "Embeddings" | "FamilyData" | "Message">;

/** Empty when there is nothing to read. */
export function transcript(span: Span): string {
  const parts = [
    ...(span.Completion?.Messages ?? []).map(message),
    ...(span.Completion?.Documents ?? []).map(document),
    ...(span.Retrieval?.Queries ?? []).map((query) => block("query", query.TextRepresentation)),
    ...(span.Retrieval?.Documents ?? []).map(document),
    ...(span.Embeddings?.Inputs ?? []).map((input) => block("input", input)),
  ];
  if (parts.length === 0 && span.FamilyData !== undefined) parts.push(block("data", json(span.FamilyData)));
  if (span.Message) parts.push(block("message", span.Message));
  return parts.join("\n\n");
}

function message(said: Schemas["Message"]): string {
  const lines = (said.Contents ?? []).map((part) =>
    "Text" in part ? part.Text : `[${part.MimeType}, ${part.Data.length} characters of base64]`,
  );
  if (said.Role === "assistant") {
    for (const { Function: called } of said.ToolCalls ?? []) {
      lines.push(`calls ${called.Name} ${json(called.Arguments)}`);
    }
  }
  return block(said.Role, lines.join("\n"));
}

function document(found: Schemas["Document"]): string {
  const content = found.Content === undefined ? "" : json(found.Content);
  return block(`document ${found.Identifier}`, [found.Title, content].filter(Boolean).join("\n"));
}

function block(heading: string, text: string): string {
  return `${heading}:\n${text}`;
}

/** Text as it is; anything else with one member a line, so that a change is seen where it is. */
function json(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");
}
