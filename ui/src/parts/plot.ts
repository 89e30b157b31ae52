/** Draws a chart with uPlot; loaded with it when the first chart is seen. */

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import { across, upward } from "./axes";
import { gaps, lonely, tick, type Line } from "./chart";
import { palette } from "./palette";

export interface Drawn {
  times: number[];
  /** Width of one point in seconds. */
  seconds: number;
  lines: readonly Line[];
  format: (value: number) => string;
  /** How far apart the figures of the scale may be; undefined stands for what is round in tens. */
  steps: number[] | undefined;
  height: number;
  /** Charts with the same name show the same moment. */
  together: string;
  /** The marks of a scale on which equal steps are equal factors; then no value may be zero or less. */
  logarithmic: readonly number[] | undefined;
  /** Highest value of the scale, when it is not the highest point. */
  top: number | undefined;
}

export interface Told {
  /** The pointer is over a point (and near a line), or over none. */
  pointed: (at: number | null, line: number | null) => void;
  /** A point was clicked. */
  picked: (at: number) => void;
  /** A stretch was dragged over; seconds. */
  zoomed: (from: number, to: number) => void;
}

const NEAR = 24; // px to a line within which a click means it
const WHOLE_STEPS = Array.from({ length: 15 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();
const PRESSES = new Set(["mousedown", "mouseup", "dblclick"]);
const BARS = uPlot.paths.bars?.({ align: 1, size: [0.86, 64] });
const SHORTEST_DRAG = 12; // px; a click that shakes is no drag

export class Plot {
  readonly #plot: uPlot;
  #at: number | null = null;

  constructor(target: HTMLElement, drawn: Drawn, told: Told) {
    const ready = (): void => this.point(this.#at);
    this.#plot = new uPlot(options(target, drawn, told, ready), data(drawn), target);
    this.#plot.over.addEventListener("click", () => {
      const at = this.#plot.cursor.idx;
      if (at != null) told.picked(at);
    });
  }

  resize(width: number): void {
    if (width > 0) this.#plot.setSize({ width, height: this.#plot.height });
  }

  /** Show the cursor at a point; null takes it away. */
  point(at: number | null): void {
    this.#at = at;
    if (this.#plot.status === 0) return; // no scale yet to put it on; when it is ready
    const time = at === null ? undefined : this.#plot.data[0][at];
    const left = time === undefined ? -10 : this.#plot.valToPos(time, "x");
    this.#plot.setCursor({ left, top: time === undefined ? -10 : 4 });
  }

  destroy(): void {
    this.#plot.destroy();
  }
}

function data(drawn: Drawn): uPlot.AlignedData {
  return [drawn.times, ...drawn.lines.map((line) => line.values)];
}

function options(target: HTMLElement, drawn: Drawn, told: Told, ready: () => void): uPlot.Options {
  const colours = palette(target, ["var(--text-soft)", "var(--line)", ...drawn.lines.map((line) => line.colour)]);
  const [text = "", grid = "", ...ofLines] = colours;
  return {
    width: target.clientWidth,
    height: drawn.height,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 7, width: 2 },
      drag: { x: true, y: false, dist: SHORTEST_DRAG, setScale: false },
      focus: { prox: NEAR },
      // Others follow the pointer only: a stretch that is dragged here is no stretch of theirs.
      sync: { key: drawn.together, setSeries: false, filters: { pub: (type) => type.startsWith("mouse") && !PRESSES.has(type) } },
    },
    focus: { alpha: 1 },
    scales: {
      x: { time: true, range: () => [drawn.times[0] ?? 0, (drawn.times.at(-1) ?? 0) + drawn.seconds] },
      y: drawn.logarithmic
        ? { distr: 3, log: 10, range: (_, low, high) => between(low, high, drawn.logarithmic) }
        : { range: (_, low, high) => span(low, high, drawn) },
    },
    axes: [xAxis(text, grid), yAxis(text, grid, drawn)],
    series: [{}, ...drawn.lines.map((line, at) => series(line, ofLines[at] ?? text))],
    hooks: { ...hooks(drawn, told, ofLines), ready: [ready] },
  };
}

