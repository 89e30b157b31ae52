import { describe, expect, it } from "vitest";
import { DURATION_STEPS, gaps, lonely, nextPlace, tick, type Line } from "./chart";

const line = (...values: (number | null)[]): Line => ({ name: "", values, colour: "", shape: "line" });

describe("lonely", () => {
  it("finds the values that a line would not show", () => {
    expect(lonely([1, null, 2, 3, null, undefined, 4])).toEqual([0, 6]);
    expect(lonely([5])).toEqual([0]);
    expect(lonely([])).toEqual([]);
  });
});

describe("gaps", () => {
  it("are bridged from value to value, and not before the first or after the last", () => {
    expect(gaps([null, 1, null, null, 2, 3, null, 4, null])).toEqual([[1, 4], [5, 7]]);
    expect(gaps([1, 2])).toEqual([]);
    expect(gaps([])).toEqual([]);
  });
});

describe("the steps of a scale of durations", () => {
  it("rise, each at most three times the one before", () => {
    DURATION_STEPS.slice(1).forEach((step, at) => {
      const ratio = step / DURATION_STEPS[at]!;
      expect(ratio > 1 && ratio <= 3, `${DURATION_STEPS[at]} and ${step}`).toBe(true);
    });
  });
});

describe("nextPlace", () => {
  const lines = [line(1, null, null, 2), line(null, null, 3, null)];

  it("goes over what is empty in all lines", () => {
    expect(nextPlace(lines, 4, 0, 1)).toBe(2);
    expect(nextPlace(lines, 4, 2, -1)).toBe(0);
  });

  it("ends at the ends", () => {
    expect(nextPlace(lines, 4, 3, 1)).toBe(-1);
    expect(nextPlace(lines, 4, 0, -1)).toBe(-1);
  });
});

describe("tick", () => {
  const at = (text: string) => new Date(text).getTime() / 1000; // the viewer's zone

  it("says the day where one begins and the time elsewhere", () => {
    expect(tick(at("2026-11-22T00:00:00"), 3600)).toBe("11-22");
    expect(tick(at("2026-11-22T15:30:00"), 1800)).toBe("15:30");
  });

  it("says seconds where these are apart, which last no longer", () => {
    expect(tick(at("2026-11-22T15:30:05"), 5)).toBe("15:30:05");
    expect(tick(at("2026-11-22T00:00:05"), 5)).toBe("00:00:05");
  });

  it("says only days and months when they are apart so far", () => {
    expect(tick(at("2026-11-22T12:00:00"), 86_400)).toBe("11-22");
    expect(tick(at("2026-11-01T00:00:00"), 30 * 86_400)).toBe("2026-11");
  });
});
