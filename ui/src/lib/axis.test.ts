import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { barOf, inside, isWhole, panned, ticks, toMs, toPx, zoomed } from "./axis";

const labels = (from: number, to: number, most: number) => ticks({ from, to }, most).map((tick) => tick.label);
const anyRange = fc
  .record({ from: fc.double({ min: -1e6, max: 1e9, noNaN: true }), power: fc.double({ min: -5, max: 11, noNaN: true }) })
  // Not narrower than what doubles can tell apart at that distance.
  .map(({ from, power }) => ({ from, to: from + Math.max(10 ** power, Math.abs(from) * 1e-9) }));

describe("ticks", () => {
  it("stand at 1, 2 or 5 of a unit", () => {
    expect(labels(0, 2360, 6)).toEqual(["0.0 s", "0.5 s", "1.0 s", "1.5 s", "2.0 s"]);
    expect(labels(0, 0.9, 5)).toEqual(["0 µs", "200 µs", "400 µs", "600 µs", "800 µs"]);
    expect(labels(100, 130, 4)).toEqual(["100 ms", "110 ms", "120 ms", "130 ms"]);
    expect(labels(-20, 20, 5)).toEqual(["−20 ms", "−10 ms", "0 ms", "10 ms", "20 ms"]);
  });

  it("know minutes, hours and days", () => {
    expect(labels(0, 150_000, 6)).toEqual(["0 s", "30 s", "1 min", "1 min 30 s", "2 min", "2 min 30 s"]);
    expect(labels(0, 7_200_000, 5)).toEqual(["0 s", "30 min", "1 h", "1 h 30 min", "2 h"]);
    expect(labels(0, 4 * 864e5, 5)).toEqual(["0 s", "1 d", "2 d", "3 d", "4 d"]);
  });

  it("are none where there is no room or no time", () => {
    expect(ticks({ from: 0, to: 0 }, 5)).toEqual([]);
    expect(ticks({ from: 0, to: NaN }, 5)).toEqual([]);
    expect(ticks({ from: 0, to: 10 }, 0)).toEqual([]);
  });

  it("lie in the range, grow, are no more than asked for, and have labels of their own", () => {
    fc.assert(
      fc.property(anyRange, fc.integer({ min: 1, max: 20 }), (range, most) => {
        const found = ticks(range, most);
        expect(found.length).toBeLessThanOrEqual(most);
        const slack = (range.to - range.from) * 1e-6;
        found.forEach((tick, at) => {
          expect(tick.ms >= range.from - slack && tick.ms <= range.to).toBe(true);
          if (at > 0) expect(tick.ms).toBeGreaterThan(found[at - 1]!.ms);
        });
        expect(new Set(found.map((tick) => tick.label)).size).toBe(found.length);
      }),
      { numRuns: 3000 },
    );
  });

  it("are not far fewer than asked for", () => {
    fc.assert(
      fc.property(anyRange, (range) => {
        expect(ticks(range, 10).length).toBeGreaterThanOrEqual(2);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("places on the axis", () => {
  it("are found from times and back", () => {
    fc.assert(
      fc.property(anyRange, fc.double({ min: 0, max: 1, noNaN: true }), (range, part) => {
        const ms = range.from + part * (range.to - range.from);
        expect(Math.abs(toMs(toPx(ms, range, 800), range, 800) - ms)).toBeLessThanOrEqual((range.to - range.from) * 1e-6);
      }),
    );
  });

  it("keep a bar inside and wide enough to see", () => {
    expect(barOf(50, 50, { from: 0, to: 100 }, 200)).toEqual({ left: 100, width: 2 });
    expect(barOf(100, 100, { from: 0, to: 100 }, 200)).toEqual({ left: 198, width: 2 });
    expect(barOf(-50, 50, { from: 0, to: 100 }, 200)).toEqual({ left: 0, width: 100 });
    expect(barOf(150, 160, { from: 0, to: 100 }, 200)).toBeUndefined();
    expect(barOf(0, 1, { from: 0, to: 100 }, 0)).toBeUndefined();
  });
});

describe("the zoom", () => {
  const whole = { from: 0, to: 1000 };

  it("keeps the moment under the pointer where it is", () => {
    expect(zoomed(whole, 0.5, 250, whole)).toEqual({ from: 125, to: 625 });
  });

  it("goes back to the whole", () => {
    expect(isWhole(zoomed({ from: 400, to: 600 }, 100, 500, whole), whole)).toBe(true);
  });

  it("takes a drag in either direction", () => {
    expect(inside({ from: 600, to: 200 }, whole)).toEqual({ from: 200, to: 600 });
  });

  it("moves by parts of what is seen and stops at the sides", () => {
    expect(panned({ from: 100, to: 200 }, 0.5, whole)).toEqual({ from: 150, to: 250 });
    expect(panned({ from: 100, to: 200 }, -5, whole)).toEqual({ from: 0, to: 100 });
  });

  it("never leaves the whole and never becomes empty", () => {
    fc.assert(
      fc.property(fc.double({ min: -2000, max: 3000, noNaN: true }), fc.double({ min: -2000, max: 3000, noNaN: true }), fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (from, to, factor) => {
        const range = zoomed(inside({ from, to }, whole), factor, from, whole);
        expect(range.from).toBeGreaterThanOrEqual(0);
        expect(range.to).toBeLessThanOrEqual(1000);
        expect(range.to).toBeGreaterThan(range.from);
      }),
    );
  });

  it("of a trace without any duration is the whole", () => {
    expect(inside({ from: 1, to: 2 }, { from: 5, to: 5 })).toEqual({ from: 5, to: 5 });
  });
});
