/** What is taken away from a trace: addresses, commands, programs, files. */

import { answered, api, asProblem } from "../../api/client";
import { curl, pythonOf } from "../../lib/code";
import { saveAs } from "../../parts/saving";

/** The command that asks the server for the same; with a key where it asks for one. */
export async function curlOf(path: string): Promise<string> {
  return curl(location.origin, path, await asksForKey());
}

async function asksForKey(): Promise<boolean> {
  try {
    return (await answered(api.GET("/login"))).Required;
  } catch {
    // A server that does not answer this is older than its login.
    return false;
  }
}

async function whole(xid: string) {
  return answered(api.GET("/traces/{xid}", { params: { path: { xid } } }));
}

export async function python(xid: string): Promise<string> {
  const trace = await whole(xid);
  return pythonOf(trace, trace.SessionID ? await session(trace.SessionID) : undefined);
}

async function session(xid: string) {
  try {
    return await answered(api.GET("/sessions/{xid}", { params: { path: { xid } } }));
  } catch (thrown) {
    // Without its session the trace is still whole: only its XID is left of it.
    if (asProblem(thrown).status === 404) return undefined;
    throw thrown;
  }
}

/** The trace as the server answers it, as a line that `modelmetry traces import` reads. */
export async function download(xid: string): Promise<void> {
  const line = `${JSON.stringify(await whole(xid))}\n`;
  saveAs(new Blob([line], { type: "application/x-ndjson" }), `trace-${xid.replace(/[^A-Za-z0-9-]/g, "_").slice(0, 80)}.jsonl`);
}
