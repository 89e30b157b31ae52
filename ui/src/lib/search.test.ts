import { describe, expect, it } from "vitest";

import { span } from "./cast";
import { nextHit, search } from "./search";
import { buildTree } from "./tree";

describe("a search in a trace", () => {
  const tree = buildTree([
    span("a", null, 0, { Name: "chatbot.turn" }),
    { ...span("b", "a", 1, { Name: "llm.generate", Family: "completion" }), Model: "gpt-4o", Message: "Überlastet" },
    span("c", "lost", 2, { Name: "llm tools", Failed: true }),
  ]);

  it.each([
    ["llm", [1, 3]], ["GPT llm", [1]], ["uberlastet", [1]], ['"llm tools"', [3]], ['"llm t', [3]], ["failed", [3]],
    ["missing", [2]], ["lost", [2]], ["nothing", []], ["", []], ["  ", []],
  ])("for %j finds %j", (query, places) => expect(search(tree, query)).toEqual(places));

  it("goes from hit to hit, and around the end", () => {
    expect([nextHit([1, 5], 1), nextHit([1, 5], 5), nextHit([1, 5], 1, true), nextHit([1, 5], 5, true), nextHit([], 0)]).toEqual([5, 1, 5, 1, undefined]);
  });
});
