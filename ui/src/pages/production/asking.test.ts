import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { askedOf, fullest, summaryQuery, windowOf, windowQuery } from "./asking";
import { answer, group } from "./cast";

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

  it.each([
    ["24h", "2026-11-21T12:00:00.000Z"],
    ["7d", "2026-11-15T12:00:00.000Z"],
    ["30d", "2026-10-23T12:00:00.000Z"],
    ["400d", "2025-10-18T12:03:20.000Z"],
  ])("of the last %s begins on a whole point of its series, unless that is too long", (last, start) => {
    expect(windowQuery(of(`last=${last}`), NOW).at_after).toBe(start);
  });

  it("is at most a point longer than what was asked for, at each end", () => {
    const day = 86_400_000;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 390 * 24 }), fc.integer({ min: 0, max: 1e9 }), (hours, ago) => {
        const [after, before] = [NOW - ago - hours * 3_600_000, NOW - ago];
        const range = { last: "", after: new Date(after).toISOString(), before: new Date(before).toISOString() };
        const { start, end } = windowOf(range, NOW);
        const point = Math.max(3_600_000, ((before - after) / 300) * 7.1, before - after > 300 * day ? 7 * day : 0);
        expect(start).toBeLessThanOrEqual(after);
        expect(end).toBeGreaterThanOrEqual(before);
        expect(after - start).toBeLessThan(point);
        expect(end! - before).toBeLessThan(point);
      }),
    );
  });

  it("begins 30 days before an end that is told alone", () => {
    expect(windowOf({ last: "", after: "", before: "2026-11-22T00:00:00Z" }, NOW).start).toBe(Date.parse("2026-10-23T00:00:00Z"));
  });
});

describe("two generations of a name", () => {
  const told = (Name: string, ...counts: number[]) => answer("histogram", counts.map((Count) => group({}, [], { Count })), { Name });

  it("are told by that which was measured more often, as after an update", () => {
    expect(fullest([told("old", 1, 2), told("new", 900)]).Name).toBe("new");
    expect(fullest([told("old", 5), told("new", 5)]).Name).toBe("old");
    expect(fullest([told("old"), told("new")]).Name).toBe("old");
  });
});
