import { expect, it } from "vitest";

import { stretchesOf } from "./statuses";

it("the status of a run lasts until the next word, the last one until it was last heard of", () => {
  const said = (At: string, Status: string, Message = "") => ({ At, Status, Message });
  const start = Date.parse("2026-11-02T09:30:00Z");
  const found = stretchesOf(
    [said("2026-11-02T09:30:01Z", "started"), said("2026-11-02T09:30:02Z", ""), said("2026-11-02T09:30:05Z", "failed", "no room")],
    start,
    start + 9000,
  );
  expect(found.map(({ status, after, from, to, message }) => [status, after, to - from, message])).toEqual([
    ["started", 1000, 4000, ""],
    ["failed", 5000, 4000, "no room"],
  ]);
  expect(stretchesOf([], start, start)).toEqual([]);
  expect(stretchesOf([said("2026-11-02T09:30:01Z", "completed")], start, start)[0]?.to).toBe(start + 1000);
});
