import { expect, test } from "vitest";

import { keysOf, stretches, valuesOf } from "./split";

const traces = (releases: readonly string[]) => releases.map((release, at) => ({ release, user: `u${at}`, tags: ["a"], "a=b": 1 }));

test("keys group traces: one that names each trace, cannot be asked for or holds a list is none", () => {
  expect(keysOf(traces(["2.9", "2.9", "2.10"]))).toEqual(["release"]);
});

test("a key that data names like a method is a key like others", () => {
  const seen = [JSON.parse('{"__proto__": "x", "constructor": "y"}'), JSON.parse('{"__proto__": "x", "constructor": "y"}')] as object[];
  expect(keysOf(seen as Record<string, unknown>[])).toEqual(["__proto__", "constructor"]);
  expect(valuesOf(seen as Record<string, unknown>[], "__proto__").values).toEqual(["x"]);
});

test("the most frequent values are shown in the order of their numbers, and the others counted", () => {
  const seen = traces(["2.10", "2.10", "2.9", "2.9", "1.0", "1.0", "1.1", "1.1", "1.2", "1.2", "0.1"]);
  expect(valuesOf(seen, "release")).toEqual({ values: ["1.0", "1.1", "1.2", "2.9", "2.10"], others: 1 });
});

test("all of the range is looked at, not its end alone", () => {
  const range = { last: "24h", after: "", before: "" };
  const found = stretches({ range, after: 0, before: 4000 });
  expect(found).toHaveLength(4);
  expect([found[0]?.start_after, found[3]?.start_before]).toEqual(["1970-01-01T00:00:00.000Z", "1970-01-01T00:00:04.000Z"]);
  expect(stretches({ range: { last: "", after: "", before: "" }, after: -Infinity, before: Infinity })).toEqual([{}]);
});
