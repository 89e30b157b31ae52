import { describe, expect, it } from "vitest";

import { STYLES, colourOf, styleOf } from "./styles";

const BACKGROUNDS = { light: ["#ffffff", "#f5f6f8"], dark: ["#131519", "#1a1d23"] };

/** Relative luminance (WCAG 2.2). */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].toSorted((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe("the ten looks", () => {
  it.each(["light", "dark"] as const)("are seen on all backgrounds of the %s theme", (theme) => {
    for (const style of STYLES) {
      for (const background of BACKGROUNDS[theme]) expect(contrast(style[theme], background), style[theme]).toBeGreaterThanOrEqual(3);
    }
  });

  it("have colours of their own, and dashes where the colours are alike to some", () => {
    expect(STYLES.length).toBe(10);
    for (const theme of ["light", "dark"] as const) expect(new Set(STYLES.map((style) => style[theme])).size).toBe(10);
    for (const [one, other] of [[0, 6], [2, 7], [4, 9]] as const) expect(STYLES[one]!.dash).not.toEqual(STYLES[other]!.dash);
  });

  it("begin again after the last, and take any number", () => {
    expect([10, -1, 3.7, NaN].map(styleOf)).toEqual([STYLES[0], STYLES[9], STYLES[3], STYLES[0]]);
    expect(colourOf(0)).toBe("light-dark(#3f5bd0, #8da2ff)");
  });
});
