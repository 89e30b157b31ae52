import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anyTrace, span } from "./cast";
import { ancestors, buildTree, foldable, revealed, visiblePlaces } from "./tree";

const names = (spans: Parameters<typeof buildTree>[0]) =>
  buildTree(spans).nodes.map((node) => `${".".repeat(node.depth)}${node.kind === "span" ? node.xid : `${node.kind}:${node.xid}`}`);

describe("a tree of spans", () => {
  it("shows children below their parent, in order of their start", () => {
    const spans = [span("b", "a", 20), span("a", null, 0), span("c", "a", 10), span("d", "b", 25)];
    expect(names(spans)).toEqual(["a", ".c", ".b", "..d"]);
  });

  it("keeps the order of arrival where starts are equal", () => {
    expect(names([span("a"), span("y", "a", 5), span("x", "a", 5)])).toEqual(["a", ".y", ".x"]);
  });

  it("puts spans whose parent is not stored under one node that says so", () => {
    const spans = [span("a", null, 0), span("b", "lost", 5), span("c", "lost", 3)];
    expect(names(spans)).toEqual(["a", "missing:lost", ".c", ".b"]);
  });

  it("cuts a circle at its earliest span and shows what hangs on it", () => {
    const spans = [span("b", "a", 2), span("a", "c", 1), span("c", "b", 3), span("d", "c", 4)];
    expect(names(spans)).toEqual(["circle:a", ".a", "..b", "...c", "....d"]);
  });

  it("cuts a span that is its own parent", () => {
    expect(names([span("a", "a")])).toEqual(["circle:a", ".a"]);
  });

  it("shows a repeated XID again, with a key of its own, and hangs children under the first", () => {
    const tree = buildTree([span("a", null, 0), span("a", null, 1), span("b", "a", 2)]);
    expect(tree.nodes.map((node) => node.xid)).toEqual(["a", "b", "a"]);
    expect(new Set(tree.nodes.map((node) => node.key)).size).toBe(3);
  });

  it("is not confused by names of members of every object", () => {
    const spans = [span("__proto__", null, 0), span("constructor", "__proto__", 1), span("toString", "hasOwnProperty", 2)];
    expect(names(spans)).toEqual(["__proto__", ".constructor", "missing:hasOwnProperty", ".toString"]);
  });

  it("takes 50,000 spans in one chain, and in one circle", () => {
    const chain = Array.from({ length: 50_000 }, (_, at) => span(`${at}`, at === 0 ? null : `${at - 1}`, at));
    expect(buildTree(chain).nodes.at(-1)?.depth).toBe(49_999);
    chain[0] = span("0", "49999", 0);
    expect(buildTree(chain).nodes[0]?.size).toBe(50_001);
  });

  it("sums tokens and costs of each currency up to the parents", () => {
    const tree = buildTree([
      span("a", null, 0, { InputTokens: 1, OutputTokens: 2, Costs: [{ Amount: 1, Currency: "USD" }] }),
      span("b", "a", 1, { TotalTokens: 10, Costs: [{ Amount: 2, Currency: "EUR" }] }),
      span("c", "b", 2, { InputTokens: 5, Failed: true, Costs: [{ Amount: 3, Currency: "USD" }] }),
      span("d", "b", 3, { Open: true }),
    ]);
    expect(tree.nodes[0]?.totals).toEqual({
      spans: 4, failed: 1, open: 1, input: 6, output: 2, tokens: 18,
      costs: [{ Amount: 4, Currency: "USD" }, { Amount: 2, Currency: "EUR" }],
    });
    expect(tree.nodes[3]?.totals.tokens).toBeUndefined();
  });

  it("takes numbers that are none for nothing", () => {
    const tree = buildTree([span("a", null, NaN, { DurationMs: Infinity, InputTokens: NaN })]);
    expect(tree).toMatchObject({ startMs: 0, endMs: 0 });
    expect(tree.nodes[0]?.totals.tokens).toBe(0);
  });

  it("shows every span once, whatever the parents are", () => {
    fc.assert(
      fc.property(anyTrace, (spans) => {
        const shown = buildTree(spans).nodes.filter((node) => node.span !== undefined).map((node) => node.span);
        expect(new Set(shown)).toEqual(new Set(spans));
        expect(shown.length).toBe(spans.length);
      }),
    );
  });

  it("has sizes, depths, parents and keys that agree", () => {
    fc.assert(
      fc.property(anyTrace, (spans) => {
        const { nodes } = buildTree(spans);
        expect(new Set(nodes.map((node) => node.key)).size).toBe(nodes.length);
        nodes.forEach((node, place) => {
          expect(node.parent).toBeLessThan(place);
          expect(node.depth).toBe(node.parent < 0 ? 0 : nodes[node.parent]!.depth + 1);
          const below = nodes.filter((_, other) => other > place && other < place + node.size);
          expect(below.every((one) => one.depth > node.depth)).toBe(true);
          expect(nodes[place + node.size]?.depth ?? 0).toBeLessThanOrEqual(node.depth);
          expect(node.totals.spans).toBe(nodes.slice(place, place + node.size).filter((one) => one.span).length);
        });
      }),
    );
  });
});

describe("folding", () => {
  const tree = buildTree([span("a", null, 0), span("b", "a", 1), span("c", "b", 2), span("d", "a", 3)]);
  const key = (xid: string) => tree.nodes[tree.places.get(xid)!]!.key;
  const seen = (folded: Set<string>) => [...visiblePlaces(tree, folded)].map((place) => tree.nodes[place]!.xid);

  it("hides what is below", () => {
    expect(seen(new Set())).toEqual(["a", "b", "c", "d"]);
    expect(seen(new Set([key("b")]))).toEqual(["a", "b", "d"]);
    expect(seen(foldable(tree))).toEqual(["a"]);
    expect(seen(foldable(tree, 1))).toEqual(["a", "b", "d"]);
  });

  it("is undone as far as a span is hidden by it", () => {
    const place = tree.places.get("c")!;
    expect(seen(new Set(revealed(tree, foldable(tree), place)))).toContain("c");
    expect(ancestors(tree, place).map((at) => tree.nodes[at]!.xid)).toEqual(["b", "a"]);
    const folded = new Set<string>();
    expect(revealed(tree, folded, place)).toBe(folded);
  });

  it("hides a node exactly when one above it is folded", () => {
    fc.assert(
      fc.property(anyTrace, fc.infiniteStream(fc.boolean()), (spans, coins) => {
        const any = buildTree(spans);
        const folded = new Set([...foldable(any)].filter(() => coins.next().value));
        const expected = any.nodes.flatMap((_, place) =>
          ancestors(any, place).some((at) => folded.has(any.nodes[at]!.key)) ? [] : [place],
        );
        expect([...visiblePlaces(any, folded)]).toEqual(expected);
      }),
    );
  });
});
