import { describe, expect, it } from "vitest";

import { completenessWord, shortcomings } from "./completeness";
import { newXid } from "./xid";

const NOW = Date.parse("2026-11-02T09:30:00Z");
const ended = { Open: false, End: "2026-11-02T09:30:00Z" };
const whole = { Whole: true, Expected: 3, Stored: 3, Open: 0, MissingParents: [] };

describe("what is missing of a trace", () => {
  it("is nothing when all has come", () => {
    expect(shortcomings(ended, whole, NOW)).toEqual([]);
    expect(completenessWord(whole)).toBe("complete");
    expect(completenessWord({ Stored: 1, Open: 0, MissingParents: [] })).toBe("may be incomplete");
  });

  it("is said in sentences", () => {
    const lossy = { Whole: false, Expected: 15, Stored: 12, Open: 1, MissingParents: ["a"] };
    expect(shortcomings(ended, lossy, NOW)).toEqual(["3 of 15 spans are missing.", "1 span has not ended.", "1 parent is missing."]);
    expect(shortcomings(ended, { ...whole, Expected: 4, MissingParents: Array<string>(100).fill("x") }, NOW)).toEqual([
      "1 of 4 spans is missing.", "100 or more parents are missing.",
    ]);
  });

  it("does not leave a trace in progress for ever without a word", () => {
    expect(shortcomings({ Open: true, End: "2026-11-02T09:29:59Z" }, whole, NOW)).toEqual(["The trace has not ended."]);
    expect(shortcomings({ Open: true, End: "2026-11-02T06:30:00Z" }, whole, NOW)).toEqual([
      "The trace has not ended. Nothing has come for 3 h; its process may have died.",
    ]);
  });
});

describe("a new XID", () => {
  it("is a UUID of version 7 with the time at its front", () => {
    expect(newXid(0x0193e0a47c10, new Uint8Array(10))).toBe("0193e0a4-7c10-7000-8000-000000000000");
    expect(newXid(0x0193e0a47c10, new Uint8Array(10).fill(255))).toBe("0193e0a4-7c10-7fff-bfff-ffffffffffff");
    expect(newXid()).not.toBe(newXid());
  });
});
