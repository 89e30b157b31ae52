/** What can be done with selected traces. */

import { answered, api, asProblem, type Problem, type Schemas } from "../../api/client";
import { retrying } from "../../api/retry";
import { csv } from "../../lib/csv";
import { jsonl } from "../../lib/jsonl";
import type { Trace } from "./list.svelte";

const AT_ONCE = 4;

/** Whole traces that a browser takes at once; more are for `modelmetry traces export`. */
export const MOST_WHOLE = 1000;

/** Lines as `modelmetry traces import` reads them: each a whole trace. */
export async function asJsonLines(
  xids: readonly string[],
  signal: AbortSignal,
  told: (done: number) => void = () => undefined,
): Promise<Blob> {
  let done = 0;
  const read = async (xid: string) => {
    const ask = (stop: AbortSignal) => answered(api.GET("/traces/{xid}", { params: { path: { xid } }, signal: stop }));
    // Browsers may keep a blob on disk, and not all traces have to be values at once.
    const line = new Blob([jsonl([await retrying(ask, signal)])]);
    told(++done);
    return line;
  };
  return new Blob(await each(xids, read), { type: "application/x-ndjson" });
}

/** What the list knows about traces, one line each. */
export function asCsv(traces: readonly Trace[], findings: readonly string[]): string {
  const header = [
    ..."XID Name Start End DurationMs Open Failed Severity Message Input Output SessionID SessionName".split(" "),
    ..."Models SpanCount EventCount FindingCount InputTokens OutputTokens TotalTokens Costs".split(" "),
    ...findings,
  ];
  return csv(
    header,
    traces.map((trace) => [
      ...[trace.XID, trace.Name, trace.Start, trace.End, trace.DurationMs, trace.Open, trace.Failed],
      ...[trace.Severity, said(trace, "message"), said(trace, "input"), said(trace, "output")],
      ...[trace.SessionID, trace.SessionName, trace.Models.join("; ")],
      ...[trace.SpanCount, trace.EventCount, trace.FindingCount],
      ...[amount(trace.Usage.Input), amount(trace.Usage.Output), tokens(trace)],
      trace.Costs.map(({ Amount, Currency }) => `${Amount} ${Currency}`).join("; "),
      ...findings.map((name) => trace.ShownFindings?.find((one) => one.Name === name)?.Value),
    ]),
  );
}

/** Delete; gives those that are gone, and what kept the others. */
export async function remove(
  xids: readonly string[],
  signal: AbortSignal,
): Promise<{ gone: Set<string>; problem: Problem | null }> {
  const gone = new Set<string>();
  let problem: Problem | null = null;
  await each(xids, async (xid) => {
    try {
      await answered(api.DELETE("/traces/{xid}", { params: { path: { xid } }, signal }));
      gone.add(xid);
    } catch (thrown) {
      const found = asProblem(thrown);
      if (found.status === 404) gone.add(xid);
      else problem ??= found;
    }
  });
  return { gone, problem };
}

/** What went in and came out, and the trace's own message or else what went wrong in it. */
export function said({ Message, Preview }: Trace, what: "input" | "output" | "message"): string {
  if (what === "message") return Message || (Preview?.Failure ?? "");
  return (what === "input" ? Preview?.Input : Preview?.Output) ?? "";
}

/** Without the marks of Markdown that only make a word bold: in one line they are noise. */
export function unmarked(text: string): string {
  return text.replace(/\*\*(\S(?:[^*\n]*\S)?)\*\*/g, "$1");
}

/** All tokens of a trace, as the server sorts by them: the total, or what went in and came out. */
export function tokens(trace: Trace): number | undefined {
  const { Input, Output, Total } = trace.Usage;
  const total = amount(Total);
  if (total !== undefined) return total;
  const [input, output] = [amount(Input), amount(Output)];
  return input === undefined && output === undefined ? undefined : (input ?? 0) + (output ?? 0);
}

type UsageValue = Schemas["UsageValue"];

function amount(value: UsageValue | undefined): number | undefined {
  return value?.Amount;
}

async function each<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await act(items[at] as T);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, lane));
  return results;
}
