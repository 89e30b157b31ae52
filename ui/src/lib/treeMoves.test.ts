import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anyTrace, span } from "./cast";
import { buildTree, visiblePlaces } from "./tree";
import { folding, foldingAll, leftwards, rightwards, selecting, stepping, type Standing } from "./treeMoves";

// a > b > c, a > d
const tree = buildTree([span("a", null, 0), span("b", "a", 1), span("c", "b", 2), span("d", "a", 3)]);
const at = (selected: number, ...folded: string[]): Standing => ({ selected, folded: new Set(folded.map((xid) => `1 ${xid}`)) });

describe("keys in a tree", () => {
  it("go down and up the rows that are seen, and stop at the ends", () => {
    const visible = visiblePlaces(tree, at(0, "b").folded);
    expect([0, 1, 3].map((place) => stepping(visible, place, 1))).toEqual([1, 3, 3]);
    expect([0, 1, 3].map((place) => stepping(visible, place, -1))).toEqual([0, 0, 1]);
    expect([stepping(visible, -1, 1), stepping(visible, -1, -1), stepping([], 0, 1)]).toEqual([0, 3, -1]);
  });

  it("to the left fold, then go to the parent, and stay at the top", () => {
    expect(leftwards(tree, at(1))).toEqual(at(1, "b"));
    expect(leftwards(tree, at(1, "b"))).toEqual(at(0, "b"));
    expect(leftwards(tree, at(2))).toEqual(at(1));
    expect(leftwards(tree, at(0, "a"))).toEqual(at(0, "a"));
    expect(leftwards(tree, at(-1))).toEqual(at(-1));
  });

  it("to the right unfold, then go to the first child, and stay at a leaf", () => {
    expect(rightwards(tree, at(1, "b"))).toEqual(at(1));
    expect(rightwards(tree, at(1))).toEqual(at(2));
    expect(rightwards(tree, at(2))).toEqual(at(2));
    expect(rightwards(tree, at(-1))).toEqual(at(0));
  });

  it("never leave the selection folded away", () => {
    expect(folding(tree, at(2), 1, true)).toEqual(at(1, "b"));
    expect(folding(tree, at(3), 1, true)).toEqual(at(3, "b"));
    expect(foldingAll(tree, at(2), true)).toEqual(at(0, "a", "b"));
    expect(foldingAll(tree, at(2, "a"), false)).toEqual(at(2));
    expect(selecting(tree, at(0, "a", "b"), 2)).toEqual(at(2));
    expect(selecting(tree, at(0, "a"), 99)).toEqual(at(-1, "a"));
  });

  it("pressed in any order keep what is selected in sight", () => {
    const key = fc.constantFrom("up", "down", "left", "right", "fold", "unfold");
    fc.assert(
      fc.property(anyTrace, fc.array(key, { maxLength: 30 }), (spans, keys) => {
        const any = buildTree(spans);
        let now = at(-1);
        for (const pressed of keys) {
          const visible = visiblePlaces(any, now.folded);
          if (pressed === "up") now = selecting(any, now, stepping(visible, now.selected, -1));
          else if (pressed === "down") now = selecting(any, now, stepping(visible, now.selected, 1));
          else if (pressed === "left") now = leftwards(any, now);
          else if (pressed === "right") now = rightwards(any, now);
          else now = foldingAll(any, now, pressed === "fold");
          if (now.selected >= 0) expect(visiblePlaces(any, now.folded)).toContain(now.selected);
        }
      }),
    );
  });
});
