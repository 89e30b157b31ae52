import { expect, test } from "vitest";

import { unmarked } from "./actions";

test.each([
  ["It takes **4 working days**.", "It takes 4 working days."],
  ["**Done**: **14.50** EUR", "Done: 14.50 EUR"],
  ["2 ** 3 ** 4", "2 ** 3 ** 4"],
  ["**open", "**open"],
  ["a **b\nc** d", "a **b\nc** d"],
  ["****", "****"],
])("bold words of %j are read without their marks", (text, words) => {
  expect(unmarked(text)).toBe(words);
});

test("a text of nothing but marks is read at once", () => {
  const text = "**a".repeat(100_000);
  expect(unmarked(text)).toBe("a".repeat(100_000));
});
