import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { beside, figure } from "./cast";
import { bucketText, changeFor, figureText, isMeasured, noteText, PARTS, samplesText, sourceText, type Summary } from "./figures";

describe("a figure", () => {
  it.each([
    [15_234, "{request}", "15,234"],
    [0.045, "s", "45 ms"],
    [0.997, "1", "99.7 %"],
    [0.99999, "1", "> 99.9 %"],
    [0, "1", "0 %"],
    [-0.125, "1", "−12.5 %"],
    [0.0023, "USD", "$0.0023"],
    [35.04, "USD", "$35.04"],
    [1_234_567, "{token}", "1.23M"],
    [5.5, "d", "5 d 12 h"],
    [0.097_23, "{request}/s", "0.0972 /s"],
    [12_345.67, "{request}/s", "12,346 /s"],
    [7, "{hop}", "7 {hop}"],
  ])("of %d %s reads %s", (number, unit, text) => {
    expect(figureText(number, unit)).toBe(text);
  });

  it("is never a number that is none, whatever it is and whatever its unit", () => {
    const unit = fc.oneof(fc.constantFrom("s", "d", "1", "{request}", "{token}", "{request}/s", "USD"), fc.string());
    fc.assert(
      fc.property(fc.double(), unit, (number, of) => {
        expect(figureText(number, of).replace(of, "")).not.toMatch(/NaN|Infinity|undefined/);
      }),
    );
  });

  it("moves in percent, and a share in points", () => {
    expect(changeFor(beside(0.1, 0.2)).words).toBe("down by 50 %");
    expect(changeFor(beside(0.05, 0.03, "1")).words).toBe("up by 2.0 percentage points");
    expect(changeFor(beside(5, 0, "{call}")).words).toBe("none before");
  });

  it("is not compared with what was not measured, or cannot be", () => {
    for (const one of [beside(null, 1), beside(1, null), figure(1), { ...beside(2, 1, "EUR"), Change: null }]) {
      expect(changeFor(one).direction).toBe("none");
    }
  });

  it("says what it rests on", () => {
    expect(samplesText(1, "request")).toBe("1 request");
    expect(samplesText(1200, "prediction with its truth")).toBe("1,200 predictions with its truth");
    expect(sourceText("traces")).toBe("traces that were recorded");
    expect(sourceText("none")).toBe("");
    expect(sourceText("another")).toBe("another");
  });

  it("says why it is missing, as a sentence", () => {
    expect(noteText("not measured: no call told its cost")).toBe("No call told its cost.");
    expect(noteText("")).toBe("");
  });

  it("says in which bucket it lies", () => {
    expect(bucketText(figure(0.2, "s", { Bucket: { Above: 0.1, UpTo: 0.25 } }))).toBe("100 ms to 250 ms");
    expect(bucketText(figure(0.2, "s", { Bucket: { Above: null, UpTo: 0.25 } }))).toBe("up to 250 ms");
    expect(bucketText(figure(10, "s", { Bucket: { Above: 10, UpTo: null } }))).toBe("more than 10 s");
    expect(bucketText(figure(10))).toBe("");
  });
});

/** A report in which every figure is the same. */
function report(every: (key: string) => ReturnType<typeof figure>): Summary {
  const part = new Proxy({}, { get: (_, key) => every(String(key)) });
  return { Requests: part, Predictions: part, Llm: part, Costs: part, Runtime: part } as Summary;
}

describe("a part of the report", () => {
  it("is measured when any of its figures is, and not by a count of what is unknown", () => {
    for (const part of PARTS) {
      expect(isMeasured(part, report(() => figure(null)))).toBe(false);
      expect(isMeasured(part, report(() => figure(0)))).toBe(true);
    }
    const cost = PARTS.find(({ id }) => id === "cost")!;
    expect(isMeasured(cost, report((key) => figure(key === "UnpricedCalls" ? 7 : null)))).toBe(false);
  });

  it("names each of its figures once", () => {
    for (const { rows } of PARTS) expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  });
});
