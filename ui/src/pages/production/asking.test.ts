import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { askedOf, startOf, summaryQuery, windowQuery } from "./asking";

const NOW = Date.parse("2026-11-22T12:03:20Z");
const of = (address: string) => askedOf(new URLSearchParams(address));

describe("which production is looked at", () => {
  it("is the last day of all services beside the day before, where the address says nothing", () => {
    expect(summaryQuery(of(""), NOW)).toEqual({ at_after: "2026-11-21T12:00:00.000Z", baseline_before: "2026-11-21T12:00:00.000Z" });
  });

  it("has no end that the server's clock may be ahead of, and ends where it is told to", () => {
    expect(windowQuery(of("last=7d"), NOW)).not.toHaveProperty("at_before");
    const told = of("start_after=2026-11-20T00:00:00Z&start_before=2026-11-21T00:00:00Z");
    expect(windowQuery(told, NOW)).toMatchObject({ at_after: "2026-11-20T00:00:00.000Z", at_before: "2026-11-21T00:00:00.000Z" });
  });

  it("is compared with nothing where that is asked for", () => {
    expect(summaryQuery(of("baseline=none"), NOW)).not.toHaveProperty("baseline_before");
  });

  it("tells a service without a name from all services", () => {
    expect(windowQuery(of("service="), NOW)).toMatchObject({ service: "" });
    expect(windowQuery(of(""), NOW)).not.toHaveProperty("service");
  });

  it("begins where the store has a point, so that no point is in the baseline as well", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 1e9 }), (days, late) => {
        const start = startOf({ last: `${days}d`, after: "", before: "" }, NOW + late);
        expect(start % (days <= 13 ? 300_000 : 3_600_000)).toBe(0);
        expect(NOW + late - days * 86_400_000 - start).toBeLessThan(3_600_000);
      }),
    );
  });

  it("begins 30 days before an end that is told alone", () => {
    expect(startOf({ last: "", after: "", before: "2026-11-22T00:00:00Z" }, NOW)).toBe(Date.parse("2026-10-23T00:00:00Z"));
  });
});
