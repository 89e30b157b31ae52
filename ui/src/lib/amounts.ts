/** Tokens and money of answers, added up the way that people ask for them. */

import type { components } from "../api/schema";

type Schemas = components["schemas"];
type Usage = Schemas["Usage"];
export type Money = Schemas["Money"];

/** All tokens; what went in and came out where no total was sent, undefined where nothing was. */
export function tokensOf(usage: Usage | undefined): number | undefined {
  if (usage?.Total) return usage.Total.Amount;
  if (!usage?.Input && !usage?.Output) return undefined;
  return (usage.Input?.Amount ?? 0) + (usage.Output?.Amount ?? 0);
}

export function moneyIn(costs: readonly Money[], currency: string): number | undefined {
  return costs.find((one) => one.Currency === currency)?.Amount;
}

/** Currencies of all these costs, the one that occurs most often first. */
export function currenciesOf(all: readonly (readonly Money[])[]): string[] {
  const times = new Map<string, number>();
  for (const { Currency } of all.flat()) times.set(Currency, (times.get(Currency) ?? 0) + 1);
  return [...times].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([currency]) => currency);
}
