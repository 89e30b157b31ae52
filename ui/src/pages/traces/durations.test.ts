import fc from "fast-check";
import { expect, test } from "vitest";

import { readDuration, writeDuration } from "./durations";

test.each([
  ["500", 500],
  ["2.5 s", 2500],
  ["1,1s", 1100],
  [" 3MIN ", 180_000],
  [".5h", 1_800_000],
  ["", undefined],
  ["soon", null],
  ["-1s", null],
  ["1e3", null],
])("%j means %j ms", (text, ms) => {
  expect(readDuration(text)).toBe(ms);
});

test("what is written is read as the same", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), fc.constantFrom(1, 1000), (number, part) => {
      expect(readDuration(writeDuration(number / part))).toBe(number / part);
    }),
  );
});