function hooks(drawn: Drawn, told: Told, colours: readonly string[]): uPlot.Hooks.Arrays {
  const bars = drawn.lines.every((line) => line.shape === "bars");
  let near: number | null = null;
  return {
    setSeries: [
      (_, at) => {
        near = at == null ? null : at - 1;
      },
    ],
    drawSeries: [(plot, at) => bridge(plot, at, drawn.lines[at - 1], colours[at - 1])],
    setCursor: [(plot) => told.pointed(plot.cursor.idx ?? null, bars ? barAt(plot, drawn) : near)],
    setSelect: [
      (plot) => {
        const { left, width } = plot.select;
        if (width >= SHORTEST_DRAG) told.zoomed(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
        plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      },
    ],
  };
}

/** Over what was not recorded a line goes on thin and dashed: broken into pieces it has no course. */
function bridge(plot: uPlot, at: number, line: Line | undefined, colour: string | undefined): void {
  if (line?.shape !== "line" || colour === undefined) return;
  const place = (one: number): [number, number] => [
    plot.valToPos(plot.data[0][one] ?? 0, "x", true),
    plot.valToPos(plot.data[at]?.[one] ?? 0, "y", true),
  ];
  const { ctx } = plot;
  ctx.save();
  ctx.beginPath();
  for (const [from, to] of gaps(line.values)) {
    ctx.moveTo(...place(from));
    ctx.lineTo(...place(to));
  }
  ctx.strokeStyle = colour;
  ctx.globalAlpha = 0.55;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.stroke();
  ctx.restore();
}

/** The bar under the pointer, the frontmost of those that reach so high; null above them all. */
function barAt(plot: uPlot, drawn: Drawn): number | null {
  const { idx, top } = plot.cursor;
  if (idx == null || top == null || top < 0) return null;
  const height = plot.posToVal(top, "y");
  const found = drawn.lines.findLastIndex((line) => (line.values[idx] ?? -1) >= height);
  return found < 0 ? null : found;
}

/** From zero where that hides nothing: figures that are all far from it would look all the same. */
function span(low: number | null, high: number | null, drawn: Drawn): uPlot.Range.MinMax {
  if (drawn.top !== undefined) return [0, drawn.top];
  if (low === null || high === null) return [0, 1];
  const bars = drawn.lines.some((line) => line.shape === "bars");
  const zero = low >= 0 && (bars || low < high * 0.6 || low === high);
  const room = (zero ? high : high - low) * 0.06 || Math.abs(high) * 0.06 || 1;
  return [zero ? 0 : low - room, high + room];
}

/** From a mark on, so that the lowest line of the grid has a word. */
function between(low: number | null, high: number | null, marks: readonly number[] = []): uPlot.Range.MinMax {
  if (low === null || high === null || low <= 0) return [1, 10];
  return [marks.findLast((mark) => mark <= low) ?? low * 0.8, high * 1.25];
}

function series(line: Line, colour: string): uPlot.Series {
  if (line.shape === "bars") {
    return {
      stroke: colour,
      fill: colour,
      width: 0,
      ...(BARS && { paths: BARS }),
      points: { show: false },
    };
  }
  return {
    stroke: colour,
    width: 1.75,
    points: { show: true, size: 5, fill: colour, filter: () => lonely(line.values) },
  };
}

function xAxis(text: string, grid: string): uPlot.Axis {
  return {
    ...across(text, grid),
    space: 64,
    values: (_, splits, __, ___, step) => splits.map((at) => tick(at, step)),
  };
}

function yAxis(text: string, grid: string, { format, lines, steps, logarithmic }: Drawn): uPlot.Axis {
  // Nobody counts a quarter of a trace.
  const whole = lines.every((line) => line.values.every((value) => value === null || Number.isInteger(value)));
  return {
    ...(logarithmic && {
      splits: (_, __, low, high) => logarithmic.filter((mark) => mark >= low && mark <= high),
      filter: (_, splits) => splits,
    }),
    ...(!logarithmic && (steps ?? whole) && { incrs: steps ?? WHOLE_STEPS }),
    ...upward(text, grid),
    space: 32,
    values: (_, splits) => splits.map((value) => (value === 0 ? "0" : format(value))),
  };
}
