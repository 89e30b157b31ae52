import { afterEach, expect, test } from "vitest";

import { Memory, openMemories, shutMemories } from "./memory";

afterEach(openMemories);

test("a page that is left is found again by its entry", () => {
  const memory = new Memory<string>();
  memory.keep("a", "rows");
  expect(memory.take("a")).toBe("rows");
  expect(memory.take("b")).toBeUndefined();
});

test("all memories are emptied when nobody is logged in any more", () => {
  const [one, other] = [new Memory<string>(), new Memory<number>()];
  one.keep("a", "rows");
  other.keep("a", 1);
  shutMemories();
  openMemories();
  expect([one.take("a"), other.take("a")]).toEqual([undefined, undefined]);
});

test("pages that are taken away then leave nothing for whoever comes next", () => {
  const memory = new Memory<string>();
  shutMemories();
  memory.keep("a", "rows of somebody else");
  openMemories();
  expect(memory.take("a")).toBeUndefined();
  memory.keep("a", "my rows");
  expect(memory.take("a")).toBe("my rows");
});
