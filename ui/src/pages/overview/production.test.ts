import { describe, expect, it } from "vitest";

import { brief } from "./production";

const figure = (Value: number | null, Unit = "1", Source: "metrics" | "traces" | "none" = "metrics") => ({ Value, Unit, Source });
/** A report of which every figure is this one. */
const report = (every: object) => {
  const part = new Proxy({}, { get: () => every });
  return { Requests: part, Predictions: part, Llm: part, Costs: part, Runtime: part } as unknown as Parameters<typeof brief>[0];
};

describe("production in a line", () => {
  it("is nothing where nothing was measured, or only recorded as traces", () => {
    expect(brief(report(figure(null)))).toEqual([]);
    expect(brief(report(figure(3, "{call}", "traces")))).toEqual([]);
  });

  it("names each figure with its unit", () => {
    const texts = brief(report(figure(0.5, "USD"))).map(({ text }) => text);
    expect(texts).toContain("500 ms");
    expect(texts).toContain("50 %");
    expect(texts).toContain("$0.50");
  });
});
