import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anyTrace, span } from "./cast";
import { alignTrees, textDifference, type Change, type Piece } from "./difference";
import { stretches } from "./myers";
import { buildTree, type TreeSpan } from "./tree";

const letters = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });
const prose = fc.array(fc.constantFrom("one", "two", " ", "\n", ".", "雨", "🙂", "\ud800"), { maxLength: 30 }).map((words) => words.join(""));

function without(pieces: Piece[], change: Change): string {
  return pieces.filter((piece) => piece.change !== change).map((piece) => piece.text).join("");
}

function longestCommon(a: string[], b: string[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      table[i]![j] = a[i - 1] === b[j - 1] ? table[i - 1]![j - 1]! + 1 : Math.max(table[i - 1]![j]!, table[i]![j - 1]!);
    }
  }
  return table[a.length]![b.length]!;
}

describe("the difference of two lists", () => {
  it("covers both, in order, and is the smallest", () => {
    fc.assert(
      fc.property(letters, letters, (a, b) => {
        const found = stretches(a, b);
        let x = 0;
        let y = 0;
        let common = 0;
        for (const { same, aFrom, aTo, bFrom, bTo } of found) {
          expect([aFrom, bFrom]).toEqual([x, y]);
          if (same) expect(a.slice(aFrom, aTo)).toEqual(b.slice(bFrom, bTo));
          if (same) common += aTo - aFrom;
          [x, y] = [aTo, bTo];
        }
        expect([x, y]).toEqual([a.length, b.length]);
        expect(common).toBe(longestCommon(a, b));
      }),
      { numRuns: 2000 },
    );
  });

  it("with more edits than allowed keeps begin and end", () => {
    expect(stretches([..."xabcy"], [..."xdefy"], 2)).toEqual([
      { same: true, aFrom: 0, aTo: 1, bFrom: 0, bTo: 1 },
      { same: false, aFrom: 1, aTo: 4, bFrom: 1, bTo: 4 },
      { same: true, aFrom: 4, aTo: 5, bFrom: 4, bTo: 5 },
    ]);
  });
});

describe("the difference of two texts", () => {
  it("is told in words", () => {
    expect(textDifference("It left this morning.", "It leaves this evening.").pieces).toEqual([
      { change: "same", text: "It " },
      { change: "removed", text: "left" },
      { change: "added", text: "leaves" },
      { change: "same", text: " this " },
      { change: "removed", text: "morning" },
      { change: "added", text: "evening" },
      { change: "same", text: "." },
    ]);
  });

  it("is told in signs where there are no spaces", () => {
    expect(textDifference("雨が降る", "雪が降る").pieces.map((piece) => piece.text)).toEqual(["雨", "雪", "が降る"]);
  });

  it("of equal texts is one piece, of empty ones none", () => {
    expect(textDifference("a b\nc", "a b\nc")).toEqual({ pieces: [{ change: "same", text: "a b\nc" }], rough: false });
    expect(textDifference("", "")).toEqual({ pieces: [], rough: false });
  });

  it("gives both texts back", () => {
    fc.assert(
      fc.property(prose, prose, (a, b) => {
        const { pieces } = textDifference(a, b);
        expect(without(pieces, "added")).toBe(a);
        expect(without(pieces, "removed")).toBe(b);
      }),
      { numRuns: 2000 },
    );
  });

  it("of megabytes that have nothing in common is rough and quick", () => {
    const a = Array.from({ length: 20_000 }, (_, at) => `first ${at} ${"x".repeat(40)}`).join("\n");
    const b = Array.from({ length: 20_000 }, (_, at) => `second ${at} ${"y".repeat(40)}`).join("\n");
    const began = performance.now();
    expect(textDifference(a, b).rough).toBe(true);
    expect(textDifference("a".repeat(2_000_000), "b".repeat(2_000_000)).rough).toBe(true);
    expect(performance.now() - began).toBeLessThan(3000);
  });
});

describe("two trees side by side", () => {
  const rows = (a: TreeSpan[], b: TreeSpan[]) => {
    const [one, two] = [buildTree(a), buildTree(b)];
    return alignTrees(one, two).map((row) => [row.a, row.b].map((place, side) => (place === undefined ? "" : (side ? two : one).nodes[place]!.span?.Name)).join("|"));
  };

  it("pair spans of the same name, whatever their XIDs", () => {
    const a = [span("1", null, 0, { Name: "turn" }), span("2", "1", 1, { Name: "search" }), span("3", "1", 2, { Name: "answer" })];
    const b = [span("8", null, 0, { Name: "turn" }), span("9", "8", 1, { Name: "answer" }), span("7", "8", 2, { Name: "check" })];
    expect(rows(a, b)).toEqual(["turn|turn", "search|", "answer|answer", "|check"]);
  });

  it("pair what has moved, and show it where it was", () => {
    const a = [span("1", null, 0, { Name: "x" }), span("2", null, 1, { Name: "y" }), span("3", null, 2, { Name: "z" })];
    const b = [span("4", null, 0, { Name: "y" }), span("5", null, 1, { Name: "z" }), span("6", null, 2, { Name: "x" })];
    expect(rows(a, b).toSorted()).toEqual(["x|x", "y|y", "z|z"]);
  });

  it("do not pair spans of other families", () => {
    expect(rows([span("1", null, 0, { Name: "x", Family: "completion" })], [span("1", null, 0, { Name: "x" })])).toEqual(["x|", "|x"]);
  });

  it("show each span of both once, in the order of the tree, and pair a trace with itself wholly", () => {
    fc.assert(
      fc.property(anyTrace, anyTrace, (a, b) => {
        const [one, two] = [buildTree(a), buildTree(b)];
        const found = alignTrees(one, two);
        const numbers = (side: "a" | "b") => found.map((row) => row[side]).filter((place) => place !== undefined).toSorted((x, y) => x - y);
        expect(numbers("a")).toEqual([...one.nodes.keys()]);
        expect(numbers("b")).toEqual([...two.nodes.keys()]);
        expect(found.map((row) => row.a).filter((place) => place !== undefined)).toEqual([...one.nodes.keys()]);
        expect(alignTrees(one, one)).toEqual(one.nodes.map(({ depth }, place) => ({ a: place, b: place, depth })));
      }),
    );
  });

  it("take 50,000 spans in a chain", () => {
    const chain = buildTree(Array.from({ length: 50_000 }, (_, at) => span(`${at}`, at === 0 ? null : `${at - 1}`, at)));
    expect(alignTrees(chain, chain).length).toBe(50_000);
  });
});
