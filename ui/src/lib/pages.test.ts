import { describe, expect, it } from "vitest";

import { Problem } from "../api/problem";
import { Pages, type Page } from "./pages.svelte";

const numbers: Record<string, Page<number>> = {
  "": { rows: [1, 2], next: "b" },
  b: { rows: [3], next: "c" },
  c: { rows: [4], next: null },
};
const ask = (cursor: string | null) => Promise.resolve(numbers[cursor ?? ""] ?? { rows: [], next: null });
const refused = new Problem(422, "Refused", "");
let names = 0;
const name = () => `list ${(names += 1)}`;

/** All that was asked by now is answered. */
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

describe("a list that comes page by page", () => {
  it("grows until the last page, and then asks no more", async () => {
    const pages = new Pages<number>();
    pages.begin(ask, name());
    await settled();
    expect([pages.rows, pages.more]).toEqual([[1, 2], true]);
    for (let round = 0; round < 4; round += 1) {
      pages.further();
      await settled();
    }
    expect([pages.rows, pages.more]).toEqual([[1, 2, 3, 4], false]);
  });

  it("keeps its rows when the next page fails, and goes on from there", async () => {
    const pages = new Pages<number>();
    let fails = true;
    pages.begin((cursor) => (cursor && fails ? Promise.reject(refused) : ask(cursor)), name());
    await settled();
    pages.further();
    await settled();
    expect([pages.rows, pages.problem]).toEqual([[1, 2], refused]);
    fails = false;
    pages.further();
    await settled();
    expect([pages.rows, pages.problem]).toEqual([[1, 2, 3], undefined]);
  });

  it("can begin again when its first page failed", async () => {
    const pages = new Pages<number>();
    let fails = true;
    pages.begin((cursor) => (fails ? Promise.reject(refused) : ask(cursor)), name());
    await settled();
    expect(pages.rows).toBeUndefined();
    fails = false;
    pages.further();
    await settled();
    expect(pages.rows).toEqual([1, 2]);
  });

  it("shows the list before until the new one is there, and nothing of one that was given up", async () => {
    const pages = new Pages<number>();
    pages.begin(ask, name());
    await settled();
    let late: (page: Page<number>) => void = () => undefined;
    pages.begin(() => new Promise((resolve) => (late = resolve)), name());
    expect(pages.rows).toEqual([1, 2]);
    pages.begin(() => Promise.resolve({ rows: [9], next: null }), name());
    await settled();
    late({ rows: [7], next: null });
    await settled();
    expect([pages.rows, pages.loading]).toEqual([[9], false]);
  });

  it("is there at once, with all its pages, for who comes back", async () => {
    const kept = name();
    const first = new Pages<number>();
    first.begin(ask, kept);
    await settled();
    first.further();
    await settled();
    const back = new Pages<number>();
    back.begin(() => new Promise(() => undefined), name());
    back.begin(() => Promise.reject(refused), kept);
    expect([back.rows, back.more, back.loading]).toEqual([[1, 2, 3], true, false]);
  });
});
