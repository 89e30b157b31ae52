import { describe, expect, it } from "vitest";
import { cost, isFlattened, latency, slowerThan, tokens, tracesOf, traffic } from "./lines";

const tokensOf = (Amount: number) => ({ Amount, Unit: "tokens" });
const point = (more: object) => ({ Traces: 0, FailedTraces: 0, Usage: {}, Costs: [], ...more });

describe("the overview's charts", () => {
  it("keep a gap where nothing was recorded", () => {
    const points = [point({ Traces: 4, FailedTraces: 1 }), null];
    expect(traffic(points).map((line) => line.values)).toEqual([
      [4, null],
      [1, null],
    ]);
    expect(latency(points)[0]?.values).toEqual([null, null]);
  });

  it("stand output on input, and tell each alone", () => {
    const [output, input] = tokens([point({ Usage: { Input: tokensOf(70), Output: tokensOf(30) } })]);
    expect([output?.values, output?.told, input?.values]).toEqual([[100], [30], [70]]);
  });

  it("show tokens of which only the total is known", () => {
    const lines = tokens([point({ Usage: { Total: tokensOf(50) } })]);
    expect(lines[0]).toMatchObject({ name: "other", values: [50], told: [50] });
  });

  it("do not add up currencies", () => {
    const Costs = [
      { Amount: 2, Currency: "USD" },
      { Amount: 3, Currency: "EUR" },
    ];
    const lines = cost([point({ Costs }), point({ Costs: Costs.slice(0, 1) })]);
    expect(lines.map(({ currency, line }) => [currency, line.values])).toEqual([
      ["USD", [2, 2]],
      ["EUR", [3, 0]],
    ]);
  });
});

describe("the scale of latencies", () => {
  const line = (...values: (number | null)[]) => ({ name: "p99", colour: "", shape: "line" as const, values });

  it("is logarithmic where one trace would flatten all others", () => {
    expect(isFlattened([line(900, 1100, 1000), line(2000, null, 2_880_000, 2500)])).toBe(true);
  });

  it("is even where latencies are alike, and where one is zero", () => {
    expect(isFlattened([line(900, 1100, 1000), line(2000, 4000, 3000)])).toBe(false);
    expect(isFlattened([line(0, 1, 1), line(2000, 2_880_000, 2500)])).toBe(false);
    expect(isFlattened([line(null, null)])).toBe(false);
    expect(isFlattened([])).toBe(false);
  });
});

describe("the traces behind a point", () => {
  it("began in it, and not before the range", () => {
    expect(tracesOf(60, 60, 90_000)).toEqual({
      start_after: "1970-01-01T00:01:30.000Z",
      start_before: "1970-01-01T00:02:00.000Z",
    });
  });

  it("took as long as its percentile, p95 when no line is meant", () => {
    const lines = latency([point({ TraceDurationMs: { P50: 100, P95: 900, P99: 1000 } })]);
    expect(slowerThan(lines, 0, null)).toEqual({ min_duration_ms: 891, sort: "-duration" });
    expect(slowerThan(lines, 0, 0)).toEqual({ min_duration_ms: 99, sort: "-duration" });
    expect(slowerThan(latency([null]), 0, null)).toEqual({});
  });
});
