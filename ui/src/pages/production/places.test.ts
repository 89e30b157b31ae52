import { describe, expect, it } from "vitest";

import { dayPlaces, placesOf, widthOf } from "./places";

const over = (days: number, StepSeconds: number) => ({
  Window: { Start: "2026-11-01T00:00:00Z", End: new Date(Date.parse("2026-11-01T00:00:00Z") + days * 86_400_000).toISOString() },
  StepSeconds,
});

describe("places of a chart", () => {
  it.each([
    [1, 300, 900],
    [7, 3600, 7200],
    [30, 10_800, 21_600],
    [400, 604_800, 604_800],
  ])("of %d days in points of %d s are %d s wide", (days, step, width) => {
    expect(widthOf(step, days * 86_400)).toBe(width);
    expect(placesOf(over(days, step)).times.length).toBeLessThanOrEqual(129);
  });

  it("hold every moment of the window, and none outside of it", () => {
    const { times, placeOf } = placesOf(over(1, 300));
    expect(placeOf(Date.parse("2026-11-01T00:00:00Z"))).toBe(0);
    expect(placeOf(Date.parse("2026-11-01T23:59:59Z"))).toBe(times.length - 1);
    expect(placeOf(Date.parse("2026-10-31T23:59:59Z"))).toBe(-1);
  });

  it("are none for a window that cannot be read", () => {
    expect(placesOf({ Window: { Start: "", End: "" }, StepSeconds: 300 }).times).toEqual([]);
    expect(placesOf({ ...over(1, 0), StepSeconds: 0 }).times.length).toBeLessThanOrEqual(2000);
  });

  it("are days where there are several, and hours in one", () => {
    expect(dayPlaces(over(1, 300)).seconds).toBe(900);
    const { times, placeOf } = dayPlaces(over(7, 3600));
    expect(times.length).toBeGreaterThanOrEqual(7);
    expect(times.every((time) => new Date(time * 1000).getHours() === 0)).toBe(true);
    expect(placeOf(Date.parse("2026-11-04T12:00:00Z"))).toBe(times.findLastIndex((time) => time * 1000 <= Date.parse("2026-11-04T12:30:00Z")));
  });
});
