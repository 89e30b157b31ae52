import fc from "fast-check";
import { expect, test } from "vitest";

import { hasTail, joinedBins, type Bin } from "./bins";

const histogram = fc.record({ counts: fc.array(fc.nat(50), { minLength: 1, maxLength: 60 }), tail: fc.boolean() }).map(({ counts, tail }) =>
  counts.map((Count, at): Bin => ({ From: at, To: tail && at === counts.length - 1 ? at + 100 : at + 1, Count })),
);

test("bars that are put together hold what they held, without a gap, and are few enough", () => {
  fc.assert(
    fc.property(histogram, fc.integer({ min: 2, max: 70 }), (bins, most) => {
      const found = joinedBins(bins, most);
      expect(found.length).toBeLessThanOrEqual(Math.max(2, most));
      expect(found.reduce((sum, one) => sum + one.Count, 0)).toBe(bins.reduce((sum, one) => sum + one.Count, 0));
      expect([found[0]?.From, found.at(-1)?.To]).toEqual([bins[0]?.From, bins.at(-1)?.To]);
      found.slice(1).forEach((one, at) => expect(one.From).toBe(found[at]?.To));
    }),
  );
});

test("a long tail stays by itself, or nobody would see that the bar is another", () => {
  const bins = Array.from({ length: 30 }, (_, at) => ({ From: at, To: at === 29 ? 1000 : at + 1, Count: 1 }));
  const found = joinedBins(bins, 10);
  expect(found.at(-1)).toEqual({ From: 29, To: 1000, Count: 1 });
  expect(hasTail(found)).toBe(true);
});

test("bars that have room stay as they are", () => {
  const bins = [{ From: 0, To: 1, Count: 1 }, { From: 1, To: 2, Count: 2 }];
  expect(joinedBins(bins, 40)).toBe(bins);
});
