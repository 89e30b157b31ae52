import { expect, it } from "vitest";

import { curveOf, pointsOf } from "./curves";

it("the more curves lie over each other, the fewer points each has", () => {
  expect([1, 2, 3, 4, 10].map(pointsOf)).toEqual([2000, 2000, 2000, 1500, 600]);
});

it("a curve keeps its identity, its name and its look", () => {
  const answer = { ExecutionID: "a", PipelineName: "train", Count: 5, TotalCount: 9, Thinned: true, Points: [{ Index: 3, Value: 0.5 }] };
  expect(curveOf(answer, { xid: "a", name: "train a", colour: 4 })).toEqual({
    id: "a", name: "train a", colour: 4, count: 5, thinned: true, points: [{ index: 3, value: 0.5 }],
  });
});
