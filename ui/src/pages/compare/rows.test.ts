import { describe, expect, it } from "vitest";
import type { Schemas } from "../../api/client";
import { differences, figuresOf, metadataOf, rowsOf } from "./rows";

type OutlineSpan = Schemas["OutlineSpan"];

const span = (XID: string, Name: string, more: Partial<OutlineSpan> = {}): OutlineSpan => ({
  XID,
  Name,
  ParentID: null,
  Family: "other",
  StartMs: 0,
  DurationMs: 100,
  Open: false,
  Severity: "unset",
  Failed: false,
  Model: "",
  Provider: "",
  Costs: [],
  EventCount: 0,
  FindingCount: 0,
  ...more,
});

describe("rowsOf", () => {
  it("puts spans of the same name side by side and says what only one side has", () => {
    const a = [span("1", "search"), span("2", "generate", { StartMs: 1 })];
    const b = [span("8", "search"), span("9", "check", { StartMs: 1 })];
    expect(rowsOf(a, b).map((row) => [row.name, row.a?.XID, row.b?.XID, row.differs])).toEqual([
      ["search", "1", "8", []],
      ["generate", "2", undefined, ["only in A"]],
      ["check", undefined, "9", ["only in B"]],
    ]);
  });

  it("has a key of its own for every row, also of repeated spans and missing parents", () => {
    const a = [span("1", "x"), span("1", "x"), span("2", "y", { ParentID: "gone" })];
    const keys = rowsOf(a, a).map((row) => row.key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(rowsOf(a, a).map((row) => row.name)).toContain("(missing parent)");
  });
});

describe("differences", () => {
  const one = span("1", "x", { TotalTokens: 10, Model: "m" });

  it("are none between a span and itself", () => {
    expect(differences(one, one)).toEqual([]);
  });

  it("name what differs", () => {
    const other = { ...one, Failed: true, Model: "n", TotalTokens: 11, DurationMs: 200 };
    expect(differences(one, other)).toEqual(["failed in B", "another model", "other tokens", "slower in B"]);
  });

  it("do not name a duration that is only a little another", () => {
    expect(differences(one, { ...one, DurationMs: 130 })).toEqual([]);
    expect(differences({ ...one, DurationMs: 1 }, { ...one, DurationMs: 10 })).toEqual([]);
  });
});

describe("figuresOf", () => {
  const outline = (more: object) =>
    ({ DurationMs: 1, SpanCount: 0, Spans: [], Usage: {}, Costs: [], ...more }) as unknown as Schemas["TraceOutline"];

  it("leaves out what neither trace has, and shows each currency", () => {
    const a = outline({ Costs: [{ Amount: 1, Currency: "USD" }] });
    const b = outline({ Costs: [{ Amount: 2, Currency: "EUR" }] });
    expect(figuresOf(a, b).map((one) => [one.name, one.a, one.b])).toEqual([
      ["Duration", 1, 1],
      ["Spans", 0, 0],
      ["Failed spans", 0, 0],
      ["Cost, EUR", undefined, 2],
      ["Cost, USD", 1, undefined],
    ]);
  });
});

describe("metadataOf", () => {
  it("shows only what differs, and does not take a name of JavaScript's own for metadata", () => {
    expect(metadataOf({ release: "1", same: [1] }, { release: "2", same: [1], constructor: "x" })).toEqual([
      { key: "constructor", a: undefined, b: "x" },
      { key: "release", a: "1", b: "2" },
    ]);
  });
});
