/** Draws curves with uPlot; loaded with it when the first chart of curves is seen. */

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import type { Range } from "../../lib/axis";
import { count } from "../../lib/format";
import { across, upward } from "../axes";
import { lonely } from "../chart";
import { palette } from "../palette";
import { aligned, column, type Aligned } from "./aligned";
import { nearestWithin } from "./nearest";
import { linearTicks, logarithmicTicks, reach, tickTexts } from "./scale";
import { mainOf, type Series } from "./series";
import { colourOf, styleOf } from "./styles";

export interface Drawn {
  series: readonly Series[];
  view: Range;
  logarithmic: boolean;
  height: number;
}

export interface Told {
  /** The pointer is over a step (and near a curve, by its place), or over none. */
  pointed: (step: number | null, near: number | null) => void;
  /** A stretch was dragged over. */
  zoomed: (from: number, to: number) => void;
  /** A double click: everything again. */
  whole: () => void;
}

type Column = (number | null | undefined)[];

const NEAR = 24; // px
const SHORTEST_DRAG = 8; // px; a click that shakes is no drag
// A line of one pixel is drawn 40 times as quickly as a wider one where no GPU helps (2,000 points of
// noise by ten: 2.7 and 102 ms). What is smooth is wide again once it rests: it is what one looks at.
const THIN = 1;
const WIDE = 1.75;
const MANY = 3000; // points of all curves together
const RESTS = 150; // ms
const FAINT = 0.28; // of what was recorded, behind what was made smooth
// uPlot takes null for "no point here", which its types do not say.
const NOWHERE = null as unknown as number;
const APART = { x: 84, y: 34 }; // px between marks

/**
 * Each curve is a series of uPlot as it was recorded and, where it is smooth, another in front of
 * all those. Whether they are smooth stays as it is when a drawing is made.
 */
export class Drawing {
  readonly #plot: uPlot;
  #drawn: Drawn;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #aligned: Aligned;
  /** Kept while only the smoothing changes: a slider is moved in many steps. */
  #recorded: Column[] | undefined;
  #at: number | null = null;

  constructor(target: HTMLElement, drawn: Drawn, told: Told) {
    this.#drawn = drawn;
    this.#aligned = aligned(drawn.series.map(({ steps }) => steps));
    this.#plot = new uPlot(this.#options(target, told), this.#columns(), target);
  }

  /** The same curves with other points, made more or less smooth, or in another view. */
  draw(series: readonly Series[], view: Range): void {
    const before = this.#drawn;
    if (before.series === series && before.view === view) return;
    this.#drawn = { ...before, series, view };
    if (series.some(({ steps }, at) => steps !== before.series[at]?.steps)) {
      this.#aligned = aligned(series.map(({ steps }) => steps));
      this.#recorded = undefined;
    }
    this.#widen(this.#many ? THIN : WIDE);
    clearTimeout(this.#rest);
    if (this.#many && this.#isSmooth) this.#rest = setTimeout(() => this.#rested(), RESTS);
    this.#plot.batch(() => {
      if (before.series !== series) this.#plot.setData(this.#columns(), false);
      this.#plot.setScale("x", this.#ends());
    });
  }

  resize(width: number): void {
    if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: this.#plot.height });
  }

