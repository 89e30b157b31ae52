import { describe, expect, it } from "vitest";

import { doubt, kindsOf } from "./annotating";

const known = (...Types: ("number" | "boolean" | "label")[]) => ({ Name: "response_safe_score", Types });

describe("the type of an annotation", () => {
  it("is the one that the name has", () => {
    expect(kindsOf(known("number"))).toEqual(["number"]);
    expect(kindsOf(known("label"))).toEqual(["text"]);
    expect(kindsOf(undefined)).toEqual([]);
  });

  it("is a number before a text where a name has both", () => {
    expect(kindsOf(known("label", "number"))[0]).toBe("number");
  });

  it("is doubted when the name has another one", () => {
    expect(doubt("text", known("number"))).toContain("is a number");
    expect(doubt("boolean", known("label", "number"))).toContain("a number or a text");
    expect(doubt("number", known("number"))).toBe("");
    expect(doubt("text", known("label", "number"))).toBe("");
    expect(doubt("text", undefined)).toBe("");
  });
});
