import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { modelRows, routeRows, sorted, versionRows, type Split } from "./breakdown";
import { answer, group } from "./cast";

const route = (name: string, Count: number) => group({ "http.request.method": "GET", "http.route": name }, [], { Count, Mean: 0.1 });

describe("routes", () => {
  it("have the errors of all statuses", () => {
    const failing = [answer("histogram", [route("/a", 2)]), answer("histogram", [route("/a", 1), route("/b", 4)])];
    const rows = routeRows(answer("histogram", [route("/a", 9), route("/b", 7), route("/c", 5)]), failing);
    expect(rows.map(({ name, figures }) => [name, figures.requests, figures.failed])).toEqual([
      ["/a", 9, 3],
      ["/b", 7, 4],
      ["/c", 5, 0],
    ]);
  });

  it("do not say that nothing failed where only the most failing were answered", () => {
    const cut = answer("histogram", [route("/a", 2)], { GroupCount: 60 });
    expect(routeRows(answer("histogram", [route("/a", 9), route("/c", 5)]), [cut]).map((row) => row.figures.failed)).toEqual([2, null]);
  });
});

describe("versions of models", () => {
  const of = (version: string, more: Record<string, string> = {}) => ({ "model.name": "churn", "model.version": version, ...more });
  const none = answer("gauge", []);

  it("have what failed apart from what was cancelled, and the accuracy with the most samples", () => {
    const counted = (version: string, Sum: number) => group(of(version), [], { Sum });
    const last = (window: string, Last: number) => group(of("3", { window }), [], { Last });
    const [row, other] = versionRows({
      predictions: answer("counter", [counted("3", 13), counted("4", 2)]),
      fine: [answer("counter", []), answer("counter", [counted("3", 8), counted("4", 2)]), answer("counter", [counted("3", 4)])],
      durations: none,
      confidence: none,
      truths: [],
      accuracy: answer("gauge", [last("1h", 0.5), last("1d", 0.9)]),
      samples: answer("gauge", [last("1h", 10), last("1d", 400)]),
    });
    expect(row?.figures).toMatchObject({ predictions: 13, failed: 1, accuracy: 0.9, samples: 400, mean: null });
    expect(other?.figures).toMatchObject({ predictions: 2, failed: 0, accuracy: null });
  });
});

describe("the accuracy of a version", () => {
  it("is that of the truths of the window, with what was corrected, and not what was told last", () => {
    const of = { "model.name": "churn", "model.version": "3" };
    const counted = (Sum: number) => answer("counter", [group(of, [], { Sum })]);
    const gauge = (Last: number) => answer("gauge", [group({ ...of, window: "24h" }, [], { Last })]);
    const row = (...truths: number[]) =>
      versionRows({
        predictions: counted(9), fine: [], durations: answer("gauge", []), confidence: answer("gauge", []),
        truths: truths.map(counted), accuracy: gauge(1), samples: gauge(4),
      })[0]?.figures;
    expect(row(6, 4, 2, 1)).toMatchObject({ accuracy: 0.7, samples: 10 });
    expect(row(1, 1, 5, 0)).toMatchObject({ accuracy: 1, samples: 2 });
    expect(row(0, 0, 1, 0)).toMatchObject({ accuracy: 1, samples: 4 });
  });
});

describe("versions of many models", () => {
  it("do not take those that were left out of an answer for failures", () => {
    const counted = (version: string, Sum: number) => group({ "model.name": "churn", "model.version": version }, [], { Sum });
    const none = answer("gauge", []);
    const [known, unknown] = versionRows({
      predictions: answer("counter", [counted("1", 9), counted("2", 7)]),
      fine: [answer("counter", [counted("1", 8)], { GroupCount: 60 }), answer("counter", [])],
      durations: none, confidence: none, truths: [], accuracy: none, samples: none,
    });
    expect([known?.figures.failed, unknown?.figures.failed]).toEqual([1, null]);
  });
});

describe("language models", () => {
  it("have tokens of each direction and their cost", () => {
    const of = (more: Record<string, string> = {}) => ({ "gen_ai.provider.name": "acme", "gen_ai.request.model": "tiny", ...more });
    const tokens = (Sum: number) => answer("counter", [group(of(), [], { Sum })]);
    const durations = answer("histogram", [group(of(), [], { Count: 3, Mean: 1 })]);
    const none = answer("counter", []);
    const [row] = modelRows({ durations, sent: [tokens(5), tokens(2), none], came: [tokens(4), tokens(1)], costs: none });
    expect(row?.figures).toMatchObject({ calls: 3, in: 7, out: 5, cost: null });
  });

  it("have no tokens where nobody told any, and none that are too few", () => {
    const of = (model: string) => ({ "gen_ai.provider.name": "acme", "gen_ai.request.model": model });
    const tokens = (Sum: number, more = {}) => answer("counter", [group(of("a"), [], { Sum })], more);
    const durations = answer("histogram", [group(of("a"), []), group(of("b"), [])]);
    const none = answer("counter", []);
    const rows = modelRows({ durations, sent: [tokens(5), tokens(2, { GroupCount: 60 })], came: [none, none], costs: none });
    expect(rows.map(({ figures }) => [figures.in, figures.out])).toEqual([[7, null], [null, null]]);
  });
});

describe("an order of rows", () => {
  const row = (name: string, value: number | null): Split => ({ id: name, name, beside: "", figures: { n: value } });

  it("puts what is not known last, either way", () => {
    const rows = [row("a", 1), row("b", null), row("c", 3)];
    const names = (descending: boolean) => sorted(rows, { by: "n", descending }).map(({ name }) => name);
    expect([names(true), names(false)]).toEqual([
      ["c", "a", "b"],
      ["a", "c", "b"],
    ]);
  });

  it("is the same whatever the rows came in, and never forgets one", () => {
    const rows = fc.uniqueArray(fc.record({ name: fc.string(), value: fc.option(fc.double({ noNaN: true })) }), { selector: ({ name }) => name });
    fc.assert(
      fc.property(rows, fc.boolean(), fc.constantFrom("name", "n"), (found, descending, by) => {
        const made = found.map(({ name, value }) => row(name, value));
        const ids = (some: Split[]) => sorted(some, { by, descending }).map(({ id }) => id);
        expect(ids(made)).toEqual(ids(made.toReversed()));
        expect(ids(made).toSorted()).toEqual(made.map(({ id }) => id).toSorted());
      }),
    );
  });
});
