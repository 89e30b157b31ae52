import fc from "fast-check";
import { expect, test } from "vitest";

import { rowsIn, scrollFor } from "./virtual";

const size = fc.integer({ min: 0, max: 5000 });
const row = fc.integer({ min: 20, max: 60 });

test("every row that can be seen is there, and no more than the window and a few beside it", () => {
  fc.assert(
    fc.property(size, size, row, fc.nat(100_000), (top, height, each, count) => {
      const { first, end } = rowsIn(top, height, each, count);
      expect(first).toBeGreaterThanOrEqual(0);
      expect(end).toBeLessThanOrEqual(count);
      expect(end - first).toBeLessThanOrEqual(height / each + 18);
      for (let at = Math.floor(top / each); at < Math.min(count, (top + height) / each); at += 1) {
        expect(at >= first && at < end).toBe(true);
      }
    }),
  );
});

test("a row that is scrolled to is seen whole, below what stands at the top", () => {
  fc.assert(
    fc.property(fc.nat(1000), size, fc.integer({ min: 120, max: 2000 }), row, (at, top, height, each) => {
      const head = 30;
      const next = scrollFor(at, top, height, each, head);
      expect(at * each).toBeGreaterThanOrEqual(next);
      expect((at + 1) * each + head).toBeLessThanOrEqual(next + height);
      expect(scrollFor(at, next, height, each, head)).toBe(next);
    }),
  );
});
