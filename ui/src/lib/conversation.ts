/** Messages with the calls of tools next to what came of them. */

export interface TextOrData {
  Text?: string;
  MimeType?: string;
  Data?: string;
  Detail?: string;
}

export interface CalledFunction {
  ID: string;
  Function: { Name: string; Arguments?: unknown };
}

/** Any message of the contract; members that its role does not have are absent. */
export interface AnyMessage {
  Role: string;
  Contents: readonly TextOrData[];
  Name?: string;
  ToolCalls?: readonly CalledFunction[] | null;
  ToolCallID?: string;
}

export interface JoinedCall {
  call: CalledFunction;
  /** What the tools answered to it; several answers to one call are shown, not lost. */
  results: AnyMessage[];
}

export interface JoinedMessage {
  message: AnyMessage;
  calls: JoinedCall[];
}

/**
 * The messages in order; an answer of a tool goes to the last call before it with its id, and stays
 * where it is when there is none.
 */
export function joined(messages: readonly AnyMessage[]): JoinedMessage[] {
  return joinedOnto(new Map(), messages);
}

/** The same for messages that go on after others, of which the calls are known; these are added. */
export function joinedOnto(calls: Map<string, JoinedCall>, messages: readonly AnyMessage[]): JoinedMessage[] {
  const found: JoinedMessage[] = [];
  for (const message of messages) {
    const known = message.Role === "tool" ? calls.get(message.ToolCallID ?? "") : undefined;
    if (known !== undefined) {
      known.results.push(message);
      continue;
    }
    const own = (message.ToolCalls ?? []).map((call): JoinedCall => ({ call, results: [] }));
    for (const one of own) calls.set(one.call.ID, one);
    found.push({ message, calls: own });
  }
  return found;
}

/** Arguments are an object, or its JSON as the model wrote it: as a value where they are JSON. */
export function argumentsOf(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "object" && parsed !== null ? parsed : value;
  } catch {
    return value;
  }
}
