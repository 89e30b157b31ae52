import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  COMPARISONS, SORTS, formatFilters, formatFinding, isNarrowed, noFilters, parseFilters, parseFinding, stretchMs, traceQuery,
  type TraceFilters,
} from "./filters";

const words = fc.string({ unit: "grapheme" });
const named = fc.oneof(fc.string({ minLength: 1 }), fc.string({ minLength: 1, unit: fc.constantFrom("=", "<", ">", "!", "%", "3", "C", "p", "ü") }));
const condition = fc
  .record({ name: named, comparison: fc.constantFrom(...COMPARISONS), value: words })
  // `a<` and `=1` is written as `a<=1`: the API has no other way to say it.
  .filter(({ value }) => !value.startsWith("="));
const anyFilters: fc.Arbitrary<TraceFilters> = fc.record({
  last: fc.constantFrom("", "15m", "24h", "7d"),
  after: fc.constantFrom("", "2026-11-02T09:30:00Z"),
  before: fc.constantFrom("", "2026-11-03T09:30:00+02:00"),
  names: fc.uniqueArray(fc.string({ minLength: 1 })),
  spanNames: fc.uniqueArray(fc.string({ minLength: 1 })),
  spanFailed: fc.option(fc.boolean(), { nil: undefined }),
  session: words,
  severity: words,
  failed: fc.constantFrom(undefined, true, false),
  minMs: fc.option(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((ms) => ms || 0), { nil: undefined }),
  maxMs: fc.option(fc.nat(), { nil: undefined }),
  model: words,
  metadata: fc.array(fc.record({ key: fc.string({ minLength: 1 }).filter((key) => !key.includes("=")), value: words })),
  findings: fc.array(condition),
  foundAfter: fc.constantFrom("", "2026-11-02T09:30:00.5Z"),
  foundBefore: fc.constantFrom("", "2026-11-03T09:30:00+02:00"),
  q: words,
  sort: fc.constantFrom(...SORTS),
});

describe("a condition on a finding", () => {
  it("is written as the API wants it", () => {
    expect(formatFinding({ name: "response_safe_score", comparison: "<", value: "0.5" })).toBe("response_safe_score<0.5");
    expect(formatFinding({ name: "p<0.05", comparison: "=", value: "true" })).toBe("!p%3C0.05=true");
    expect(formatFinding({ name: "100% sure", comparison: "!=", value: "" })).toBe("100% sure!=");
  });

  it("fits the pattern of the specification", () => {
    const pattern = /^([^=<>!]+|!([^=<>!%]|%[0-9A-Fa-f]{2})+)(=|!=|<=|>=|<|>)[\s\S]*$/;
    fc.assert(fc.property(condition, (one) => { expect(formatFinding(one)).toMatch(pattern); }));
  });

  it("is read back as it was, whatever signs its name has", () => {
    fc.assert(fc.property(condition, (one) => { expect(parseFinding(formatFinding(one))).toEqual(one); }), { numRuns: 5000 });
  });

  it.each(["", "score", "=1", "!=1", "!%zz=1", "!%ff=1"])("is not made of %j", (text) => {
    expect(parseFinding(text)).toBeUndefined();
  });
});

describe("filters", () => {
  it("that narrow nothing leave the address empty", () => {
    expect(formatFilters(noFilters()).toString()).toBe("");
    expect(parseFilters(new URLSearchParams())).toEqual(noFilters());
    expect(traceQuery(noFilters(), 0)).toEqual({});
    expect(isNarrowed({ ...noFilters(), sort: "cost" })).toBe(false);
    expect(isNarrowed({ ...noFilters(), failed: false })).toBe(true);
  });

  it("survive the address", () => {
    fc.assert(
      fc.property(anyFilters, (filters) => {
        const expected = filters.last ? { ...filters, after: "", before: "" } : filters;
        expect(parseFilters(new URLSearchParams(formatFilters(filters).toString()))).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it("that somebody wrote into the address wrongly are left out", () => {
    const params = new URLSearchParams("last=1y&start_after=yesterday&start_before=2026-11-02T09:30:00&failed=constructor&min_duration_ms=-1&max_duration_ms=&metadata=x&finding=y&found_after=today&sort=colour&__proto__=1");
    expect(parseFilters(params)).toEqual(noFilters());
  });

  it("become the parameters of the API", () => {
    const filters: TraceFilters = {
      ...noFilters(), last: "15m", names: ["turn"], spanNames: ["llm", "kb"], spanFailed: true, failed: true, minMs: 100, metadata: [{ key: "channel", value: "web" }],
      findings: [{ name: "a=b", comparison: ">=", value: "2" }],
      foundAfter: "2026-11-02T09:00:00Z", foundBefore: "2026-11-02T09:10:00Z", q: "refund", sort: "-cost",
    };
    expect(traceQuery(filters, Date.parse("2026-11-02T09:30:00Z"))).toEqual({
      start_after: "2026-11-02T09:15:00.000Z", name: ["turn"], span_name: ["llm", "kb"], span_failed: true, failed: true, min_duration_ms: 100,
      metadata: ["channel=web"], finding: ["!a%3Db>=2"],
      found_after: "2026-11-02T09:00:00Z", found_before: "2026-11-02T09:10:00Z", q: "refund", sort: "-cost",
    });
  });

  it("know stretches of minutes, hours and days", () => {
    expect(["15m", "24h", "7d", "0d", "5", "999999d", "h"].map(stretchMs)).toEqual([900_000, 86_400_000, 604_800_000, undefined, undefined, undefined, undefined]);
  });
});
