import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bandsOf, nameOf, stacked } from "./bands";

const share = (Value: string | boolean, Count: number, Share: number) => ({ Value, Count, Share });

describe("bandsOf", () => {
  it("counts a value over all points and in each, and says its share of all", () => {
    const points = [
      { Shares: [share("ok", 3, 0.75), share("bad", 1, 0.25)] },
      null,
      { Shares: [share("bad", 4, 1)] },
    ];
    expect(bandsOf(points)).toEqual([
      { value: "bad", name: "bad", counts: [1, 0, 4], total: 5, share: 5 / 8 },
      { value: "ok", name: "ok", counts: [3, 0, 0], total: 3, share: 3 / 8 },
    ]);
  });

  it("keeps the boolean apart from the label that looks like it", () => {
    const bands = bandsOf([{ Shares: [share(true, 1, 0.5), share("true", 1, 0.5)] }]);
    expect(bands.map((band) => band.name).sort()).toEqual(['"true"', "true"]);
  });

  it("puts what is too rare for a band of its own, and what the server left out, into one", () => {
    // Ten of the point's hundred labels are not among the twenty that the server answers.
    const shares = Array.from({ length: 9 }, (_, n) => share(`label ${n}`, 10, 0.1));
    const bands = bandsOf([{ Shares: shares }], 4);
    expect(bands.map((band) => [band.name, band.total])).toEqual([
      ["label 0", 10],
      ["label 1", 10],
      ["label 2", 10],
      ["others", 70],
    ]);
  });

  it("has no bands when nothing but numbers was recorded", () => {
    expect(bandsOf([{ Shares: [] }, null])).toEqual([]);
  });

  it("loses no value, however many there are", () => {
    const counts = fc.array(fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 20 }));
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 8 }), (all, most) => {
        const points = all.map((numbers) => {
          const whole = numbers.reduce((a, b) => a + b, 0);
          return { Shares: numbers.map((n, at) => share(`v${at}`, n, n / whole)) };
        });
        const bands = bandsOf(points, most);
        const total = bands.reduce((sum, band) => sum + band.total, 0);
        expect(bands.length).toBeLessThanOrEqual(most);
        expect(total).toBe(all.flat().reduce((a, b) => a + b, 0));
        for (const edges of stacked(bands).slice(-1)) {
          edges.forEach((edge, at) => expect(edge).toBe(all[at]?.length ? 1 : null));
        }
      }),
    );
  });
});

describe("nameOf", () => {
  it("makes an empty label visible", () => {
    expect(nameOf("")).toBe('""');
  });
});
