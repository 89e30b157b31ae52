import { describe, expect, it } from "vitest";

import { askedOf } from "./asking";
import { cloudDrawing, cloudNote, currenciesIn, daysOf, knownOf, type Source } from "./cloud";

const NOW = Date.parse("2026-11-22T12:03:20Z");
const days = { from: "2026-11-01", to: "2026-11-04" };
const sum = (Day: string, Service: string | null, BilledCost: string, more = {}) => ({ Day, Service, Currency: "USD", BilledCost, Estimated: false, ...more });
const drawn = (sums: ReturnType<typeof sum>[], known = days) =>
  Object.fromEntries(cloudDrawing(sums, "USD", days, known).lines.map((line) => [line.name, (line.told ?? line.values)]));

describe("the days of costs", () => {
  const of = (address: string) => daysOf(askedOf(new URLSearchParams(address)), NOW);

  it("are those that begin in the window, as in the report", () => {
    expect(of("last=30d")).toEqual({ from: "2026-10-24", to: "2026-11-23" });
    expect(of("start_after=2026-09-01T00:00:00Z&start_before=2026-10-01T00:00:00Z")).toEqual({ from: "2026-09-01", to: "2026-10-01" });
  });

  it("are some before the window where that is short, and none that is still to come", () => {
    expect(of("last=24h")).toEqual({ from: "2026-11-09", to: "2026-11-23" });
    expect(of("start_after=2030-01-01T00:00:00Z")).toEqual({ from: "2026-11-09", to: "2026-11-23" });
  });

  it("are never more than a server answers, or before there were any", () => {
    expect(of("start_after=0001-01-01T00:00:00Z&start_before=0002-01-01T00:00:00Z")).toEqual({ from: "1970-01-01", to: "1970-01-15" });
    const { from, to } = of("start_after=2000-01-01T00:00:00Z");
    expect((Date.parse(to) - Date.parse(from)) / 86_400_000).toBe(400);
  });

  const source = (Name: string, KnownFrom: string | null, KnownTo: string | null): Source => ({ Name, KnownFrom, KnownTo, KnownDays: 9, Currency: "USD", Poll: null });

  it("are known when every source knows them that knows any", () => {
    const sources = [source("a", "2026-10-01", "2026-11-04"), source("b", "2026-11-02", "2026-11-03"), source("given up", "2020-01-01", "2020-02-01")];
    expect(knownOf(sources, ["a", "b"], days)).toEqual({ from: "2026-11-02", to: "2026-11-03" });
    expect(knownOf(sources, ["a"], days)).toEqual(days);
    expect(knownOf(sources, [], days)).toBeNull();
    expect(knownOf([source("empty", null, null)], ["empty"], days)).toBeNull();
  });

  it("say which of them are known", () => {
    expect(cloudNote(days, { from: "2026-11-01", to: "2026-11-03" }, { service: "shop", tooMany: true, knownDays: 2 })).toMatch(/Known from 2026-11-01 to 2026-11-02\..*whole cloud.*too many/);
    expect(cloudNote(days, days, { service: null, tooMany: false, knownDays: 3 })).toBe("Days are those of UTC.");
    expect(cloudNote(days, null, { service: null, tooMany: false, knownDays: 3 })).toContain("No day is known");
    expect(cloudNote(days, days, { service: null, tooMany: false, knownDays: 1 })).toContain("Of 2 days in between not all sources know");
  });
});

describe("the costs of a day", () => {
  it("are those of its services, on each other", () => {
    const { lines } = cloudDrawing([sum("2026-11-01", "EC2", "10.5"), sum("2026-11-01", "S3", "2"), sum("2026-11-03", "EC2", "1")], "USD", days, days);
    expect(lines.map(({ name, values }) => [name, values])).toEqual([
      ["all", [12.5, null, 1]],
      ["S3", [12.5, null, 1]],
      ["EC2", [10.5, null, 1]],
    ]);
  });

  it("stand at the date that they are of, wherever somebody looks", () => {
    const { times } = cloudDrawing([sum("2026-11-01", "EC2", "1")], "USD", days, days);
    expect(times.map((time) => new Date(time * 1000).getDate())).toEqual([1, 2, 3]);
  });

  it("gather what is cheaper than the dearest four", () => {
    const sums = ["a", "b", "c", "d", "e", "f"].map((name, at) => sum("2026-11-01", name, String(10 - at)));
    expect(Object.keys(drawn(sums))).toEqual(["all", "2 other", "d", "c", "b", "a"]);
    expect(drawn(sums)["2 other"]).toEqual([11, null, null]);
  });

  it("keep credits apart, below zero, and the sum right", () => {
    const sums = [sum("2026-11-01", "EC2", "10"), sum("2026-11-01", "Credits", "-4")];
    expect(drawn(sums)).toMatchObject({ all: [6, null, null], EC2: [10, null, null], credits: [-4, null, null] });
  });

  it("are marked where they may still change", () => {
    const sums = [sum("2026-11-01", "EC2", "10"), sum("2026-11-02", "EC2", "5", { Estimated: true }), sum("2026-11-02", "S3", "1")];
    expect(drawn(sums)["estimated"]).toEqual([null, 6, null]);
  });

  it("are left out where not all sources know them, and of another currency", () => {
    const sums = [sum("2026-11-01", "EC2", "1"), sum("2026-11-03", "EC2", "3"), sum("2026-11-01", "EC2", "99", { Currency: "EUR" })];
    expect(drawn(sums, { from: "2026-11-01", to: "2026-11-03" })).toEqual({ EC2: [1, null, null] });
    expect(currenciesIn(sums)).toEqual(["USD", "EUR"]);
  });

  it("have names that do no harm, and no number that is none", () => {
    const sums = [sum("2026-11-01", "__proto__", "1"), sum("2026-11-01", "\u202eevil\n", "2"), sum("9999-12-31", "x", "1"), sum("2026-11-02", null, "no number")];
    const { lines } = cloudDrawing(sums, "USD", days, { from: "2026-11-01", to: "9999-12-31" });
    expect(lines.map(({ name }) => name).join()).not.toMatch(/[\u202e\n]/);
    expect(lines[0]?.values).toEqual([3, null, null]);
  });
});
