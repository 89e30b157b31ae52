import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asked, linked, rangeBefore, rangeOf } from "./range";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const HOUR = 3_600_000;
const of = (text: string) => rangeOf(new URLSearchParams(text), NOW);

describe("rangeOf", () => {
  it("reads a stretch up to now", () => {
    expect(of("last=7d")).toEqual({ last: "7d", after: NOW - 7 * 24 * HOUR, before: NOW });
  });

  it("reads fixed ends, and leaves open the one that is not there", () => {
    expect(of("start_after=2026-11-01T00:00:00Z")).toEqual({
      last: "",
      after: Date.parse("2026-11-01T00:00:00Z"),
      before: Infinity,
    });
  });

  it.each(["", "last=soon", "start_after=yesterday", "last="])("takes the last day for %j", (text) => {
    expect(of(text)).toEqual({ last: "24h", after: NOW - 24 * HOUR, before: NOW });
  });

  it("is empty and not backwards when its ends are exchanged", () => {
    const range = of("start_after=2026-11-02T00:00:00Z&start_before=2026-11-01T00:00:00Z");
    expect(range.before).toBe(range.after);
  });

  it("finds in a link what the link was made of", () => {
    const moment = fc.date({ min: new Date("1990-01-01"), max: new Date("2200-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(moment, moment, (one, other) => {
        const [after, before] = [one.getTime(), other.getTime()].sort((a, b) => a - b) as [number, number];
        const range = { last: "", after, before };
        expect(rangeOf(new URLSearchParams(linked(range)), NOW)).toEqual(range);
      }),
    );
  });
});

describe("asked", () => {
  it("leaves the end open when that is now", () => {
    expect(asked(of("last=1h"))).toEqual({ start_after: "2026-11-22T11:00:00.000Z" });
  });
});

describe("rangeBefore", () => {
  it("is as long and ends where the range begins", () => {
    expect(rangeBefore(of("last=1h"))).toEqual({ last: "", after: NOW - 2 * HOUR, before: NOW - HOUR });
  });

  it("does not exist of an open range", () => {
    expect(rangeBefore(of("start_before=2026-11-01T00:00:00Z"))).toBeNull();
  });
});
