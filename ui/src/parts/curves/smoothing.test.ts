import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { finite } from "./cast";
import { MOST_SMOOTH, reachOf, smoothed as smoothedAt } from "./smoothing";

const weights = fc.double({ min: 0.01, max: 0.99, noNaN: true });
const moderate = fc.double({ min: -1e6, max: 1e6, noNaN: true });

type Values = readonly (number | null)[];
const smoothed = (values: Values, weight: number) => smoothedAt(values, [...values.keys()], weight);

/** The average as it is where each step has its value. */
function stepwise(values: readonly number[], weight: number): number[] {
  let [last, bias] = [0, 1];
  return values.map((value) => {
    last = last * weight + (1 - weight) * value;
    bias *= weight;
    return last / (1 - bias);
  });
}

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

  it("of neighbours is the plain average, whatever the number of the first", () => {
    fc.assert(
      fc.property(fc.array(moderate, { minLength: 1 }), weights, fc.nat(1e6), (values, weight, from) => {
        const found = smoothedAt(values, values.map((_, at) => from + at), weight);
        const slack = 1e-9 * Math.max(1, ...values.map(Math.abs));
        stepwise(values, weight).forEach((expected, at) => expect(Math.abs(found[at]! - expected)).toBeLessThanOrEqual(slack));
      }),
    );
  });

  it("of every k-th point stays near that of all points where values change slowly", () => {
    const waves = fc.record({ period: fc.integer({ min: 400, max: 4000 }), phase: fc.double({ min: 0, max: 6, noNaN: true }) });
    fc.assert(
      fc.property(waves, weights, fc.integer({ min: 2, max: 20 }), ({ period, phase }, weight, apart) => {
        const all = Array.from({ length: 2000 }, (_, step) => Math.sin((2 * Math.PI * step) / period + phase));
        const steps = [...all.keys()].filter((step) => step % apart === 0);
        const whole = smoothed(all, weight);
        const some = smoothedAt(steps.map((step) => all[step]!), steps, weight);
        // A point stands for those since the one before: no more wrong than the curve moves meanwhile.
        const moved = (2 * Math.PI * apart) / period;
        steps.forEach((step, at) => expect(Math.abs(some[at]! - whole[step]!)).toBeLessThanOrEqual(moved));
      }),
    );
  });

  it("of a stretch is that of everything when it begins as far before as it reaches", () => {
    const all = Array.from({ length: 3000 }, (_, step) => (step < 1400 ? 1 : 0) + (step % 7) / 7);
    for (const weight of [0.1, 0.6, 0.9, MOST_SMOOTH]) {
      const from = 1500 - reachOf(weight);
      const found = smoothed(all.slice(from), weight)[1500 - from]!;
      expect(Math.abs(found - smoothed(all, weight)[1500]!)).toBeLessThanOrEqual(0.02);
    }
  });

  it("reaches until less than a hundredth is left, and never far", () => {
    expect([0, 1e-9, 0.5, 0.9, MOST_SMOOTH, 1].map(reachOf)).toEqual([0, 1, 8, 64, 512, 512]);
    fc.assert(
      fc.property(weights, (weight) => {
        expect(weight ** reachOf(weight)).toBeLessThanOrEqual(0.01 + 1e-9);
      }),
    );
  });
});
