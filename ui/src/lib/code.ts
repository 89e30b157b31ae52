/** What is seen, as commands and programs to take away. */

import type { AnyMessage, TextOrData } from "./conversation";
import { COST_KINDS, USAGE_KINDS, allOptions, modelData, score, type FoundDocument, type ModelData, type SpanData } from "./familyData";
import { Code, pythonCall, quoted } from "./python";
import { buildTree, type TreeNode } from "./tree";

export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** @param address of the server; @param path from its root, encoded; @param withKey whether it asks for one. */
export function curl(address: string, path: string, withKey: boolean): string {
  // Expanded by the shell, so that no key stands in its history.
  const key = withKey ? ` --header "Authorization: Bearer $MODELMETRY_API_KEY"` : "";
  return `curl --fail-with-body${key} ${shellQuoted(address.replace(/\/$/, "") + path)}`;
}

interface SentEvent {
  Name: string;
  At: string;
  Metadata: Record<string, unknown>;
}

interface SentFinding {
  Name: string;
  Value: number | boolean | string;
  Unit: string;
  At: string;
  Source: string;
  Comment: string;
  Description?: string;
  Metadata: Record<string, unknown>;
}

export interface RebuiltSpan extends SpanData {
  XID: string;
  ParentID?: string | null;
  Name: string;
  Family: string;
  Start: string;
  End: string;
  Open: boolean;
  DurationMs: number;
  Severity: string;
  Message: string;
  Metadata: Record<string, unknown>;
  Events: readonly SentEvent[] | null;
  Findings: readonly SentFinding[] | null;
}

export interface RebuiltTrace {
  XID: string;
  Name: string;
  SessionID?: string | null;
  Start: string;
  End: string;
  Open: boolean;
  Severity: string;
  Message: string;
  Metadata: Record<string, unknown>;
  Spans: readonly RebuiltSpan[] | null;
  Events: readonly SentEvent[] | null;
  Findings: readonly SentFinding[] | null;
}

export interface RebuiltSession {
  XID: string;
  Name: string;
  Metadata: Record<string, unknown>;
}

/** The program that records the same trace again, with the same times and identities of its own. */
export function pythonOf(trace: RebuiltTrace, session?: RebuiltSession): string {
  const names = new Map<number, string>();
  const lines = traceLines(trace, session);
  if (trace.Message) lines.push(fact("trace.fail", [trace.Message], { severity: trace.Severity }));
  lines.push(...facts("trace", trace));
  const tree = buildTree((trace.Spans ?? []).map((span) => ({ ...span, StartMs: Date.parse(span.Start) })));
  tree.nodes.forEach((one, place) => {
    if (one.span === undefined) return;
    const name = `span_${names.size + 1}`;
    names.set(place, name);
    const parent = names.get(one.parent) ?? "trace";
    lines.push("", ...remark(one, tree.nodes[one.parent]), ...spanLines(name, parent, one.span));
  });
  lines.push("");
  // Backwards through the tree: what is inside ends before what is around it.
  for (const [place, name] of [...names].reverse()) lines.push(...ended(name, tree.nodes[place]!.span!));
  lines.push(...ended("trace", trace));
  return whole(trace, lines.join("\n"));
}

function whole(trace: RebuiltTrace, body: string): string {
  const modules = ["base64", "json"].filter((name) => body.includes(`${name}.`)).map((name) => `import ${name}\n`);
  return `# Records the trace ${quoted(trace.Name)} again (it was ${quoted(trace.XID)}).
${modules.join("")}from datetime import datetime

import modelmetry

at = datetime.fromisoformat
client = modelmetry.Client()

${body}

receipt = client.flush_all()
client.close()
assert receipt.ok, receipt.dropped
`;
}

interface Timed {
  Name: string;
  Start: string;
  Metadata: Record<string, unknown>;
}

function node(name: string, word: string, { Name, Start, Metadata }: Timed, more: Record<string, unknown>): string {
  const metadata = Object.keys(Metadata).length > 0 ? Metadata : undefined;
  return `${name} = ${pythonCall(word, [Name], { ...more, metadata, start: moment(Start) })}`;
}

