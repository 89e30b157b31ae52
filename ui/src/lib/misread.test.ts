import fc from "fast-check";
import { describe, expect, it, test } from "vitest";

import { COMPARISONS, formatFilters, noFilters, parseFilters, SORTS } from "./filters";
import { misread, without, withMisread } from "./misread";

const of = (query: string) => new URLSearchParams(query);
const names = (query: string, page: "traces" | "sessions" | "finding" | "range" = "traces") =>
  misread(of(query), page).map(({ name, value }) => `${name}=${value}`);

describe("what is not understood", () => {
  it.each([
    "failed=maybe", "finding=abc", "min_duration_ms=banana", "max_duration_ms=-1", "start_after=yesterday",
    "start_before=2026-11-02T09:30:00", "last=99y", "metadata=foo", "found_after=today", "sort=colour", "nmae=x", "__proto__=1",
  ])("is %s", (query) => {
    const [found] = misread(of(query), "traces");
    expect(`${found?.name}=${found?.value}`).toBe(query);
    expect(found?.right).toMatch(/\w/);
  });

  it("is a second value of what counts once, and a time that “last” takes the place of", () => {
    expect(names("failed=true&failed=false")).toEqual(["failed=false"]);
    expect(names("last=1h&start_after=2026-11-02T09:30:00Z")).toEqual(["start_after=2026-11-02T09:30:00Z"]);
    expect(names("name=a&name=b&metadata=a%3D1&metadata=a%3D2&failed=true&failed=true")).toEqual([]);
  });

  it("is nothing of an address that the page writes, and of one that narrows nothing", () => {
    expect(names("failed=&last=&q=&metadata=")).toEqual([]);
    const filters = fc.record({
      last: fc.constantFrom("", "15m"), after: fc.constantFrom("", "2026-11-02T09:30:00Z"), names: fc.array(fc.string({ minLength: 1 })),
      failed: fc.constantFrom(undefined, true, false), minMs: fc.option(fc.nat(), { nil: undefined }), q: fc.string(), sort: fc.constantFrom(...SORTS),
      findings: fc.array(fc.record({ name: fc.string({ minLength: 1 }), comparison: fc.constantFrom(...COMPARISONS), value: fc.string() })),
    });
    fc.assert(fc.property(filters, (some) => { expect(misread(formatFilters({ ...noFilters(), ...some }), "traces")).toEqual([]); }));
  });

  it("is on other pages what they know, and not what is for others", () => {
    expect(names("last=99y&failed=maybe&metadata=foo", "range")).toEqual(["last=99y"]);
    expect(names("last=99y&failed=maybe&metadata=foo&show=mean", "finding")).toEqual(["last=99y", "metadata=foo"]);
    expect(names("last=1h&prefix=a&failed=no&name=a", "sessions")).toEqual(["failed=no", "name=a"]);
  });
});

test("left out, the rest of the address stays as it is", () => {
  const address = of("failed=maybe&name=a&finding=abc&finding=b%3C1");
  const [failed] = misread(address, "traces");
  expect(without(address, failed ? [failed] : []).toString()).toBe("name=a&finding=abc&finding=b%3C1");
  expect(without(address, misread(address, "traces")).toString()).toBe("name=a&finding=b%3C1");
});

describe("another filter", () => {
  const changed = (query: string, some: object) => {
    const filters = parseFilters(of(query));
    const [before, after] = [formatFilters(filters), formatFilters({ ...filters, ...some })];
    return withMisread(before, after, misread(of(query), "traces")).toString();
  };

  it("does not take away what was not understood", () => {
    expect(changed("failed=maybe&finding=abc", { names: ["a"] })).toBe("name=a&failed=maybe&finding=abc");
  });

  it("takes its place where it is the same, whatever other times there are", () => {
    expect(changed("failed=maybe", { failed: true })).toBe("failed=true");
    expect(changed("last=99y", { after: "2026-11-02T09:30:00Z" })).toBe("start_after=2026-11-02T09%3A30%3A00Z");
    expect(changed("finding=abc", { findings: [{ name: "a", comparison: "<", value: "1" }] })).toBe("finding=a%3C1&finding=abc");
  });
});
