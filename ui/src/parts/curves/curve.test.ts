import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { curve } from "./cast";
import { NARROWEST, curvesIn, leftOutText, nameOf, smoothedText, stretchIn, thinnedText, wholeOf } from "./curve";

const whole = { from: 0, to: 100 };

describe("a stretch", () => {
  it("is on whole steps, inside, and none when it is everything", () => {
    expect(stretchIn({ from: 10.4, to: 20.2 }, whole)).toEqual({ from: 10, to: 21 });
    expect(stretchIn({ from: 20, to: 10 }, whole)).toEqual({ from: 10, to: 20 });
    expect(stretchIn({ from: 95, to: 120 }, whole)).toEqual({ from: 75, to: 100 });
    expect(stretchIn({ from: -5, to: 200 }, whole)).toBeUndefined();
  });

  it("is never too narrow, and never outside", () => {
    const any = fc.double({ min: -50, max: 150, noNaN: true });
    fc.assert(
      fc.property(any, any, (from, to) => {
        const found = stretchIn({ from, to }, whole);
        if (!found) return;
        expect(found.to - found.from).toBeGreaterThanOrEqual(NARROWEST);
        expect(found.from >= 0 && found.to <= 100 && Number.isInteger(found.from) && Number.isInteger(found.to)).toBe(true);
      }),
    );
  });

  it("of everything is from the first step of all curves to the last", () => {
    expect(wholeOf([curve([1, 2, 3]), curve([], { id: "b" }), curve([1, 2, 3, 4], { id: "c" })])).toEqual({ from: 0, to: 3 });
    expect(wholeOf([curve([])])).toBeUndefined();
  });
});

describe("finer curves", () => {
  const curves = [curve([1, 2]), curve([3], { id: "b" })];
  const finer = { from: 10, to: 20, curves: [curve([7, 8, 9], { name: "old name", count: 900, thinned: true })] };

  it("are drawn where they cover the view, under the names and looks that are there", () => {
    const found = curvesIn(curves, finer, { from: 12, to: 20 });
    expect(found[0]).toMatchObject({ name: "a", count: 900, thinned: true, points: { length: 3 } });
    expect(found[1]).toBe(curves[1]);
  });

  it("are not where something of the view is missing", () => {
    for (const view of [undefined, { from: 9, to: 15 }, { from: 15, to: 21 }]) expect(curvesIn(curves, finer, view)).toBe(curves);
    expect(curvesIn(curves, undefined, { from: 12, to: 20 })).toBe(curves);
  });
});

describe("in words", () => {
  const thinned = curve([1, 2], { count: 50_000, thinned: true });

  it("stands from how many values to how many was thinned out", () => {
    expect(thinnedText([thinned])).toBe("Thinned out from 50,000 values to 2; extremes are kept.");
    expect(thinnedText([thinned, thinned])).toBe("All curves are thinned out from 50,000 values to 2 each; extremes are kept.");
    expect(thinnedText([thinned, curve([1])])).toBe("1 of 2 curves is thinned out from 50,000 values to 2; extremes are kept.");
    expect(thinnedText([thinned, { ...thinned, count: 9 }])).toContain("from up to 50,000 values to up to 2;");
    expect(thinnedText([curve([1])])).toBe("");
  });

  it("stands that a smooth curve of some points is not that of all", () => {
    expect(smoothedText([curve([1]), thinned], 0.6)).toContain("that of the points drawn, not of all values");
    expect(smoothedText([thinned], 0)).toBe("");
    expect(smoothedText([curve([1])], 0.6)).toBe("");
  });

  it("stands what cannot be drawn, of what is in view", () => {
    const curves = [curve([-1, 0, 1, null, -5])];
    const view = { from: 0, to: 3 };
    expect(leftOutText(curves, view, true)).toBe(
      "2 values of 0 or less left out: a logarithmic scale cannot show them. 1 value left out that is no finite number.",
    );
    expect(leftOutText(curves, view, false)).toBe("1 value left out that is no finite number.");
    expect(leftOutText([curve([1])], view, true)).toBe("");
  });

  it("stands of how many points of a curve that is thinned out, not of how many values", () => {
    const some = curve([-1, 1, null], { count: 900, thinned: true });
    expect(leftOutText([some], { from: 0, to: 1 }, true)).toMatch(/^Of the points drawn, 1 value of 0 or less left out: /);
    expect(leftOutText([some], whole, false)).toMatch(/^Of the points drawn, 1 value left out that /);
    expect(leftOutText([curve([-1]), thinned], whole, true)).toMatch(/^1 value of 0 or less/);
  });

  it("a name hides nothing and is never empty", () => {
    expect(nameOf({ name: "pay\u202eexe" }, 40)).toBe("pay[RLO]exe");
    expect(nameOf({ name: " \n" }, 40)).toBe("(no name)");
  });
});
