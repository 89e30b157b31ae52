import { describe, expect, it } from "vitest";
import { asked, betweenOf, linked, theOneBefore, USUAL } from "./between";
import { readRange } from "./range";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const HOUR = 3_600_000;
const of = (text: string) => betweenOf(readRange(new URLSearchParams(text), USUAL), { now: NOW });

describe("betweenOf", () => {
  it("is the last day when the address says nothing", () => {
    expect(of("")).toMatchObject({ after: NOW - 24 * HOUR, before: NOW });
  });

  it("does not look at the clock when both ends are fixed", () => {
    const clock = {
      get now(): number {
        throw new Error("looked at");
      },
    };
    const fixed = { last: "", after: "2026-11-01T00:00:00Z", before: "2026-11-02T00:00:00Z" };
    expect(betweenOf(fixed, clock).before).toBe(Date.parse(fixed.before));
  });

  it("is open where the address is", () => {
    expect(of("start_after=2026-11-01T00:00:00Z")).toMatchObject({
      after: Date.parse("2026-11-01T00:00:00Z"),
      before: Infinity,
    });
  });
});

describe("asked", () => {
  it("leaves the end open when that is now", () => {
    expect(asked(of("last=1h"))).toEqual({ start_after: "2026-11-22T11:00:00.000Z" });
  });

  it("names an end that is fixed", () => {
    expect(asked(of("start_before=2026-11-01T00:00:00Z"))).toEqual({ start_before: "2026-11-01T00:00:00.000Z" });
  });
});

describe("theOneBefore", () => {
  it("is as long and ends where the range begins", () => {
    expect(theOneBefore(of("last=1h"))).toEqual({
      start_after: "2026-11-22T10:00:00.000Z",
      start_before: "2026-11-22T11:00:00.000Z",
    });
  });

  it("does not exist of a range that is open or backwards", () => {
    expect(theOneBefore(of("start_before=2026-11-01T00:00:00Z"))).toBeNull();
    const backwards = "start_after=2026-11-02T00:00:00Z&start_before=2026-11-01T00:00:00Z";
    expect(theOneBefore(of(backwards))).toBeNull();
  });
});

describe("linked", () => {
  it("keeps a stretch up to now moving", () => {
    expect(linked(of("last=7d"))).toMatchObject({ last: "7d", start_after: null });
  });
});