/** A session of which more than its XID is known has a line of its own. */
function traceLines(trace: RebuiltTrace, session: RebuiltSession | undefined): string[] {
  const metadata = some(session?.Metadata) ? session?.Metadata : undefined;
  if (session === undefined || (session.Name === "" && metadata === undefined)) {
    return [node("trace", "client.trace", trace, { session: trace.SessionID || undefined })];
  }
  const begun = fact("client.session", [session.XID], { name: session.Name || undefined, metadata });
  return [`session = ${begun}`, node("trace", "session.trace", trace, {})];
}

function some(metadata: Record<string, unknown> | undefined): boolean {
  return metadata !== undefined && Object.keys(metadata).length > 0;
}

function moment(iso: string): Code {
  return new Code(`at(${quoted(iso)})`);
}

function ended(name: string, { End, Open }: { End: string; Open: boolean }): string[] {
  return Open ? [`# ${name} was still open.`] : [`${name}.end(at=${moment(End).text})`];
}

function remark(one: TreeNode, parent: TreeNode | undefined): string[] {
  if (parent?.kind === "missing") return [`# Its parent ${quoted(parent.xid)} was not stored.`];
  return parent?.kind === "circle" ? [`# ${quoted(one.xid)} was below itself.`] : [];
}

const FAMILIES = new Set(["completion", "retrieval", "embeddings"]);

