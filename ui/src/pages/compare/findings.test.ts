import { describe, expect, it } from "vitest";
import { pairFindings } from "./findings";

const found = (Name: string, Value: number | string | boolean, second = 0, Unit = "") => ({
  Name,
  Value,
  Unit,
  At: `2026-01-01T00:00:${String(second).padStart(2, "0")}Z`,
});

describe("pairFindings", () => {
  it("says how much more the second one is", () => {
    const [pair] = pairFindings([found("tokens", 40, 0, "tokens")], [found("tokens", 55)]);
    expect(pair).toMatchObject({ a: 40, b: 55, difference: 15, unit: "tokens", same: false });
  });

  it("keeps what only one side has", () => {
    const pairs = pairFindings([found("safe", true)], [found("tone", "kind")]);
    expect(pairs.map((pair) => [pair.name, pair.a, pair.b])).toEqual([
      ["safe", true, undefined],
      ["tone", undefined, "kind"],
    ]);
  });

  it("takes the latest of several and says how many there were", () => {
    const [pair] = pairFindings([found("score", 1, 5), found("score", 2, 1)], [found("score", 1)]);
    expect(pair).toMatchObject({ a: 1, b: 1, countA: 2, countB: 1, same: false });
  });

  it("subtracts nothing from a label or a boolean", () => {
    expect(pairFindings([found("x", "1")], [found("x", 2)])[0]?.difference).toBeUndefined();
  });
});
