import { describe, expect, it } from "vitest";

import { byName, columns, gathered } from "./whole";

describe("all that an execution recorded", () => {
  it("is gathered page by page, and ordered as people count", async () => {
    const pages = new Map([
      [null, { rows: [{ Name: "b10" }], next: "1", total: 3 }],
      ["1", { rows: [{ Name: "b2" }, { Name: "a" }], next: null, total: 3 }],
    ]);
    const found = await gathered((cursor) => Promise.resolve(pages.get(cursor)!));
    expect([found.all.map((one) => one.Name), found.total]).toEqual([["a", "b2", "b10"], 3]);
  });

  it("orders names that look the same always alike", () => {
    const [one, other] = ["\u00e9", "e\u0301"];
    expect(Math.sign(byName(one, other))).toBe(-Math.sign(byName(other, one)));
    expect(byName(one, other)).not.toBe(0);
  });

  it("has a row for each step of the longest list", () => {
    expect(columns([[1, 2, 3], [4]])).toEqual([[0, 1, 4], [1, 2, undefined], [2, 3, undefined]]);
  });
});
