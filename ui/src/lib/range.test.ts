import fc from "fast-check";
import { expect, test } from "vitest";

import { bounds, fromLocal, rangeQuery, rangeWords, readRange, toLocal, type Range } from "./range";

const HOUR = 3_600_000;
const NOW = Date.parse("2026-11-21T12:00:00Z");
const query = (range: Range) => {
  const set = Object.entries(rangeQuery(range)).filter((pair): pair is [string, string] => pair[1] !== null);
  return new URLSearchParams(set);
};

test("a range comes back from the address that it was put into", () => {
  const whole = fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date("9999-01-01T00:00:00Z") })
    .map((at) => at.toISOString());
  const range = fc.oneof(
    fc.record({ last: fc.constantFrom("15m", "1h", "24h", "30d"), after: fc.constant(""), before: fc.constant("") }),
    fc.record({ last: fc.constant(""), after: fc.oneof(whole, fc.constant("")), before: whole }),
  );
  fc.assert(
    fc.property(range, (one) => {
      expect(readRange(query(one))).toEqual(one);
    }),
  );
});

test("an address without a range, or with one that means nothing, has the fallback", () => {
  const day = { last: "24h", after: "", before: "" };
  for (const text of ["", "last=soon", "start_after=yesterday", "start_after=2026-11-21T12:00:00"]) {
    expect(readRange(new URLSearchParams(text), day)).toEqual(day);
  }
});

test("a stretch ends now", () => {
  expect(bounds({ last: "2h", after: "", before: "" }, NOW)).toEqual({ after: NOW - 2 * HOUR, before: NOW });
  expect(bounds({ last: "", after: "", before: "2026-11-21T12:00:00Z" }, 0)).toEqual({ after: null, before: NOW });
});

test("what a local input shows means the same moment, to the second", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e9 }), (seconds) => {
      const iso = new Date(seconds * 1000).toISOString();
      const back = Date.parse(fromLocal(toLocal(iso)));
      // When clocks are set back, one local hour stands for two.
      expect([0, HOUR]).toContain(Math.abs(back - seconds * 1000));
    }),
  );
});

test("ranges have names", () => {
  expect(rangeWords({ last: "1h", after: "", before: "" })).toBe("last hour");
  expect(rangeWords({ last: "30d", after: "", before: "" })).toBe("last 30 days");
  expect(rangeWords({ last: "", after: "", before: "" })).toBe("any time");
});