  /** Show the cursor at a step; null takes it away. */
  point(step: number | null): void {
    this.#at = step;
    if (this.#plot.status === 0) return; // no scale yet to put it on; when it is ready
    const left = step === null ? -10 : this.#plot.valToPos(step, "x");
    this.#plot.setCursor({ left, top: step === null ? -10 : 0 });
  }

  destroy(): void {
    clearTimeout(this.#rest);
    this.#plot.destroy();
  }

  #ends(): { min: number; max: number } {
    const { from, to } = this.#drawn.view;
    return to > from ? { min: from, max: to } : { min: from - 1, max: to + 1 };
  }

  #columns(): uPlot.AlignedData {
    const { series, logarithmic } = this.#drawn;
    const { steps } = this.#aligned;
    const filled = (values: readonly (number | null)[], at: number): Column => {
      const drawable = logarithmic ? values.map((value) => (value !== null && value > 0 ? value : null)) : values;
      return column(drawable, this.#aligned.places[at] ?? [], steps.length);
    };
    this.#recorded ??= series.map(({ raw }, at) => filled(raw, at));
    return [steps, ...this.#recorded, ...series.flatMap(({ smooth }, at) => (smooth ? [filled(smooth, at)] : []))];
  }

  #options(target: HTMLElement, told: Told): uPlot.Options {
    const colours = palette(target, ["var(--text-soft)", "var(--line)", ...this.#drawn.series.map(({ colour }) => colourOf(colour))]);
    const [text = "", grid = "", ...ofCurves] = colours;
    return {
      width: target.clientWidth,
      height: this.#drawn.height,
      padding: [8, 18, 0, 0],
      legend: { show: false },
      cursor: this.#cursor(told),
      focus: { alpha: 1 },
      scales: this.#scales(),
      axes: [this.#xAxis(text, grid), this.#yAxis(text, grid)],
      series: this.#looks(ofCurves),
      hooks: this.#hooks(told),
    };
  }

  #cursor(told: Told): uPlot.Cursor {
    return {
      y: false,
      points: { size: 7, width: 2 },
      drag: { x: true, y: false, dist: SHORTEST_DRAG, setScale: false },
      focus: { prox: NEAR },
      dataIdx: (plot, at, closest) => this.#placeOf(plot, at, closest),
      bind: {
        dblclick: () => () => {
          told.whole();
          return null;
        },
      },
    };
  }

  /** The place, among all steps, of the point of a curve that is nearest to the cursor. */
  #placeOf(plot: uPlot, at: number, closest: number): number {
    if (at === 0) return closest;
    const which = this.#curveOf(at);
    const series = this.#drawn.series[which];
    const isSmooth = at > this.#drawn.series.length;
    if (!series || isSmooth !== (series.smooth !== undefined)) return NOWHERE;
    const own = nearestWithin(series.steps, plot.posToVal(plot.cursor.left ?? -1, "x"));
    return this.#aligned.places[which]?.[own] ?? NOWHERE;
  }

  #curveOf(at: number): number {
    return (at - 1) % this.#drawn.series.length;
  }

  #scales(): uPlot.Scales {
    const { logarithmic } = this.#drawn;
    return {
      x: {
        time: false,
        range: () => {
          const { min, max } = this.#ends();
          return [min, max];
        },
      },
      y: {
        ...(logarithmic && { distr: 3 as const, log: 10 as const }),
        range: (_, low, high) => reach(low, high, logarithmic),
      },
    };
  }

  #hooks(told: Told): uPlot.Hooks.Arrays {
    let near: number | null = null;
    return {
      ready: [() => this.point(this.#at)],
      setSeries: [(_, at) => void (near = at == null ? null : this.#curveOf(at))],
      setCursor: [
        (plot) => {
          const { left } = plot.cursor;
          const over = left !== undefined && left >= 0;
          told.pointed(over ? plot.posToVal(left, "x") : null, over ? near : null);
        },
      ],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width >= SHORTEST_DRAG) told.zoomed(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    };
  }

  #looks(colours: readonly string[]): uPlot.Series[] {
    const faint = colours.map((stroke) => ({ stroke, width: THIN, alpha: FAINT, points: { show: false } }));
    const full = this.#drawn.series.map(({ colour }, at) => this.#full(at, colours[at] ?? "", styleOf(colour).dash));
    return [{}, ...(this.#isSmooth ? faint : []), ...full];
  }

  #full(at: number, stroke: string, dash: readonly number[]): uPlot.Series {
    const points: uPlot.Series.Points = { show: true, size: 4, fill: stroke, filter: () => this.#lonely(at) };
    return { stroke, width: this.#many && !this.#isSmooth ? THIN : WIDE, dash: [...dash], points };
  }

  get #many(): boolean {
    return this.#drawn.series.reduce((sum, { steps }) => sum + steps.length, 0) > MANY;
  }

  get #isSmooth(): boolean {
    return this.#drawn.series.some(({ smooth }) => smooth !== undefined);
  }

  #rested(): void {
    this.#widen(WIDE);
    this.#plot.redraw(true);
  }

  /** uPlot reads the width whenever it draws. */
  #widen(width: number): void {
    for (const one of this.#plot.series) if (one.alpha !== FAINT) one.width = width;
  }

  /** Points without neighbours, which no line would show. */
  #lonely(at: number): number[] {
    const series = this.#drawn.series[at];
    if (!series) return [];
    const { logarithmic } = this.#drawn;
    const values = mainOf(series).map((value) => (logarithmic && value !== null && value <= 0 ? null : value));
    return lonely(values).map((place) => this.#aligned.places[at]?.[place] ?? 0);
  }

  #xAxis(text: string, grid: string): uPlot.Axis {
    return {
      ...across(text, grid),
      splits: (plot, _, low, high) => {
        const { from, to } = this.#drawn.view;
        return to > from ? linearTicks(low, high, Math.max(2, Math.floor(plot.width / APART.x)), 1) : [from];
      },
      values: (_, splits) => splits.map(count),
    };
  }

  #yAxis(text: string, grid: string): uPlot.Axis {
    const most = Math.max(3, Math.floor(this.#drawn.height / APART.y));
    const ticks = this.#drawn.logarithmic ? logarithmicTicks : linearTicks;
    return {
      splits: (_, __, low, high) => ticks(low, high, most),
      filter: (_, splits) => splits,
      ...upward(text, grid),
      values: (_, splits) => tickTexts(splits),
    };
  }
}
