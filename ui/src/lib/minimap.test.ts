import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anyTrace, span } from "./cast";
import { minimap } from "./minimap";
import { buildTree, visiblePlaces } from "./tree";

describe("the minimap", () => {
  it("gives few rows a line each", () => {
    const tree = buildTree([span("a", null, 0, { DurationMs: 100 }), span("b", "a", 50, { DurationMs: 50 })]);
    const patches = minimap(tree, [0, 1], { from: 0, to: 100 }, 10, 5, () => 1);
    expect(patches).toEqual([
      { x: 0, y: 0, width: 10, colour: 1 },
      { x: 5, y: 1, width: 5, colour: 1 },
    ]);
  });

  it("draws what weighs more over what weighs less where rows share a line", () => {
    const tree = buildTree([span("a", null, 0, { DurationMs: 100 }), span("b", "a", 50), span("c", "a", 60)]);
    const patches = minimap(tree, [0, 1, 2], { from: 0, to: 100 }, 10, 1, (place) => place + 1);
    expect(patches).toEqual([
      { x: 0, y: 0, width: 5, colour: 1 },
      { x: 5, y: 0, width: 1, colour: 2 },
      { x: 6, y: 0, width: 1, colour: 3 },
      { x: 7, y: 0, width: 3, colour: 1 },
    ]);
  });

  it("shows each row in some pixel, and stays inside the picture", () => {
    fc.assert(
      fc.property(anyTrace, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (spans, width, height) => {
        const tree = buildTree(spans);
        const range = { from: tree.startMs, to: tree.endMs };
        const patches = minimap(tree, visiblePlaces(tree, new Set()), range, width, height, () => 1);
        expect(patches.length > 0).toBe(spans.length > 0);
        expect(patches.length).toBeLessThanOrEqual(width * height);
        expect(new Set(patches.map((patch) => patch.y)).size).toBe(Math.min(height, tree.nodes.length));
        for (const { x, y, width: wide } of patches) expect(x >= 0 && x + wide <= width && y < height).toBe(true);
      }),
    );
  });
});
