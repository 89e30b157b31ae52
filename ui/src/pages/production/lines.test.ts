import { describe, expect, it } from "vitest";

import { answer, group, point } from "./cast";
import { costLines, gaugeLines, memoryLines, predictionLines, quantileLines, requestLines, tokenLines } from "./lines";
import { dayPlaces } from "./places";

const told = ({ lines }: ReturnType<typeof requestLines>) => Object.fromEntries(lines.map((line) => [line.name, (line.told ?? line.values).filter((one) => one !== null)]));
const status = (code: string, ...counts: number[]) => group({ "http.response.status_code": code }, counts.map((Count, at) => point(at * 5, { Count })));

describe("requests", () => {
  it("are all of them, with errors in front", () => {
    const drawing = requestLines(answer("histogram", [status("200", 5), status("404", 2), status("503", 1), status("", 1)]));
    expect(told(drawing)).toEqual({ requests: [9], "4xx": [2], "5xx": [1] });
    expect(drawing.lines.map((line) => line.values[0])).toEqual([9, 3, 1]);
  });

  it("are added up in points that are wide enough to be seen, and those without any are gaps", () => {
    const drawing = requestLines(answer("histogram", [status("200", 1, 2, 3, 4)]));
    expect(drawing.seconds).toBe(900);
    expect(drawing.lines[0]?.values.slice(0, 3)).toEqual([6, 4, null]);
    expect(drawing.times.length).toBe(96);
  });

  it("are none where nothing was answered", () => {
    expect(requestLines(answer("counter", [])).lines.map((line) => line.name)).toEqual(["requests"]);
  });
});

describe("bars by kind", () => {
  const counted = (Attributes: Record<string, string>, Sum: number | null) => group(Attributes, [point(0, { Sum })]);

  it("stand on each other, and tell each alone", () => {
    const of = (outcome: string, sum: number) => counted({ outcome }, sum);
    const drawing = predictionLines(answer("counter", [of("ok", 7), of("error", 2), of("cancelled", 1)]));
    expect(told(drawing)).toEqual({ good: [7], cancelled: [1], failed: [2] });
    expect(drawing.lines.map((line) => line.values[0])).toEqual([10, 3, 2]);
  });

  it("gather kinds that are not known", () => {
    const of = (kind: string, sum: number | null) => counted({ "gen_ai.token.type": kind }, sum);
    expect(told(tokenLines(answer("counter", [of("input", 8), of("__proto__", 2), of("audio", 3), of("output", null)])))).toEqual({ other: [5], output: [], input: [8] });
  });

  it("have a place for each day of a longer window", () => {
    const Window = { Start: "2026-11-03T00:00:00Z", End: "2026-11-10T00:00:00Z" };
    const costs = answer("counter", [group({}, Array.from({ length: 7 * 24 }, (_, hour) => ({ ...point(0), Start: new Date(Date.parse(Window.Start) + hour * 3_600_000).toISOString(), Sum: 1 })))], { Window, StepSeconds: 3600 });
    const { lines, seconds } = costLines(costs, dayPlaces(costs));
    const values = lines[0]?.values ?? [];
    expect(seconds).toBe(86_400);
    expect(values.reduce<number>((sum, one) => sum + (one ?? 0), 0)).toBe(168);
    expect(values.slice(1, -1).every((one) => one === 24)).toBe(true);
  });
});

describe("lines", () => {
  it("of quantiles are in milliseconds, with gaps where there is none", () => {
    const Quantiles = [{ Quantile: 0.5, Value: 0.2, Above: null, UpTo: null }];
    const [p50, p95] = quantileLines(answer("histogram", [group({}, [point(5, { Quantiles })])]), [0.5, 0.95]).lines;
    expect([p50?.name, p50?.values.slice(0, 3), p95?.values[1]]).toEqual(["p50", [null, 200, null], null]);
  });

  it("of a gauge by state are of what is used, below its limit", () => {
    const state = (name: string, Mean: number) => group({ "system.memory.state": name }, [point(0, { Mean, Max: Mean + 1 })]);
    const usage = answer("gauge", [state("free", 9), state("used", 4)]);
    expect(gaugeLines(usage).lines.map((line) => line.values[0])).toEqual([5, 4]);
    const limit = answer("gauge", [group({}, [point(0, { Mean: 16 })])]);
    expect(memoryLines(usage, limit).lines.map((line) => line.name)).toEqual(["highest", "mean", "limit"]);
  });
});
