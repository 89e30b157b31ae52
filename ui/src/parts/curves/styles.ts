/** Ten looks of curves: a colour for each theme, and dashes, so that colour is not the only sign. */

export interface Style {
  light: string;
  dark: string;
  /** Lengths of strokes and gaps in pixels; a whole line has none. */
  dash: readonly number[];
}

/**
 * Against the backgrounds of their theme all have a contrast of 3:1 and more (WCAG 2.2, 1.4.11);
 * in OKLab no two of a theme are nearer than 0.1. Those that are nearest to people who see no red
 * or green (0 and 6, 2 and 7, 4 and 9) have dashes that are most apart.
 */
export const STYLES: readonly Style[] = [
  { light: "#3f5bd0", dark: "#8da2ff", dash: [] },
  { light: "#0f8577", dark: "#43c4b3", dash: [8, 3] },
  { light: "#b35c00", dark: "#eaa04f", dash: [] },
  { light: "#9b3fa5", dark: "#c774dd", dash: [3, 2] },
  { light: "#a8002a", dark: "#ff5a5a", dash: [10, 3, 2, 3] },
  { light: "#1c2536", dark: "#f2f4f8", dash: [] },
  { light: "#1e8fd0", dark: "#2fbdf2", dash: [6, 4] },
  { light: "#848a00", dark: "#dbe45a", dash: [2, 3] },
  { light: "#e0508f", dark: "#ffb3d1", dash: [12, 4] },
  { light: "#6b3517", dark: "#a8683a", dash: [5, 2, 2, 2, 2, 2] },
];

/** The look with a number; with more curves than looks they begin again. */
export function styleOf(colour: number): Style {
  const size = STYLES.length;
  const at = Number.isFinite(colour) ? ((Math.trunc(colour) % size) + size) % size : 0;
  return STYLES[at]!;
}

/** For CSS: follows the theme. */
export function colourOf(colour: number): string {
  const { light, dark } = styleOf(colour);
  return `light-dark(${light}, ${dark})`;
}
