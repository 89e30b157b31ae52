import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeOf, changeOfShare, comparable } from "./change";

describe("changeOf", () => {
  it.each([
    [112, 100, "up", "12 %", "up by 12 %"],
    [88, 100, "down", "12 %", "down by 12 %"],
    [101.5, 100, "up", "1.5 %", "up by 1.5 %"],
    [500, 100, "up", "5.0×", "5.0 times as much"],
    [100.2, 100, "same", "", "as before"],
    [5, 0, "new", "new", "none before"],
    [5000, 3, "new", "from almost none", "almost nothing before"],
  ])("says that %d after %d is %s", (now, before, direction, amount, words) => {
    expect(changeOf(now, before)).toEqual({ direction, amount, words });
  });

  it("says nothing when one of them is not known, or both are nothing", () => {
    expect(changeOf(undefined, 3).direction).toBe("none");
    expect(changeOf(3, undefined).direction).toBe("none");
    expect(changeOf(0, 0).direction).toBe("none");
  });

  it("never says that something moved by nothing", () => {
    const amount = fc.double({ min: 0, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(amount, amount, (now, before) => {
        const change = changeOf(now, before);
        expect(change.amount).not.toMatch(/^0(\.0)? %|NaN|Infinity/);
        if (now > before && change.direction !== "same") expect(["up", "new"]).toContain(change.direction);
        if (now < before && change.direction !== "same") expect(change.direction).toBe("down");
      }),
    );
  });
});

describe("comparable", () => {
  it("is no time in which hardly anything was recorded", () => {
    const recorded = (Traces: number) => ({ Traces, Spans: Traces * 6 });
    expect(comparable(recorded(5000), recorded(3))).toBe(false);
    expect(comparable(recorded(5000), recorded(0))).toBe(false);
    expect(comparable(recorded(5000), recorded(400))).toBe(true);
    expect(comparable(recorded(3), recorded(5000))).toBe(true);
    expect(comparable(recorded(0), recorded(0))).toBe(false);
  });
});

describe("changeOfShare", () => {
  it("speaks of percentage points", () => {
    expect(changeOfShare(0.045, 0.03)).toEqual({
      direction: "up",
      amount: "1.5 pts",
      words: "up by 1.5 percentage points",
    });
    expect(changeOfShare(0.03, 0.03).direction).toBe("same");
  });
});
