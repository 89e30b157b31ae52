/** How the axes of charts look. */

import type uPlot from "uplot";

const FONT = "11px system-ui, sans-serif";

/** At the foot of a chart. */
export function across(text: string, grid: string): uPlot.Axis {
  return { stroke: text, font: FONT, size: 26, gap: 6, grid: { show: false }, ticks: { stroke: grid, width: 1, size: 4 } };
}

/** At its side: as wide as its longest figure. */
export function upward(text: string, grid: string): uPlot.Axis {
  return {
    stroke: text,
    font: FONT,
    gap: 6,
    size: (_, values) => 14 + Math.max(16, ...(values ?? []).map((value) => value.length * 6.4)),
    grid: { stroke: grid, width: 1 },
    ticks: { show: false },
  };
}
