import { describe, expect, it } from "vitest";

import { fittingStretch } from "./stretch";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const ago = (hours: number, Traces: number) => ({ Start: new Date(NOW - hours * 3_600_000).toISOString(), Traces });

describe("the stretch that an overview opens on", () => {
  it("is the usual one where that has enough", () => {
    expect(fittingStretch([ago(2, 40), ago(100, 900)], NOW)).toBeNull();
  });

  it("is the shortest that has enough", () => {
    expect(fittingStretch([ago(50, 40), ago(500, 900)], NOW)).toBe("7d");
    expect(fittingStretch([ago(2, 3), ago(50, 40)], NOW)).toBe("7d");
    expect(fittingStretch([ago(500, 900)], NOW)).toBe("30d");
  });

  it("is the shortest with anything where none has enough", () => {
    expect(fittingStretch([ago(2, 3), ago(50, 2)], NOW)).toBeNull();
    expect(fittingStretch([ago(50, 2), ago(300, 1)], NOW)).toBe("7d");
    expect(fittingStretch([], NOW)).toBeNull();
  });
});
