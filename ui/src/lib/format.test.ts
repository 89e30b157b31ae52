import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ago, briefMoney, bytes, compact, costs, count, duration, moment, money, plural, share, value } from "./format";

const SIZES: Record<string, number> = { ns: 1e-6, µs: 1e-3, ms: 1, s: 1e3, min: 6e4, h: 36e5, d: 864e5 };
const NEXT: Record<string, number> = { ns: 1000, µs: 1000, ms: 1000, s: 60, min: 60, h: 24, d: Infinity };
const RUNS = { numRuns: 20_000 };

function parts(text: string): { amount: number; unit: string }[] {
  const words = text.replaceAll(",", "").split(" ");
  return words.flatMap((word, at) => (at % 2 === 0 ? [{ amount: Number(word), unit: words[at + 1] ?? "" }] : []));
}

const anyMs = fc.oneof(
  fc.double({ min: 1e-5, max: 1e12, noNaN: true }),
  // As many durations near the borders of units, where rounding goes wrong, as anywhere.
  fc.record({ border: fc.constantFrom(...Object.values(SIZES), 3 * 864e5, 100 * 864e5, 60 * 36e5), by: fc.double({ min: 0.98, max: 1.02, noNaN: true }) })
    .map(({ border, by }) => border * by),
  fc.double({ min: -5, max: 12, noNaN: true }).map((power) => 10 ** power),
).filter((ms) => ms >= 1e-6);

describe("a duration", () => {
  it.each([
    [0, "0 ms"], [0.0005, "500 ns"], [0.25, "250 µs"], [12.345, "12.3 ms"], [903, "903 ms"],
    [999.4, "999 ms"], [999.6, "1 s"], [2360, "2.36 s"], [59_960, "1 min"], [65_000, "1 min 5 s"],
    [3_599_600, "1 h"], [3_720_000, "1 h 2 min"], [100_800_000, "1 d 4 h"], [10 * 864e5 + 36e5, "10 d 1 h"],
    [864e5 * 1234, "1,234 d"], [-1500, "−1.5 s"], [NaN, "–"], [Infinity, "–"],
  ])('of %s ms is "%s"', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it("is never off by more than 1 %", () => {
    fc.assert(
      fc.property(anyMs, (ms) => {
        const said = parts(duration(ms)).reduce((sum, { amount, unit }) => sum + amount * SIZES[unit]!, 0);
        expect(Math.abs(said - ms) / ms).toBeLessThanOrEqual(0.01);
      }),
      RUNS,
    );
  });

  it("counts no unit up to the next one, and none from nothing", () => {
    fc.assert(
      fc.property(anyMs, (ms) => {
        for (const { amount, unit } of parts(duration(ms))) {
          expect(amount).toBeLessThan(NEXT[unit]!);
          expect(amount).toBeGreaterThan(0);
        }
      }),
      RUNS,
    );
  });

  it("grows with what it says", () => {
    const total = (ms: number) => parts(duration(ms)).reduce((sum, { amount, unit }) => sum + amount * SIZES[unit]!, 0);
    fc.assert(
      fc.property(anyMs, anyMs, (a, b) => {
        expect(total(Math.min(a, b))).toBeLessThanOrEqual(total(Math.max(a, b)) * (1 + 1e-12));
      }),
      RUNS,
    );
  });
});

describe("numbers", () => {
  it.each([[0, "0"], [999.6, "1k"], [12_345, "12.3k"], [999_950, "1M"], [-1500, "−1.5k"], [NaN, "–"]])(
    '%s in short is "%s"', (number, text) => expect(compact(number)).toBe(text));
  it.each([[12_345, "12,345"], [0, "0"], [-0.2, "0"], [-7, "−7"], [NaN, "–"]])(
    '%s counted is "%s"', (number, text) => expect(count(number)).toBe(text));
  it.each([[0.1 + 0.2, "0.3"], [42, "42"], [1e300, "1.000e+300"], [1e-9, "1.000e-9"], [-0.5, "−0.5"], [NaN, "–"]])(
    'a recorded %s is "%s"', (number, text) => expect(value(number)).toBe(text));
  it.each([[512, "512 B"], [999.9, "1 kB"], [1_214_000, "1.21 MB"], [-1, "–"], [2.5e15, "2,500 TB"]])(
    '%s bytes are "%s"', (number, text) => expect(bytes(number)).toBe(text));
  it.each([[3.8e199, 1, "3.80e+201 %"], [1e307, 0.1, "–"], [1, 8, "12.5 %"], [0, 5, "0 %"], [5, 5, "100 %"], [1, 100_000, "< 0.1 %"], [99_999, 100_000, "> 99.9 %"], [1, 0, "–"]])(
    '%s of %s is "%s"', (part, whole, text) => expect(share(part, whole)).toBe(text));

  it("in short are never 1000 of a unit", () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 9e14, noNaN: true }), (number) => {
      expect(parseFloat(compact(number).replaceAll(",", ""))).toBeLessThan(1000);
      expect(parseFloat(bytes(number).replaceAll(",", ""))).toBeLessThan(1000);
    }), RUNS);
  });

  it("tell one from many", () => {
    expect([plural(1, "span"), plural(2000, "span"), plural(0, "query", "queries")]).toEqual(["1 span", "2,000 spans", "0 queries"]);
  });
});

