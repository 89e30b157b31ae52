/** Reads what was asked and answered in a trace, with as few and as small questions as it takes. */

import { answered, api } from "../../api/client";
import { turnOf, type Call, type Turn } from "./turn";

/** Up to so many spans the trace is read whole, with one question. */
const SMALL = 40;
/** Of a larger one: its first calls of a model have the question, its last ones the answer. */
const ENDS = 4;

export async function readTurn(xid: string, spans: number, signal: AbortSignal): Promise<Turn> {
  return turnOf(spans <= SMALL ? await allCalls(xid, signal) : await callsAtTheEnds(xid, signal));
}

async function allCalls(xid: string, signal: AbortSignal): Promise<Call[]> {
  const trace = await answered(api.GET("/traces/{xid}", { params: { path: { xid } }, signal }));
  return trace.Spans ?? [];
}

async function callsAtTheEnds(xid: string, signal: AbortSignal): Promise<Call[]> {
  const calls = (sort: "start" | "-start") => {
    const query = { trace: xid, family: "completion", sort, limit: ENDS };
    return answered(api.GET("/spans", { params: { query }, signal }));
  };
  const [first, last] = await Promise.all([calls("start"), calls("-start")]);
  const known = new Set([...first.Spans, ...last.Spans].map((span) => span.XID));
  return Promise.all([...known].map((span) => readCall(xid, span, signal)));
}

function readCall(trace: string, xid: string, signal: AbortSignal): Promise<Call> {
  const params = { path: { xid }, query: { trace } };
  return answered(api.GET("/spans/{xid}", { params, signal }));
}
