import { describe, expect, it } from "vitest";

import { askedOf, isNarrowed, namesIn, runsQuery, summaryQuery } from "./asking";

const NOW = Date.parse("2026-11-02T10:00:00Z");

describe("what telemetry is narrowed to", () => {
  it("goes to the server as it stands in the address", () => {
    const asked = askedOf(new URLSearchParams("command=train&status=failed&status=stuck&last=1h"));
    expect(isNarrowed(asked)).toBe(true);
    expect(runsQuery(asked, NOW)).toEqual({ command: "train", status: ["failed", "stuck"], start_after: "2026-11-02T09:00:00.000Z" });
    expect(summaryQuery(asked, NOW)).toEqual({ command: "train", at_after: "2026-11-02T09:00:00.000Z" });
  });

  it("is nothing where the address says nothing", () => {
    const asked = askedOf(new URLSearchParams("status=&command="));
    expect([isNarrowed(asked), runsQuery(asked, NOW), summaryQuery(asked, NOW)]).toEqual([false, {}, {}]);
  });
});

it("numbers that were read have names, and what is no number is none", () => {
  expect(namesIn([{ b: 1, state: "hot" }, { a: 0.5, b: 2 }])).toEqual(["a", "b"]);
});
