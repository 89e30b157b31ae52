import { describe, expect, it } from "vitest";
import { currenciesOf, tokensOf } from "./amounts";

const tokens = (Amount: number) => ({ Amount, Unit: "tokens" });
const money = (Currency: string) => ({ Amount: 1, Currency });

describe("tokensOf", () => {
  it("believes the total that was sent, and adds up where none was", () => {
    expect(tokensOf({ Input: tokens(3), Output: tokens(4), Total: tokens(9) })).toBe(9);
    expect(tokensOf({ Input: tokens(3), Output: tokens(4) })).toBe(7);
    expect(tokensOf({ Output: tokens(4) })).toBe(4);
  });

  it("does not take silence for nothing", () => {
    expect(tokensOf({})).toBeUndefined();
    expect(tokensOf(undefined)).toBeUndefined();
    expect(tokensOf({ Total: tokens(0) })).toBe(0);
  });
});

describe("currenciesOf", () => {
  it("begins with the usual one", () => {
    expect(currenciesOf([[money("EUR")], [money("USD"), money("EUR")], []])).toEqual(["EUR", "USD"]);
    expect(currenciesOf([])).toEqual([]);
  });
});
