import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buckets } from "./buckets";

const at = (seconds: number): { Start: string } => ({ Start: new Date(seconds * 1000).toISOString() });

describe("buckets", () => {
  it("leaves a gap where nothing was recorded", () => {
    const found = buckets([at(60), at(240)], 60, 60_000, 300_000);
    expect(found.times).toEqual([60, 120, 180, 240]);
    expect(found.points.map((point) => point !== null)).toEqual([true, false, false, true]);
  });

  it("begins at the even step before the range and leaves its end out", () => {
    expect(buckets([], 60, 90_000, 180_000).times).toEqual([60, 120]);
  });

  it("shows no more than the points span when the range is endless", () => {
    expect(buckets([at(120), at(180)], 60, -Infinity, Infinity).times).toEqual([120, 180]);
    expect(buckets([], 60, -Infinity, Infinity).times).toEqual([]);
  });

  it("keeps every point of the range, at a step of its own, in order", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { maxLength: 40 }),
        fc.constantFrom(60, 3600, 86400),
        (slots, width) => {
          const points = slots.map((slot) => at(slot * width));
          const found = buckets(points, width, 0, 1001 * width * 1000);
          expect(new Set(found.points.filter((point) => point))).toEqual(new Set(points));
          expect(found.times).toHaveLength(found.points.length);
          expect(found.times).toEqual([...found.times].sort((a, b) => a - b));
        },
      ),
    );
  });
});
