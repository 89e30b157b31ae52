/** What executions are called. */

import { oneLine } from "../../lib/hostile";

interface Named {
  XID: string;
  PipelineName: string;
}

/** Its pipeline, or that it has none. */
export function titleOf({ PipelineName }: Pick<Named, "PipelineName">): string {
  return oneLine(PipelineName, 80) || "(no pipeline)";
}

/** Signs of an XID by which people tell executions apart: those of one minute begin alike. */
const TAIL = 8;

/** Short names that tell executions apart: their pipelines, with an end of their XID. */
export function shortNames(all: readonly Named[]): string[] {
  return all.map(({ XID, PipelineName }) => {
    const id = XID.length > 2 * TAIL ? `…${[...XID].slice(-TAIL).join("")}` : XID;
    return PipelineName ? `${PipelineName} ${id}` : id;
  });
}
