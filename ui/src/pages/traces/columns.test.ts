import fc from "fast-check";
import { expect, test, vi } from "vitest";

vi.mock("../../lib/kept", () => ({ keep: () => true, keptValue: () => null }));

import { columns, COLUMNS, fitted } from "./columns.svelte";

const sum = (numbers: readonly number[]) => Math.round(numbers.reduce((all, one) => all + one, 0));

test("the usual columns and a finding fit into a window of 1400 px", () => {
  const shown = columns.shown(["response_safe_score"]);
  const widths = fitted(shown, 1360);
  expect(sum(widths)).toBe(1360);
  expect(widths.at(-1)).toBeGreaterThanOrEqual(96);
  expect(widths[shown.findIndex((one) => one.id === "name")]).toBeGreaterThan(140);
});

test("columns fill the room, none narrower than it bears, and only then the table scrolls", () => {
  fc.assert(
    fc.property(fc.subarray([...COLUMNS]), fc.integer({ min: 200, max: 4000 }), (some, room) => {
      const shown = COLUMNS.filter((one) => one.id === "name" || some.includes(one));
      const widths = fitted(shown, room);
      for (const [at, one] of shown.entries()) expect(widths[at]).toBeGreaterThanOrEqual((one.least ?? one.width) - 1e-6);
      expect(sum(widths)).toBe(Math.max(room, sum(shown.map((one) => one.least ?? one.width))));
    }),
  );
});