function spanLines(name: string, parent: string, span: RebuiltSpan): string[] {
  const family = FAMILIES.has(span.Family) ? span.Family : "span";
  const { Model: model, Provider: provider, ...options } = allOptions(span);
  const asked = family === "completion" || family === "embeddings";
  const lines = [node(name, `${parent}.${family}`, span, asked ? { model: text(model), provider: text(provider) } : {})];
  if (asked) lines.push(...modelLines(name, modelData(span), options));
  if (family !== "span") lines.push(...dataLines(name, modelData(span)));
  else if (span.FamilyData !== undefined) lines.push(`# Its family ${quoted(span.Family)} has no words of its own.`);
  if (span.Message || !["unset", ""].includes(span.Severity)) {
    lines.push(fact(`${name}.fail`, [span.Message], { severity: span.Severity }));
  }
  return [...lines, ...facts(name, span)];
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function fact(word: string, positional: readonly unknown[], named: Record<string, unknown> = {}): string {
  return pythonCall(word, positional, named);
}

function facts(name: string, of: { Events: readonly SentEvent[] | null; Findings: readonly SentFinding[] | null }): string[] {
  const events = (of.Events ?? []).map((event) => {
    return fact(`${name}.event`, some(event.Metadata) ? [event.Name, event.Metadata] : [event.Name], { at: moment(event.At) });
  });
  const findings = (of.Findings ?? []).map((finding) =>
    fact(`${name}.finding`, [finding.Name, finding.Value], {
      unit: finding.Unit || undefined,
      comment: finding.Comment || undefined,
      description: finding.Description || undefined,
      source: finding.Source === "sdk" ? undefined : finding.Source,
      metadata: some(finding.Metadata) ? finding.Metadata : undefined,
      at: moment(finding.At),
    }),
  );
  return [...events, ...findings];
}

const OPTIONS: Record<string, [word: string, kind: "text" | "number" | "integer" | "boolean" | "texts" | "object"]> = {
  Temperature: ["temperature", "number"], TopP: ["top_p", "number"], MaxTokens: ["max_tokens", "integer"], N: ["n", "integer"],
  Seed: ["seed", "integer"], Stop: ["stop", "object"], Stream: ["stream", "boolean"], FrequencyPenalty: ["frequency_penalty", "number"],
  PresencePenalty: ["presence_penalty", "number"], LogitBias: ["logit_bias", "object"], Logprobs: ["logprobs", "boolean"],
  TopLogprobs: ["top_logprobs", "integer"], ResponseFormat: ["response_format", "object"], ToolChoice: ["tool_choice", "text"],
  Functions: ["functions", "texts"], FunctionCall: ["function_call", "text"], ModelList: ["model_list", "texts"], User: ["user", "text"],
  Timeout: ["timeout", "number"], BaseURL: ["base_url", "text"], APIVersion: ["api_version", "text"], DeploymentID: ["deployment_id", "text"],
};

function isKind(kind: string, value: unknown): boolean {
  if (kind === "text") return typeof value === "string";
  if (kind === "texts") return Array.isArray(value) && value.every((item) => typeof item === "string");
  if (kind === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return kind === "integer" ? Number.isSafeInteger(value) : typeof value === kind;
}

function modelLines(name: string, data: ModelData, options: Record<string, unknown>): string[] {
  const words: Record<string, unknown> = {};
  for (const [member, value] of Object.entries(options)) {
    const known = Object.hasOwn(OPTIONS, member) ? OPTIONS[member] : undefined;
    if (known !== undefined && isKind(known[1], value)) words[known[0]] = value;
  }
  if (Array.isArray(options["Tools"])) words["tools"] = new Code(toolList(options["Tools"]));
  const lines = Object.keys(words).length > 0 ? [fact(`${name}.options`, [], words)] : [];
  return [...lines, ...amounts(name, data)];
}

function toolList(tools: readonly unknown[]): string {
  const calls = (tools as Record<string, unknown>[]).map((tool) => {
    const said = (member: string) => text(tool[member]) ?? "";
    return `        ${pythonCall("modelmetry.ToolDefinition", [said("Name"), said("Description"), tool["Parameters"]], {}, "        ")},\n`;
  });
  return `[\n${calls.join("")}    ]`;
}

const WORDS: Record<string, string> = {
  Input: "input", Output: "output", Total: "total", CachedInput: "cached_input", CacheWrite: "cache_write", Reasoning: "reasoning",
};

/** One call for each unit and each currency. */
function amounts(name: string, { Usage, Cost }: ModelData): string[] {
  const used = grouped(USAGE_KINDS, Usage, (part) => part.Unit);
  const cost = grouped(COST_KINDS, Cost, (money) => money.Currency);
  return [
    ...[...used].map(([unit, words]) => fact(`${name}.usage`, [], { ...words, unit: unit === "tokens" ? undefined : unit })),
    ...[...cost].map(([currency, words]) => fact(`${name}.cost`, [], { ...words, currency })),
  ];
}

function grouped<K extends string, V extends { Amount: number }>(
  kinds: readonly K[],
  values: Partial<Record<K, V>> | undefined,
  keyOf: (value: V) => string,
): Map<string, Record<string, number>> {
  const groups = new Map<string, Record<string, number>>();
  for (const kind of kinds) {
    const value = values?.[kind];
    if (value === undefined) continue;
    const words = groups.get(keyOf(value)) ?? {};
    words[WORDS[kind]!] = value.Amount;
    groups.set(keyOf(value), words);
  }
  return groups;
}

function dataLines(name: string, data: ModelData): string[] {
  return [
    ...(data.Messages ?? []).map((message) => messageLine(name, message)),
    ...(data.Queries ?? []).map(({ TextRepresentation, Embeddings }) =>
      fact(`${name}.query`, [TextRepresentation], { embeddings: Embeddings?.length ? Embeddings : undefined })),
    ...(data.Inputs?.length ? [fact(`${name}.inputs`, [data.Inputs])] : []),
    ...(data.Documents ?? []).map((document) => documentLine(name, document)),
  ];
}

function messageLine(name: string, message: AnyMessage): string {
  const calls = (message.ToolCalls ?? []).map((call) =>
    new Code(pythonCall("modelmetry.ToolCall", [call.ID, call.Function.Name, call.Function.Arguments], {}, "        ")));
  return fact(`${name}.${message.Role}`, [content(message.Contents)], {
    name: message.Name,
    tool_calls: calls.length > 0 ? calls : undefined,
    tool_call_id: message.ToolCallID,
  });
}

function content(parts: readonly TextOrData[]): unknown {
  const [first, ...rest] = parts;
  if (rest.length === 0 && first?.Text !== undefined) return first.Text;
  return parts.map((part) => {
    if (part.Text !== undefined) return part.Text;
    const bytes = new Code(`base64.b64decode(${quoted(part.Data ?? "")})`);
    return new Code(pythonCall("modelmetry.binary", [bytes, part.MimeType ?? ""], { detail: part.Detail }, "        "));
  });
}

function documentLine(name: string, document: FoundDocument): string {
  const { score: _, ...others } = document.Metadata ?? {};
  const number = score(document);
  const rest = number === undefined ? (document.Metadata ?? {}) : others;
  return fact(`${name}.document`, [document.Identifier], {
    title: document.Title || undefined,
    content: document.Content ?? undefined,
    content_type: document.ContentType === "text/plain" ? undefined : document.ContentType,
    score: number,
    metadata: Object.keys(rest).length > 0 ? rest : undefined,
  });
}
