/** One execution, whatever its XID. */

import { answered, api, Problem, unaskable, type Schemas } from "../../api/client";

const LIMIT = 500; // executions in one answer

/** @throws Problem with status 404 when there is none. */
export async function oneExecution(xid: string, signal: AbortSignal): Promise<Schemas["Execution"]> {
  if (unaskable(xid)) return listed(xid, signal);
  return answered(api.GET("/executions/{xid}", { params: { path: { xid } }, signal }));
}

/** By the list, which has the XID in its query. */
async function listed(xid: string, signal: AbortSignal): Promise<Schemas["Execution"]> {
  let cursor: string | null = null;
  do {
    const query: { xid_prefix: string; limit: number; cursor?: string } = { xid_prefix: xid, limit: LIMIT, ...(cursor !== null && { cursor }) };
    const page: Schemas["ExecutionList"] = await answered(api.GET("/executions", { params: { query }, signal }));
    const found = page.Executions.find((one) => one.XID === xid);
    if (found) return found;
    cursor = page.NextCursor;
  } while (cursor !== null);
  throw new Problem(404, "Not Found", `There is no execution “${xid}”.`);
}
