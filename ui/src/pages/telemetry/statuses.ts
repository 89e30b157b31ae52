/** The status of a run over time: stretches from one word to the next. */

import type { Schemas } from "../../api/client";

export interface Stretch {
  status: string;
  /** Milliseconds since 1970. */
  from: number;
  to: number;
  /** After its beginning, in milliseconds. */
  after: number;
  message: string;
}

type Said = Pick<Schemas["TelemetryRecord"], "At" | "Status" | "Message">;

/**
 * @param records with a status, oldest first.
 * @param start of the run, which may be later than what it says first: clocks differ.
 * @param last when the run was last heard of.
 */
export function stretchesOf(records: readonly Said[], start: number, last: number): Stretch[] {
  const said = records.filter((one) => one.Status !== "");
  return said.map((one, at) => {
    const from = Date.parse(one.At);
    const next = said[at + 1];
    const to = next ? Date.parse(next.At) : Math.max(from, last);
    return { status: one.Status, from, to, after: from - start, message: one.Message };
  });
}
