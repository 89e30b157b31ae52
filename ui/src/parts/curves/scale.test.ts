import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { finite } from "./cast";
import { linearTicks, logarithmicTicks, reach, tickTexts } from "./scale";

const positive = fc.double({ min: 1e-300, max: 1e300, noNaN: true });
const pair = (one: fc.Arbitrary<number>): fc.Arbitrary<[number, number]> =>
  fc.tuple(one, one).map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);

function holds(ticks: readonly number[], low: number, high: number, most: number): void {
  expect(ticks.length).toBeLessThanOrEqual(Math.max(most, 2));
  expect(ticks.every((tick) => tick >= low && tick <= high)).toBe(true);
  ticks.slice(1).forEach((tick, at) => expect(tick).toBeGreaterThan(ticks[at]!));
}

describe("marks of a linear scale", () => {
  it("are round", () => {
    expect(linearTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(linearTicks(-0.3, 0.3, 6)).toEqual([-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]);
    expect(linearTicks(0, 3, 10, 1)).toEqual([0, 1, 2, 3]);
  });

  it("rise inside the range and are few, whatever the range", () => {
    fc.assert(fc.property(pair(finite), fc.integer({ min: 1, max: 12 }), ([low, high], most) => holds(linearTicks(low, high, most), low, high, most + 1)));
  });

  it("end where doubles lie no closer", () => {
    expect(linearTicks(1, 1 + 2 * Number.EPSILON, 5)).toEqual([1, 1 + 2 * Number.EPSILON]);
  });
});

describe("marks of a logarithmic scale", () => {
  it("are decades, with 2 and 5 where those are few, or round numbers where there is none", () => {
    expect(logarithmicTicks(1e-4, 100, 8)).toEqual([1e-4, 1e-3, 0.01, 0.1, 1, 10, 100]);
    expect(logarithmicTicks(0.5, 20, 8)).toEqual([0.5, 1, 2, 5, 10, 20]);
    expect(logarithmicTicks(3, 4, 5)).toEqual([3, 3.2, 3.4, 3.6, 3.8, 4]);
    expect(logarithmicTicks(1e-20, 1e20, 5)).toEqual([1e-18, 1e-9, 1, 1e9, 1e18]);
  });

  it("rise inside the range and are few, whatever the range", () => {
    fc.assert(fc.property(pair(positive), fc.integer({ min: 1, max: 12 }), ([low, high], most) => holds(logarithmicTicks(low, high, most), low, high, most + 1)));
  });

  it("are none for a range that such a scale does not have", () => {
    expect([logarithmicTicks(0, 1, 5), logarithmicTicks(-1, 1, 5), logarithmicTicks(2, 2, 5)]).toEqual([[], [], []]);
  });
});

describe("what is written at marks", () => {
  it("is as elsewhere, with more digits where two would read the same", () => {
    expect(tickTexts([-1000, 0, 1000])).toEqual(["−1,000", "0", "1,000"]);
    expect(tickTexts([1, 1.00000002])).toEqual(["1", "1.00000002"]);
  });
});

describe("the ends of a scale", () => {
  it("hold everything, with some room", () => {
    expect(reach(0, 10, false)).toEqual([-0.5, 10.5]);
    expect(reach(1, 100, true)[0]).toBeCloseTo(100 ** -0.05, 12);
    expect(reach(null, null, false)).toEqual([0, 1]);
    expect(reach(null, null, true)).toEqual([1, 10]);
  });

  it("are so far apart that pixels can be counted between them", () => {
    for (const tiny of [5e-324, -6e-323, 1e-310]) {
      const [from, to] = reach(tiny, tiny, false);
      expect(1000 / (to - from)).toBeLessThan(Infinity);
    }
    const [low, high] = reach(1.595877831377659e-308, 1.5958778313776594e-308, true);
    expect(1000 / (Math.log10(high) - Math.log10(low))).toBeLessThan(Infinity);
  });

  it("are apart and finite, whatever is drawn", () => {
    fc.assert(
      fc.property(pair(finite), pair(positive), ([low, high], [least, most]) => {
        const [from, to] = reach(low, high, false);
        expect(from <= low && high <= to && from < to && Number.isFinite(from) && Number.isFinite(to)).toBe(true);
        const [bottom, top] = reach(least, most, true);
        expect(bottom > 0 && bottom < top && bottom <= least && most <= top && Number.isFinite(top)).toBe(true);
      }),
    );
  });
});
