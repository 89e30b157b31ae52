import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { moveOf } from "./keys";

const FORWARD = ["ArrowRight", "PageDown"];
const BACK = ["ArrowLeft", "PageUp"];
const press = (key: string) => ({ key, shiftKey: false });

describe("moveOf", () => {
  it("reaches another point with every press until there is none on that side, however few there are", () => {
    const lists = fc.uniqueArray(fc.nat({ max: 1000 }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(lists, fc.nat(), (found, lot) => {
        const steps = found.toSorted((one, other) => one - other);
        const [first, last] = [steps[0]!, steps.at(-1)!];
        const at = steps[lot % steps.length]!;
        const view = { from: first, to: last };
        for (const key of FORWARD) expect(moveOf(press(key), steps, at, view)! > at).toBe(at < last);
        for (const key of BACK) expect(moveOf(press(key), steps, at, view)! < at).toBe(at > first);
      }),
    );
  });

  it("goes a tenth of the view by page, where the points are that dense", () => {
    const steps = Array.from({ length: 101 }, (_, at) => at);
    const view = { from: 0, to: 100 };
    expect(moveOf(press("PageDown"), steps, 50, view)).toBe(60);
    expect(moveOf(press("PageUp"), steps, 50, view)).toBe(40);
  });

  it("moves nothing where there is no point", () => {
    for (const key of [...FORWARD, ...BACK]) expect(moveOf(press(key), [], null, { from: 0, to: 0 })).toBeUndefined();
  });
});
