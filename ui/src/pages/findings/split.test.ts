import { expect, test } from "vitest";

import { keysOf, mostFound, valuesOf } from "./split";

const key = (name: string, values: readonly string[], traces = 2 * values.length, distinct = values.length) => ({
  Key: name,
  Traces: traces,
  Values: values.map((Value) => ({ Value, Traces: 2 })),
  DistinctValues: distinct,
});

test("keys group traces: one that names each trace, names a user or cannot be asked for is none", () => {
  const seen = [key("release", ["2.9", "2.10"]), key("order", ["a", "b"], 2), key("user", ["u"], 900, 400), key("a=b", ["1"], 9)];
  expect(keysOf(seen)).toEqual(["release"]);
  expect(keysOf([key("environment", ["production"], 1)])).toEqual(["environment"]);
});

test("a key that data names like a method is a key like others", () => {
  const seen = [key("__proto__", ["x"]), key("constructor", ["y"])];
  expect(keysOf(seen)).toEqual(["__proto__", "constructor"]);
  expect(valuesOf(seen, "__proto__").values).toEqual(["x"]);
  expect(valuesOf(seen, "toString")).toEqual({ values: [], others: 0 });
});

test("more values are asked for than are shown, and the others counted", () => {
  const all = Array.from({ length: 12 }, (_, at) => `1.${at}`);
  expect(valuesOf([key("release", all, 90, 15)], "release")).toEqual({ values: all.slice(0, 10), others: 5 });
});

test("those with the most findings are shown, in the order of their numbers", () => {
  const all = ["1.1", "2.10", "2.9", "1.0", "3", "4", "5"].map((value, at) => ({ value, count: at === 3 ? 0 : 10 - at }));
  expect(mostFound(all).map((one) => one.value)).toEqual(["1.1", "2.9", "2.10", "3", "4"]);
});
