import { describe, expect, it } from "vitest";
import { betweenOf } from "../../lib/between";
import { findingQuery, narrowed, numbersBehind, numbersOf, shown, shownText, together, tracesWith } from "./asking";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const day = betweenOf({ last: "24h", after: "", before: "" }, { now: NOW });
const of = (text: string) => narrowed(new URLSearchParams(text));
const numbers = { Count: 4, Min: 1, Max: 9, Mean: 3, P50: 2, P95: 8, P99: 9 };

describe("what a finding is narrowed to", () => {
  it("is in the address, and goes to the server by the names that it knows", () => {
    const by = of("trace_name=chat&span_name=llm&model=m&metadata=release%3D1&metadata=broken");
    expect(findingQuery("score", by, day)).toEqual({
      name: "score",
      trace_name: "chat",
      span_name: "llm",
      model: "m",
      metadata: ["release=1"],
      start_after: "2026-11-21T12:00:00.000Z",
    });
  });

  it("is nothing when the address says nothing", () => {
    expect(findingQuery("score", of(""), day)).toEqual({
      name: "score",
      start_after: "2026-11-21T12:00:00.000Z",
    });
  });
});

describe("the traces behind", () => {
  it("a point began in it or a little earlier, and are narrowed alike", () => {
    const point = { start: Date.parse("2026-11-22T10:00:00Z") / 1000, seconds: 3600 };
    expect(tracesWith(["score>=8"], of("trace_name=chat&span_name=llm"), day, point)).toMatchObject({
      start_after: "2026-11-22T09:50:00.000Z",
      start_before: "2026-11-22T11:00:00.000Z",
      name: "chat",
      q: "llm",
      finding: ["score>=8"],
    });
  });

  it("the whole range keep a stretch up to now", () => {
    expect(tracesWith([], of(""), day)).toMatchObject({ last: "24h", start_after: "" });
  });

  it("a high percentile are beyond it, and behind a middle one is the whole point", () => {
    expect(numbersBehind("s", "P95", numbers, 0)).toEqual(["s>=8"]);
    expect(numbersBehind("s", "P95", numbers, 0.01)).toEqual(["s>=7.92"]);
    expect(numbersBehind("s", "Min", numbers, 0)).toEqual(["s<=1"]);
    expect(numbersBehind("s", "Mean", numbers, 0)).toEqual(["s>=1"]);
    expect(numbersBehind("s", null, numbers, 0)).toEqual(["s>=1"]);
  });

  it("a bar are between its ends, the last one's upper end included", () => {
    const bin = { From: 1, To: 2, Count: 3 };
    expect(numbersOf("s", bin, false)).toEqual(["s>=1", "s<2"]);
    expect(numbersOf("s", bin, true)).toEqual(["s>=1", "s<=2"]);
    expect(numbersOf("p<0.05", { From: 2, To: 2, Count: 1 }, true)).toEqual(["!p%3C0.05=2"]);
  });
});

describe("the statistics shown", () => {
  it("come back from the address, and the usual ones need not be in it", () => {
    expect(shown(new URLSearchParams("show=max,p99,nonsense"))).toEqual(["P99", "Max"]);
    expect(shownText(["Max", "P99"])).toBe("p99,max");
    expect(shown(new URLSearchParams())).toEqual(["Mean", "P50", "P95"]);
    expect(shownText(["P95", "Mean", "P50"])).toBeNull();
  });
});

describe("together", () => {
  it("weighs means by how many numbers they stand for", () => {
    const points = [{ Numbers: { ...numbers, Count: 1, Mean: 10 } }, null, { Numbers: { ...numbers, Count: 3, Mean: 2, Min: -1 } }];
    expect(together(points)).toEqual({ count: 4, mean: 4, min: -1, max: 9 });
    expect(together([null, {}])).toBeUndefined();
  });
});
