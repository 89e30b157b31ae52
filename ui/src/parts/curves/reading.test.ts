import { describe, expect, it } from "vitest";

import { series } from "./cast";
import { evenly, nearestStep, reading, readingText, tableOf } from "./reading";
import { extent } from "./series";

const thin = series([], { points: [{ index: 0, value: 1 }, { index: 10, value: 3 }] });

describe("a reading", () => {
  it("is of the nearest point, and says which", () => {
    expect(reading(thin, 8)).toEqual({ step: 10, value: 3, raw: null });
    expect(reading(series([1, 2]), 5)).toEqual({ step: null, value: null, raw: null });
  });

  it("of a smooth curve has what was recorded beside it", () => {
    const found = reading(series([1, 2], {}, 0.5), 1);
    expect(found).toEqual({ step: 1, value: expect.closeTo(5 / 3, 12), raw: 2 });
    expect(readingText(found)).toBe("1.6667 (2)");
  });

  it("without a number is a dash", () => {
    expect(readingText(reading(series([null]), 0))).toBe("–");
  });

  it("is at the step of any curve that is nearest", () => {
    expect(nearestStep([thin, series([1, 2, 3, 4])], 4)).toBe(3);
    expect(nearestStep([], 4)).toBeUndefined();
  });
});

describe("the table", () => {
  it("has all steps of the view when they are few", () => {
    const found = tableOf([series([1, 2, 3, 4])], [0, 1, 2, 3], { from: 1, to: 2 });
    expect(found).toMatchObject({ steps: [1, 2], note: "" });
    expect(found.readings[0]!.map(({ value }) => value)).toEqual([2, 3]);
  });

  it("has some of many, the outermost among them, and says so", () => {
    const steps = Array.from({ length: 20_000 }, (_, at) => at);
    const found = tableOf([], steps, { from: 0, to: 19_999 });
    expect([found.steps.length, found.steps[0], found.steps.at(-1)]).toEqual([200, 0, 19_999]);
    expect(found.note).toContain("200 of 20,000 steps");
    expect(evenly([1, 2, 3, 4, 5], 3)).toEqual([1, 3, 5]);
  });
});

describe("the extent", () => {
  it("is of what is drawn in the view", () => {
    const all = [series([-9, -1, 5, 90])];
    expect(extent(all, { from: 1, to: 2 }, false)).toEqual([-1, 5]);
    expect(extent(all, { from: 1, to: 2 }, true)).toEqual([5, 5]);
    expect(extent(all, { from: 0, to: 1 }, true)).toEqual([null, null]);
  });
});
