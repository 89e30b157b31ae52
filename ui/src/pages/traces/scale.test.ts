import { expect, test } from "vitest";

import { durationScale } from "./scale";

const rows = (...ms: number[]) => ms.map((DurationMs) => ({ DurationMs }));

test("one trace that is much longer leaves the others to be told apart", () => {
  expect(durationScale(rows(...Array<number>(30).fill(200), 400, 600_000))).toBe(400);
});

test("few rows have the longest, and none or only momentary ones still have a scale", () => {
  expect(durationScale(rows(5, 10))).toBe(10);
  expect(durationScale([])).toBe(1);
  expect(durationScale(rows(0, 0))).toBe(1);
});
