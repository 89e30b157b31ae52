/** The messages of many calls of models as one thread, in which nothing is repeated. */

import { joinedOnto, type AnyMessage, type JoinedCall, type JoinedMessage } from "./conversation";
import { stretches } from "./myers";

export interface ThreadCall {
  /** The span in which it stands. */
  span: string;
  messages: readonly AnyMessage[];
}

export type ThreadItem =
  | { kind: "said"; said: JoinedMessage }
  /** What an earlier call was told as well. */
  | { kind: "repeated"; messages: readonly AnyMessage[] };

export interface ThreadBlock {
  span: string;
  items: ThreadItem[];
  /** Answers of tools that are shown where the tools were called. */
  answers: number;
}

/** Earlier calls that are looked at for what a message repeats. */
const LOOKED_BACK = 20;

/**
 * Calls in the order of time. Each repeats what was said before it, so of each is shown what the
 * most similar earlier call was not told. Its last message is its own if a model said it: what a
 * model says again is said again.
 */
export function thread(calls: readonly ThreadCall[]): ThreadBlock[] {
  const known = new Known();
  const open = new Map<string, JoinedCall>();
  return calls.map(({ span, messages }) => {
    const told = known.add(messages);
    const items: ThreadItem[] = [];
    let answers = 0;
    for (const { from, to, repeated } of told) {
      const part = messages.slice(from, to);
      if (repeated) {
        items.push({ kind: "repeated", messages: part });
        continue;
      }
      const said = joinedOnto(open, part);
      answers += part.length - said.length;
      items.push(...said.map((one): ThreadItem => ({ kind: "said", said: one })));
    }
    return { span, items, answers };
  });
}

interface Part {
  from: number;
  to: number;
  repeated: boolean;
}

/** What was said so far, each message by a number: equal ones have the same. */
class Known {
  readonly #numbers = new Map<string, string>();
  readonly #calls: string[][] = [];
  /** The last calls that have a message. */
  readonly #callsOf = new Map<string, number[]>();

  /** Parts of a call, by whether an earlier one had them. */
  add(messages: readonly AnyMessage[]): Part[] {
    const numbers = messages.map((message) => this.#number(message));
    const parts = this.#parts(numbers, messages.at(-1)?.Role === "assistant");
    const call = this.#calls.push(numbers) - 1;
    for (const number of new Set(numbers)) {
      const having = this.#callsOf.get(number) ?? [];
      having.push(call);
      if (having.length > LOOKED_BACK) having.shift();
      this.#callsOf.set(number, having);
    }
    return parts;
  }

  #parts(numbers: readonly string[], ownLast: boolean): Part[] {
    const end = numbers.length - (ownLast ? 1 : 0);
    const similar = this.#mostSimilar(numbers.slice(0, end));
    const parts: Part[] = [];
    const add = (from: number, to: number, repeated: boolean) => {
      const last = parts.at(-1);
      if (from === to) return;
      if (last?.repeated === repeated) last.to = to;
      else parts.push({ from, to, repeated });
    };
    for (const { same, bFrom, bTo } of stretches(similar, numbers.slice(0, end))) add(bFrom, bTo, same);
    add(end, numbers.length, false);
    return parts;
  }

  /** The call that has most of these messages, the latest of several; none has none of them. */
  #mostSimilar(numbers: readonly string[]): readonly string[] {
    const votes = new Map<number, number>();
    for (const number of new Set(numbers)) {
      for (const call of this.#callsOf.get(number) ?? []) votes.set(call, (votes.get(call) ?? 0) + 1);
    }
    let best = -1;
    for (const [call, count] of votes) {
      const most = votes.get(best) ?? 0;
      if (count > most || (count === most && call > best)) best = call;
    }
    return this.#calls[best] ?? [];
  }

  #number({ Role, Name, Contents, ToolCalls, ToolCallID }: AnyMessage): string {
    const key = JSON.stringify([Role, Name, Contents, ToolCalls ?? [], ToolCallID]);
    const number = this.#numbers.get(key) ?? String(this.#numbers.size);
    this.#numbers.set(key, number);
    return number;
  }
}
