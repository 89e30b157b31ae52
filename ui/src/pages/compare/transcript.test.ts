import { describe, expect, it } from "vitest";
import { transcript } from "./transcript";

const nothing = { Message: "" };

describe("transcript", () => {
  it("reads as a conversation, with the tools that were called", () => {
    const text = transcript({
      ...nothing,
      Completion: {
        Messages: [
          { Role: "user", Contents: [{ Text: "Where is it?" }] },
          {
            Role: "assistant",
            Contents: [],
            ToolCalls: [{ ID: "1", Type: "function", Function: { Name: "GetOrder", Arguments: { id: 7 } } }],
          },
        ],
      },
    });
    expect(text).toBe('user:\nWhere is it?\n\nassistant:\ncalls GetOrder {\n  "id": 7\n}');
  });

  it("names data instead of spelling it out", () => {
    const Contents = [{ MimeType: "image/png", Data: "AAAA" }];
    const text = transcript({ ...nothing, Completion: { Messages: [{ Role: "user", Contents }] } });
    expect(text).toBe("user:\n[image/png, 4 characters of base64]");
  });

  it("holds queries, documents and inputs", () => {
    const document = { Identifier: "doc-1", Title: "Shipping", ContentType: "text/plain", Content: "Two days." };
    const retrieval = { Queries: [{ TextRepresentation: "shipping" }], Documents: [document] };
    expect(transcript({ ...nothing, Retrieval: retrieval })).toBe(
      "query:\nshipping\n\ndocument doc-1:\nShipping\nTwo days.",
    );
    expect(transcript({ ...nothing, Embeddings: { Inputs: ["a"], Options: {} } })).toBe("input:\na");
  });

  it("says what went wrong, and is empty when there is nothing to read", () => {
    expect(transcript({ Message: "timed out" })).toBe("message:\ntimed out");
    expect(transcript(nothing)).toBe("");
  });
});
