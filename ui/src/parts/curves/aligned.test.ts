import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { aligned, column } from "./aligned";
import { risingSteps } from "./cast";

describe("curves with steps of their own", () => {
  it("share columns, with nothing where one has no point", () => {
    const { steps, places } = aligned([[0, 2, 4], [1, 2]]);
    expect(steps).toEqual([0, 1, 2, 4]);
    expect(column([5, null, 7], places[0]!, steps.length)).toEqual([5, undefined, null, 7]);
    expect(column([8, 9], places[1]!, steps.length)).toEqual([undefined, 8, 9, undefined]);
  });

  it("lose no point and gain none", () => {
    fc.assert(
      fc.property(fc.array(risingSteps, { maxLength: 5 }), (curves) => {
        const { steps, places } = aligned(curves);
        expect(steps).toEqual([...new Set(curves.flat())].toSorted((one, other) => one - other));
        curves.forEach((own, at) => {
          expect(places[at]!.map((place) => steps[place])).toEqual(own);
          expect(column(own, places[at]!, steps.length).filter((step) => step !== undefined)).toEqual(own);
        });
      }),
    );
  });
});
