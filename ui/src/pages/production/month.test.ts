import { describe, expect, it } from "vitest";

import { monthRows, type Trend } from "./month";

const span = (From: string, To: string, Amount: string | null) => ({ From, To, Amount, MissingDays: 0, EstimatedDays: 2 });
const TREND: Trend = {
  Basis: "billed",
  Sources: ["aws"],
  Currency: "USD",
  Now: span("2026-11-13", "2026-11-20", "70"),
  Before: span("2026-11-06", "2026-11-13", "56"),
  Change: "14",
  Ratio: 0.25,
  Reason: "",
  Month: {
    From: "2026-11-01", To: "2026-12-01", KnownTo: "2026-11-20", SoFar: "180.5", Amount: "300", Low: "280.25", High: "319.75",
    Level: 0.8, Method: "mean of the same weekdays", LearnedFrom: 56, EstimatedDays: 1, Reason: "",
  },
  Units: { From: "2026-11-13", To: "2026-11-20", Predictions: 35_000, LlmCalls: null, CostPerPrediction: "0.002", CostPerLlmCall: null, Reason: "" },
};
const told = (more: Partial<Trend> = {}) => Object.fromEntries(monthRows({ ...TREND, ...more }).map((row) => [row.name, row]));

describe("a month of the cloud", () => {
  it("is told with its forecast, the interval of that, and how it changes", () => {
    const rows = told();
    expect(rows["2026-11 so far"]).toMatchObject({ value: "$180.50", about: "2026-11-01 to 2026-11-19; 1 day of them may still change" });
    expect(rows["2026-11 expected"]?.value).toBe("$300.00");
    expect(rows["2026-11 expected"]?.about).toContain("between $280.25 and $319.75, with 80 % certainty");
    expect(rows["Last 7 days"]).toMatchObject({ value: "$70.00", about: "25 % more than in the 7 before; 2 days of them may still change" });
  });

  it("is whole when all of its days are known, and not because they cost the same", () => {
    const same = { ...TREND.Month, Low: "300", High: "300" };
    expect(told({ Month: same })["2026-11 expected"]?.about).toMatch(/^between \$300.00 and \$300.00, .* each day to come/);
    expect(told({ Month: { ...same, KnownTo: same.To } })["2026-11 expected"]?.about).toBe("all of its days are known");
  });

  it("has costs of units over the same days, and says of which nobody counted any", () => {
    const rows = told();
    expect(rows["Per prediction"]).toMatchObject({ value: "$0.002", about: "35,000 in 2026-11-13 to 2026-11-19" });
    expect(rows["Per call of a model"]).toMatchObject({ value: "not measured", about: "No calls of language models were measured in these days." });
    const Units = { ...TREND.Units, LlmCalls: 0 };
    expect(told({ Units })["Per call of a model"]?.about).toBe("There were no calls of language models in these days.");
  });

  it("says why something is not known", () => {
    const Month = { ...TREND.Month, Amount: null, Low: null, High: null, Reason: "too few days: 3 are known" };
    const rows = told({ Month, Now: span("2026-11-13", "2026-11-20", null), Ratio: null, Reason: "too few days" });
    expect(rows["2026-11 expected"]).toMatchObject({ value: "not measured", about: "Too few days: 3 are known.", missing: true });
    expect(rows["Last 7 days"]).toMatchObject({ value: "not measured", about: "Too few days." });
  });

  it("has no ratio to days that cost nothing", () => {
    expect(told({ Ratio: null, Reason: "the 7 days before cost 0: there is no ratio to that" })["Last 7 days"]?.about).toMatch(/^The 7 days before cost 0: there is no ratio to that; 2 days/);
  });
});
