/** What was asked and answered in one turn, found in the model calls of its trace. */

import type { components } from "../../api/schema";

type Schemas = components["schemas"];
type Message = Schemas["Message"];

/** A span as far as a turn needs it. */
export type Call = Pick<Schemas["Span"], "XID" | "Start" | "Completion">;

export interface Said {
  /** The span in which it stands. */
  span: string;
  text: string;
  /** Media types of parts that are no text. */
  media: string[];
}

export interface Turn {
  question: Said | null;
  answer: Said | null;
  /** Names of the tools that the last call asked for, when it said nothing else. */
  tools: string[];
}

interface Seen {
  call: Call;
  messages: Message[];
  /** Place of the last message of a user, or -1. */
  asked: number;
}

/**
 * Each call of a model carries the whole conversation so far. The question is the last thing that
 * a user said in the first call. The answer is what the model said last in a call about the same
 * question: a later check of the answer carries another one and is passed over.
 */
export function turnOf(calls: readonly Call[]): Turn {
  const seen = calls
    .map(look)
    .filter((one) => one.messages.length > 0)
    .sort((a, b) => compareText(a.call.Start, b.call.Start));
  const first = seen.find((one) => one.asked >= 0);
  const question = first ? said(first, first.asked) : null;
  const about = seen.filter((one) => sameQuestion(one, question));
  for (const one of [...about].reverse()) {
    for (let at = one.messages.length - 1; at > one.asked; at -= 1) {
      const answer = one.messages[at]?.Role === "assistant" ? said(one, at) : null;
      if (answer && (answer.text.trim() || answer.media.length)) {
        return { question, answer, tools: [] };
      }
    }
  }
  return { question, answer: null, tools: toolsOf(about.at(-1)) };
}

function look(call: Call): Seen {
  const messages = call.Completion?.Messages ?? [];
  return { call, messages, asked: messages.findLastIndex((message) => message.Role === "user") };
}

function sameQuestion(one: Seen, question: Said | null): boolean {
  const here = one.asked >= 0 ? said(one, one.asked) : null;
  return (here?.text ?? null) === (question?.text ?? null);
}

function said(one: Seen, at: number): Said {
  const text: string[] = [];
  const media: string[] = [];
  for (const part of one.messages[at]?.Contents ?? []) {
    if ("Text" in part) text.push(part.Text);
    else media.push(part.MimeType);
  }
  return { span: one.call.XID, text: text.join("\n"), media };
}

function toolsOf(one: Seen | undefined): string[] {
  const last = one?.messages.findLast((message) => message.Role === "assistant");
  if (last?.Role !== "assistant") return [];
  return (last.ToolCalls ?? []).map((call) => call.Function.Name);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
