import { describe, expect, it } from "vitest";
import { betweenOf } from "../../lib/between";
import { anything, findingQuery, narrowed, numbersBehind, numbersOf, shown, shownText, together, tracesWith } from "./asking";

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
  const at = (clock: string) => ({ start: Date.parse(`2026-11-22T${clock}Z`) / 1000, seconds: 3600 });

  it("a point have what was found in just its stretch, and are narrowed alike", () => {
    const by = of("trace_name=chat&span_name=llm&model=m&metadata=release%3D1");
    expect(tracesWith(["score>=8"], by, day, at("10:00:00"))).toEqual({
      found_after: "2026-11-22T10:00:00.000Z",
      found_before: "2026-11-22T11:00:00.000Z",
      name: "chat",
      span_name: "llm",
      model: "m",
      metadata: ["release=1"],
      finding: ["score>=8"],
    });
  });

  it("a point at the edge of the range have nothing from outside of it", () => {
    const range = { last: "", after: "2026-11-22T10:30:00Z", before: "2026-11-22T10:45:00Z" };
    expect(tracesWith([], of(""), betweenOf(range, { now: NOW }), at("10:00:00"))).toMatchObject({
      found_after: "2026-11-22T10:30:00.000Z",
      found_before: "2026-11-22T10:45:00.000Z",
    });
  });

  it("the whole range have no end where it ends now, and no bounds where it has none", () => {
    expect(tracesWith([], of(""), day)).toMatchObject({ found_after: "2026-11-21T12:00:00.000Z", found_before: null });
    const always = betweenOf({ last: "", after: "", before: "" }, { now: NOW });
    expect(tracesWith([], of(""), always)).toMatchObject({ found_after: null, found_before: null });
  });

  it("something that has no comparison have any value of it", () => {
    expect([anything("tone"), anything("p<0.05")]).toEqual(["tone!=", "!p%3C0.05!="]);
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
