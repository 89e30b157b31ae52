import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anyTrace, span } from "./cast";
import { hits, lookUp, MOST_WORDS, nextHit, pieces, type Answer } from "./search";
import { buildTree, type Tree } from "./tree";

const tree = buildTree([
  span("a", null, 0, { Name: "chatbot.turn" }),
  { ...span("b", "a", 1, { Name: "llm.generate", Family: "completion" }), Model: "gpt-4o", Message: "Überlastet" },
  span("c", "lost", 2, { Name: "llm tools", Failed: true }),
]);

function answer(words: string[], spans: string[], more: Partial<Answer["matches"]> = {}): Answer {
  return { words, matches: { Spans: spans.map((XID) => ({ XID, Place: "message" as const, Excerpt: `of ${XID}` })), More: false, ...more } };
}

describe("a search in the outline of a trace", () => {
  it.each([
    ["llm", [1, 3]], ["GPT llm", [1]], ["uberlastet", [1]], ['"llm tools"', [3]], ['"llm t', [3]], ["failed", [3]],
    ["missing", [2]], ["lost", [2]], ["nothing", []], ["", []], ["  ", []], ['" "', []], ["\u0301", []],
  ])("for %j finds %j", (query, places) => expect(hits(tree, lookUp(tree, query), []).places).toEqual(places));

  it.each([
    ["", []],
    ["refund", [["refund"]]],
    ["Refund refund", [["Refund"]]],
    ["Straße", [["Straße"]]],
    ['"to refund" llm', [["to refund", "llm"], ["to refund"]]],
    ["llm tools generate", [["llm", "tools", "generate"], ["generate"], ["tools"]]],
    ["llm gpt chatbot", [["llm", "gpt", "chatbot"], ["llm", "gpt"], ["chatbot"]]],
  ])("for %j asks the server for %j", (query, asks) => {
    const found = lookUp(tree, query).asks;
    expect(found[0] ?? []).toEqual(asks[0] ?? []);
    expect(new Set(found.map(String))).toEqual(new Set(asks.map(String)));
  });

  it("asks for no more words than the server takes", () => {
    const query = Array.from({ length: 150 }, (_, at) => String.fromCodePoint(0x4e00 + at)).join(" ");
    expect(lookUp(tree, query).asks).toEqual([expect.objectContaining({ length: MOST_WORDS })]);
  });
});

describe("what the server found inside", () => {
  it("counts once, in the order of the rows, with what stands there", () => {
    const found = hits(tree, lookUp(tree, "llm"), [answer(["llm"], ["b", "a", "unheard"])]);
    expect(found.places).toEqual([0, 1, 3]);
    expect([...found.matches.entries()].map(([place, { Excerpt }]) => [place, Excerpt])).toEqual([[0, "of a"], [1, "of b"]]);
    expect(found.more).toBe(false);
  });

  it("counts with what the outline says", () => {
    const lookup = lookUp(tree, "failed refund");
    expect(hits(tree, lookup, [answer(["failed", "refund"], ["a"]), answer(["refund"], ["a", "b", "c"], { More: true })])).toMatchObject({ places: [0, 3], more: true });
  });

  it("counts for the trace itself only when all words do", () => {
    const own = { Trace: { Place: "metadata" as const, Excerpt: "own" } };
    const lookup = lookUp(tree, "failed refund");
    expect(hits(tree, lookup, [answer(["refund"], [], own)]).places).toEqual([]);
    const found = hits(tree, lookup, [answer(["failed", "refund"], [], own)]);
    expect([found.places, found.matches.get(-1)?.Excerpt]).toEqual([[-1], "own"]);
    expect([nextHit([-1, 2], -1), nextHit([-1, 2], 2), nextHit([-1, 2], 2, true)]).toEqual([2, -1, -1]);
  });

  it("is nothing of a node that was made, whatever it is called", () => {
    expect(hits(tree, lookUp(tree, "x"), [answer(["x"], ["lost"])]).places).toEqual([]);
  });

  it("is the same as if all words were looked for in all that a span says", () => {
    const words = fc.uniqueArray(fc.constantFrom("a", "b", "c", "failed", "d"), { minLength: 1, maxLength: 2 });
    const inside = fc.dictionary(fc.integer({ min: 0, max: 15 }).map(String), fc.constantFrom("a", "b d", "c a", "failed", ""));
    fc.assert(fc.property(anyTrace, words, inside, (spans, wanted, said) => {
      const made = buildTree(spans.map((one, at) => ({ ...one, Failed: at % 3 === 0 })));
      const lookup = lookUp(made, wanted.join(" "));
      const answers = lookup.asks.map((asked) => answer([...asked], Object.keys(said).filter((xid) => asked.every((word) => said[xid]?.includes(word)))));
      expect(hits(made, lookup, answers).places).toEqual(plainly(made, wanted, said));
    }));
  });

  function plainly(made: Tree, wanted: string[], said: Record<string, string>): number[] {
    return made.nodes.flatMap((node, place) => {
      const one = { kind: node.kind, name: node.span?.Name ?? "", failed: node.span?.Failed === true };
      // Words of the outline that are the same for all here: "other" and digits hold none of these letters.
      const outline = one.kind === "span" ? `${one.name} ${one.failed ? "failed" : ""}` : one.kind === "missing" ? `missing parent ${node.xid}` : "circle";
      const inner = one.kind === "span" && Object.hasOwn(said, node.xid) ? said[node.xid] ?? "" : "";
      const outer = wanted.filter((word) => !outline.includes(word));
      return outer.every((word) => inner.includes(word)) ? [place] : [];
    });
  }
});

describe("an excerpt", () => {
  it.each([
    ["The Refund was", ["refund"], undefined, ["The ", "*Refund", " was"]],
    ["refund refunds", ["refund", "refunds", "und"], undefined, ["*refund", " ", "*refunds"]],
    ["0123456789 refund", ["refund"], 3, ["…", "89 ", "*refund"]],
    ["123 refund", ["refund"], 3, ["123 ", "*refund"]],
    ["\u{1f600}\u{1f600}\u{1f600} refund", ["refund"], 2, ["…", "\u{1f600} ", "*refund"]],
    ["nothing of it", ["refund", ""], 3, ["nothing of it"]],
    ["\u0130 refund", ["refund"], undefined, ["\u0130 refund"]],
    ["", ["refund"], 3, []],
  ])("of %j for %j", (text, words, before, parts) => {
    expect(pieces(text, words, before).map((piece) => (piece.hit ? "*" : "") + piece.text)).toEqual(parts);
  });
});

it("goes from hit to hit, and around the end", () => {
  expect([nextHit([1, 5], 1), nextHit([1, 5], 5), nextHit([1, 5], 1, true), nextHit([1, 5], 5, true), nextHit([], 0)]).toEqual([5, 1, 5, 1, undefined]);
});
