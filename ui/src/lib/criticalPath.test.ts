import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anyTrace, span } from "./cast";
import { byPlace, criticalPath } from "./criticalPath";
import { buildTree, type TreeSpan } from "./tree";

function path(spans: TreeSpan[]): string[] {
  const tree = buildTree(spans);
  return criticalPath(tree).map(({ place, from, to }) => `${tree.nodes[place]?.xid ?? "trace"} ${from}-${to}`);
}

describe("the critical path", () => {
  it("goes through the child that finished last, and so on back in time", () => {
    // The example of Jaeger's documentation: two children one after the other, one beside them.
    const spans = [
      span("root", null, 0, { DurationMs: 100 }),
      span("first", "root", 10, { DurationMs: 20 }),
      span("second", "root", 40, { DurationMs: 50 }),
      span("beside", "root", 15, { DurationMs: 35 }),
    ];
    expect(path(spans)).toEqual(["root 0-10", "first 10-30", "root 30-40", "second 40-90", "root 90-100"]);
  });

  it("goes down into children of children", () => {
    const spans = [
      span("root", null, 0, { DurationMs: 100 }),
      span("child", "root", 20, { DurationMs: 60 }),
      span("leaf", "child", 30, { DurationMs: 20 }),
    ];
    expect(path(spans)).toEqual(["root 0-20", "child 20-30", "leaf 30-50", "child 50-80", "root 80-100"]);
  });

  it("takes children that follow each other without a gap", () => {
    const spans = [
      span("root", null, 0, { DurationMs: 20 }),
      span("a", "root", 0, { DurationMs: 10 }),
      span("b", "root", 10, { DurationMs: 10 }),
    ];
    expect(path(spans)).toEqual(["a 0-10", "b 10-20"]);
  });

  it("cuts children that reach past their parent", () => {
    const spans = [
      span("root", null, 0, { DurationMs: 50 }),
      span("late", "root", 40, { DurationMs: 60 }),
      span("other", null, 90, { DurationMs: 20 }),
    ];
    expect(path(spans)).toEqual(["root 0-40", "late 40-50", "trace 50-90", "other 90-110"]);
  });

  it("names the time between top spans as that of the trace", () => {
    expect(path([span("a", null, 0), span("b", null, 20)])).toEqual(["a 0-10", "trace 10-20", "b 20-30"]);
  });

  it("is empty for an empty trace, and quick for a deep one", () => {
    expect(path([])).toEqual([]);
    const chain = Array.from({ length: 50_000 }, (_, at) => span(`${at}`, at === 0 ? null : `${at - 1}`, at, { DurationMs: 100_000 - 2 * at }));
    expect(criticalPath(buildTree(chain)).length).toBe(99_999);
  });

  it("fills the whole trace without overlaps, and each section lies in its span", () => {
    fc.assert(
      fc.property(anyTrace, (spans) => {
        const tree = buildTree(spans);
        let at = tree.startMs;
        for (const { place, from, to } of criticalPath(tree)) {
          expect(from).toBe(at);
          expect(to).toBeGreaterThan(from);
          const node = tree.nodes[place];
          if (node) expect(from >= node.startMs && to <= node.endMs).toBe(true);
          at = to;
        }
        expect(at).toBe(tree.endMs);
      }),
    );
  });

  it("is sorted into the nodes it passes", () => {
    const spans = [span("root", null, 0, { DurationMs: 30 }), span("a", "root", 10)];
    const sections = byPlace(criticalPath(buildTree(spans)));
    expect(sections.get(0)?.length).toBe(2);
    expect(sections.get(1)).toEqual([{ place: 1, from: 10, to: 20 }]);
  });
});
