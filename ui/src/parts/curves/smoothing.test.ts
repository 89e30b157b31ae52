import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { finite } from "./cast";
import { smoothed } from "./smoothing";

const weights = fc.double({ min: 0.01, max: 0.99, noNaN: true });
const moderate = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe("a smooth curve", () => {
  it("is the average that TensorBoard draws", () => {
    // last = last * w + (1 - w) * next, divided by 1 - w ** count.
    const expected = [1, (0.25 * 1 + 0.5 * 2) / 0.75, (0.125 * 1 + 0.25 * 2 + 0.5 * 4) / 0.875];
    smoothed([1, 2, 4], 0.5).forEach((value, at) => expect(value).toBeCloseTo(expected[at]!, 12));
  });

  it("begins where the recorded one begins, and never leaves its range", () => {
    fc.assert(
      fc.property(fc.array(moderate, { minLength: 1 }), weights, (values, weight) => {
        const found = smoothed(values, weight) as number[];
        const slack = 1e-9 * Math.max(1, ...values.map(Math.abs));
        expect(Math.abs(found[0]! - values[0]!)).toBeLessThanOrEqual(slack);
        expect(Math.min(...found)).toBeGreaterThanOrEqual(Math.min(...values) - slack);
        expect(Math.max(...found)).toBeLessThanOrEqual(Math.max(...values) + slack);
      }),
    );
  });

  it("is the recorded one without smoothing, and where nothing changes", () => {
    fc.assert(
      fc.property(fc.array(finite), finite, weights, (values, one, weight) => {
        expect(smoothed(values, 0)).toEqual(values);
        expect(smoothed([one, null, one], weight)).toEqual([one, null, one]);
      }),
    );
  });

  it("goes on behind a gap, and keeps it", () => {
    expect(smoothed([1, null, NaN, Infinity, 2], 0.5)).toEqual([1, null, null, null, expect.closeTo(1.25 / 0.75, 12)]);
  });
});
