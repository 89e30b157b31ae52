import { expect, it } from "vitest";

import { percentOf, widths } from "./summing";

it("a success rate is a share, and nothing while no job has ended", () => {
  expect([percentOf(null), percentOf(0), percentOf(0.684210526), percentOf(1)]).toEqual(["–", "0 %", "68.4 %", "100 %"]);
});

it("what happened once among thousands is seen in the strip", () => {
  expect(widths([9999, 1])).toEqual([9999, 100]);
});