describe("money", () => {
  it.each([
    [0, "USD", "$0.00"], [12.345, "USD", "$12.35"], [0.005921, "USD", "$0.00592"], [0.5, "EUR", "€0.50"],
    [-3, "USD", "−$3.00"], [1234.5, "JPY", "¥1,234.50"], [0.123456, "not a code", "0.123 not a code"], [NaN, "USD", "–"],
  ])('%s %s is "%s"', (amount, currency, text) => expect(money(amount, currency)).toBe(text));

  it("in a narrow column is not told to the millionth", () => {
    expect([0, 0.0000012, 0.0001, 2].map((amount) => briefMoney(amount, "USD"))).toEqual(["$0.00", "< $0.0001", "$0.0001", "$2.00"]);
  });

  it("of a currency that means harm is short, and turns nothing around", () => {
    expect(money(2, "\u202e" + "W".repeat(99))).toMatch(/^2 \[RLO\]W{1,16}…$/);
    expect(money(1e20, "a\nb\u2066")).toBe("1.000e+20 a b[LRI]");
  });

  it("of several currencies is not added up", () => {
    expect(costs([{ Amount: 1, Currency: "USD" }, { Amount: 2, Currency: "EUR" }])).toBe("$1.00 + €2.00");
  });

  it("below one unit keeps three digits", () => {
    fc.assert(fc.property(fc.double({ min: 1e-9, max: 1, noNaN: true }), (amount) => {
      const said = Number(money(amount, "USD").slice(1));
      expect(Math.abs(said - amount)).toBeLessThanOrEqual(amount * 0.0051 + 1e-12);
    }));
  });
});

describe("a moment", () => {
  it("is said in the zone of the viewer, with UTC in its title", () => {
    const said = moment("2026-11-21T05:32:27.123456Z", { zone: "America/New_York", precise: true });
    expect(said.text).toBe("2026-11-21 00:32:27.123");
    expect(said.title).toBe("2026-11-21 00:32:27.123 EST\n2026-11-21 05:32:27.123 UTC");
    expect(said.iso).toBe("2026-11-21T05:32:27.123Z");
  });

  it("that is none is shown as it came", () => {
    expect(moment("yesterday").text).toBe("yesterday");
  });

  it.each([[5, "just now"], [59, "59 s ago"], [90, "1 min ago"], [7200, "2 h ago"], [864_000, "10 d ago"], [-60, "in the future"]])(
    '%s seconds away is "%s"', (seconds, text) => {
      const now = Date.parse("2026-11-21T05:32:27Z");
      expect(ago(new Date(now - seconds * 1000).toISOString(), now)).toBe(text);
    });
});

it.each([1e15, -1e300, Number.MAX_VALUE])("%d is not written as a row of digits", (number) => {
  for (const text of [count(number), compact(number), value(number), money(number, "USD"), money(number, "?")]) {
    expect(text).toMatch(/^-?\d(\.\d+)?e\+\d+/);
    expect(text.length).toBeLessThan(20);
  }
});
