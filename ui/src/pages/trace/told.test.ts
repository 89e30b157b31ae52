import { describe, expect, it } from "vitest";

import { tellers, told, type Telling } from "./told";

const outline = (XID: string, Family: string, StartMs: number) => ({ XID, Family, StartMs });
const Start = "2026-01-01T00:00:00Z";

describe("the spans that may say what went in and out", () => {
  it("are the first and the last calls of a model in a large trace, in the order of time", () => {
    const calls = Array.from({ length: 60 }, (_, at) => outline(`c${at}`, "completion", 100 - at));
    expect(tellers([outline("search", "retrieval", 0), ...calls]).map((one) => one.XID)).toEqual([
      "c59", "c58", "c57", "c56", "c3", "c2", "c1", "c0",
    ]);
  });

  it("are all calls of a model in a small one", () => {
    const calls = Array.from({ length: 20 }, (_, at) => outline(`c${at}`, "completion", at));
    expect(tellers(calls)).toHaveLength(20);
  });

  it("are each asked once where a trace is large and calls are few", () => {
    const steps = Array.from({ length: 60 }, (_, at) => outline(`s${at}`, "other", at));
    expect(tellers([...steps, outline("a", "completion", 2), outline("b", "completion", 1)]).map((one) => one.XID)).toEqual(["b", "a"]);
  });

  it("are in the order of time", () => {
    expect(tellers([outline("a", "completion", 2), outline("b", "completion", 1)]).map((one) => one.XID)).toEqual(["b", "a"]);
  });

  it("are the first search and the last one where no model was called", () => {
    const spans = [outline("embed", "embeddings", 0), outline("one", "retrieval", 1), outline("two", "retrieval", 2), outline("step", "other", 3)];
    expect(tellers(spans).map((one) => one.XID)).toEqual(["embed", "two"]);
    expect(tellers([outline("step", "other", 3)])).toEqual([]);
  });
});

describe("what went in and out", () => {
  it("is the question and the answer", () => {
    const call: Telling = {
      XID: "call", Start,
      Completion: { Messages: [{ Role: "user", Contents: [{ Text: "Where?" }] }, { Role: "assistant", Contents: [{ Text: "Here." }] }] },
    };
    expect(told([call])).toMatchObject({ question: { span: "call", text: "Where?" }, answer: { span: "call", text: "Here." } });
  });

  it("is a query and the names of what it found", () => {
    const document = (Identifier: string, Title = "") => ({ Identifier, Title, ContentType: "text/plain" });
    const search: Telling = {
      XID: "search", Start,
      Retrieval: { Queries: [{ TextRepresentation: "spice" }], Documents: [document("a", "Unguja"), document("b")] },
    };
    expect(told([search])).toMatchObject({
      question: { span: "search", text: "spice" },
      answer: { span: "search", text: "2 documents: Unguja, b" },
    });
  });

  it("is the first of many inputs, with how many more there are", () => {
    const embed: Telling = { XID: "embed", Start, Embeddings: { Inputs: ["1", "2", "3", "4", "5", "6", "7"], Options: {} } };
    expect(told([embed]).question?.text).toBe("1\n\n2\n\n3\n\n4\n\n5\n\nand 2 more");
    expect(told([embed]).answer).toBeNull();
  });

  it("is nothing where nobody said anything", () => {
    expect(told([{ XID: "step", Start }])).toEqual({ question: null, answer: null, tools: [] });
  });
});
