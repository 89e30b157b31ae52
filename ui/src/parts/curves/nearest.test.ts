import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { risingSteps } from "./cast";
import { moveOf, zoomOf } from "./keys";
import { firstFrom, nearest, nearestWithin, stepOn } from "./nearest";

describe("the nearest point", () => {
  it("is the earlier of two that are as near", () => {
    expect(nearest([0, 10], 5)).toBe(0);
  });

  it("is the one that a search through all finds", () => {
    fc.assert(
      fc.property(risingSteps, fc.integer({ min: -10, max: 1010 }), (steps, step) => {
        const distances = steps.map((one) => Math.abs(one - step));
        expect(nearest(steps, step)).toBe(steps.length === 0 ? -1 : distances.indexOf(Math.min(...distances)));
        expect(firstFrom(steps, step)).toBe(steps.filter((one) => one < step).length);
      }),
    );
  });

  it("is none before and after a curve", () => {
    expect([-1, 0, 2, 3].map((step) => nearestWithin([0, 1, 2], step))).toEqual([-1, 0, 2, -1]);
    expect(nearestWithin([], 0)).toBe(-1);
    expect([4, 5, 6].map((step) => nearestWithin([5], step))).toEqual([-1, 0, -1]);
  });

  it("of a curve that was thinned out also stands for what was left out at its ends", () => {
    expect([0, 9, 10, 140, 141].map((step) => nearestWithin([50, 70, 100], step))).toEqual([0, 0, 0, 2, 2]);
    expect([-1, 151].map((step) => nearestWithin([50, 70, 100], step))).toEqual([-1, -1]);
  });
});

describe("a step on", () => {
  it("goes from point to point and stops at the ends", () => {
    const steps = [0, 10, 20];
    expect([stepOn(steps, 0, 1), stepOn(steps, 20, 1), stepOn(steps, 20, -1), stepOn(steps, 0, -1)]).toEqual([10, 20, 10, 0]);
    expect([stepOn(steps, 5, 1), stepOn(steps, 5, -1), stepOn(steps, 25, -1), stepOn([], 5, 1)]).toEqual([10, 0, 20, undefined]);
  });

  it("forth and back ends where it began", () => {
    fc.assert(
      fc.property(risingSteps, fc.nat(), (steps, which) => {
        fc.pre(steps.length > 1);
        const from = steps[which % (steps.length - 1)]!;
        expect(stepOn(steps, stepOn(steps, from, 1)!, -1)).toBe(from);
      }),
    );
  });
});

describe("keys", () => {
  const steps = Array.from({ length: 101 }, (_, at) => at);
  const view = { from: 20, to: 60 };
  const press = (key: string, at: number | null, shiftKey = false): number | undefined => moveOf({ key, shiftKey }, steps, at, view);

  it("begin at the side of the view from which they come", () => {
    expect([press("ArrowRight", null), press("ArrowLeft", null)]).toEqual([20, 60]);
  });

  it("move by points, by ten with Shift, and by a tenth of the view", () => {
    expect([press("ArrowRight", 30), press("ArrowLeft", 30), press("ArrowRight", 30, true)]).toEqual([31, 29, 40]);
    expect([press("PageDown", 30), press("PageUp", 30), press("Home", 30), press("End", 30)]).toEqual([34, 26, 20, 60]);
  });

  it("that are no moves move nothing", () => {
    expect([press("Tab", 30), press("a", 30), moveOf({ key: "ArrowRight", shiftKey: false }, [], null, view)]).toEqual([undefined, undefined, undefined]);
    expect(["+", "-", "0", "1"].map(zoomOf)).toEqual([0.5, 2, Infinity, undefined]);
  });
});
