import { describe, expect, it } from "vitest";

import { bucketOf, linesOf, meanText, parts, timesOf } from "./series";

const point = (Count: number, Mean: number) => ({ Start: "2026-11-02T09:30:00Z", Count, Mean, Min: Mean - 1, Max: Mean + 1 });

describe("numbers of a run over time", () => {
  it("have points as narrow as the chart can show them, and never less than a second", () => {
    expect([bucketOf(0), bucketOf(1000), bucketOf(3_600_000)]).toEqual([1, 1, 9]);
  });

  it("say between what they lay only where there were several", () => {
    expect(linesOf([point(1, 5), point(1, 6)]).map((one) => [one.name, one.values])).toEqual([["value", [5, 6]]]);
    expect(linesOf([point(2, 5)]).map((one) => [one.name, one.values])).toEqual([["lowest", [4]], ["highest", [6]], ["mean", [5]]]);
  });

  it("are called a mean where they are one", () => {
    expect([1, 5, 1200].map((Count) => meanText({ Count }))).toEqual(["", "mean of 5", "mean of 1,200"]);
  });

  it("stand at their times", () => {
    expect(timesOf([point(1, 1)])).toEqual([1793611800]);
  });

  it("are asked for in parts that lose none", () => {
    const names = Array.from({ length: 45 }, (_, at) => `m${at}`);
    expect(parts(names).map((one) => one.length)).toEqual([20, 20, 5]);
    expect(parts(names).flat()).toEqual(names);
    expect(parts([])).toEqual([]);
  });
});
