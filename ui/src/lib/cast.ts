/** The cast of the tests of this folder: spans and traces, well behaved or not. */

import fc from "fast-check";

import type { TreeSpan } from "./tree";

export function span(XID: string, ParentID: string | null = null, StartMs = 0, more: Partial<TreeSpan> = {}): TreeSpan {
  return { XID, ParentID, Name: XID, Family: "other", StartMs, DurationMs: 10, ...more };
}

const xid = fc.integer({ min: 0, max: 15 }).map(String);

/** Spans with few ids: orphans, repeated ids and circles are frequent. */
export const anyTrace: fc.Arbitrary<TreeSpan[]> = fc.array(
  fc
    .record({
      XID: xid,
      ParentID: fc.oneof(xid, fc.constantFrom(null, "", "lost")),
      Name: fc.constantFrom("a", "b", "c"),
      StartMs: fc.integer({ min: -5, max: 100 }),
      DurationMs: fc.integer({ min: 0, max: 60 }),
    })
    .map((known) => ({ ...known, Family: "other" })),
  { maxLength: 30 },
);
