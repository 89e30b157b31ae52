/** Curves as an SVG document of their own. */

import type { Range } from "../../lib/axis";
import { count } from "../../lib/format";
import { nameOf } from "./curve";
import { linearTicks, logarithmicTicks, reach, tickTexts } from "./scale";
import { extent, mainOf, type Series } from "./series";
import { FONT, INK, px, shortened, xmlText, type Ink } from "../svgText";
import { styleOf } from "./styles";

export interface Picture {
  title: string;
  /** What is drawn and how, in words. */
  description: string;
  series: readonly Series[];
  view: Range;
  logarithmic: boolean;
  dark: boolean;
}

/** The size of every picture, whatever the window has: px. */
export const SIZE = { width: 960, height: 480 };

const PLOT = { left: 76, top: 48, right: SIZE.width - 24, bottom: SIZE.height - 52 };
const LEGEND = { columns: 3, row: 20, swatch: 28 };

/** The height of a picture with so many curves; px. */
export function heightOf(series: readonly Series[]): number {
  return SIZE.height + Math.ceil(series.length / LEGEND.columns) * LEGEND.row;
}

export function svg(picture: Picture): string {
  const ink = picture.dark ? INK.dark : INK.light;
  const height = heightOf(picture.series);
  const low = extent(picture.series, picture.view, picture.logarithmic);
  const ends = reach(low[0], low[1], picture.logarithmic);
  const places = placing(picture, ends);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE.width}" height="${height}" viewBox="0 0 ${SIZE.width} ${height}" role="img" font-family="${FONT}" font-size="12">`,
    `<title>${xmlText(picture.title)}</title>`,
    `<desc>${xmlText(picture.description)}</desc>`,
    `<rect width="100%" height="100%" fill="${ink.background}"/>`,
    `<text x="16" y="28" font-size="16" font-weight="600" fill="${ink.text}">${xmlText(shortened(picture.title, 110))}</text>`,
    ...marks(picture, ends, places, ink),
    `<clipPath id="inside"><rect x="${PLOT.left}" y="${PLOT.top}" width="${PLOT.right - PLOT.left}" height="${PLOT.bottom - PLOT.top}"/></clipPath>`,
    `<g clip-path="url(#inside)" fill="none" stroke-linejoin="round">`,
    ...picture.series.flatMap((one) => lines(one, picture, places)),
    "</g>",
    ...picture.series.map((one, at) => legend(one, at, picture.dark, ink)),
    "</svg>",
    "",
  ].join("\n");
}

interface Placing {
  x: (step: number) => number;
  /** undefined where the scale has no place for a value. */
  y: (value: number) => number | undefined;
}

function placing({ view, logarithmic }: Picture, [low, high]: [number, number]): Placing {
  const on = (value: number): number => (logarithmic ? Math.log10(value) : value);
  const width = view.to - view.from;
  return {
    x: (step) => PLOT.left + (width > 0 ? (step - view.from) / width : 0.5) * (PLOT.right - PLOT.left),
    y: (value) => {
      if (logarithmic && value <= 0) return undefined;
      // Halved, since the difference of two doubles may be none.
      const share = (on(value) / 2 - on(low) / 2) / (on(high) / 2 - on(low) / 2);
      return PLOT.bottom - share * (PLOT.bottom - PLOT.top);
    },
  };
}

function marks({ view, logarithmic }: Picture, [low, high]: [number, number], { x, y }: Placing, ink: Ink): string[] {
  const heights = logarithmic ? logarithmicTicks(low, high, 9) : linearTicks(low, high, 8);
  const texts = tickTexts(heights);
  const steps = view.to > view.from ? linearTicks(view.from, view.to, 9, 1) : [view.from];
  return [
    ...heights.map((tick, at) => {
      const height = px(y(tick) ?? PLOT.bottom);
      return `<path d="M${PLOT.left} ${height}H${PLOT.right}" stroke="${ink.line}"/><text x="${PLOT.left - 8}" y="${height}" dy="4" text-anchor="end" fill="${ink.soft}">${xmlText(texts[at]!)}</text>`;
    }),
    ...steps.map((step) => `<text x="${px(x(step))}" y="${PLOT.bottom + 18}" text-anchor="middle" fill="${ink.soft}">${xmlText(count(step))}</text>`),
    `<text x="${(PLOT.left + PLOT.right) / 2}" y="${PLOT.bottom + 36}" text-anchor="middle" fill="${ink.soft}">step${logarithmic ? ", logarithmic scale of values" : ""}</text>`,
  ];
}

function lines(one: Series, { view, dark }: Picture, places: Placing): string[] {
  const style = styleOf(one.colour);
  const stroke = `stroke="${dark ? style.dark : style.light}"`;
  const dash = style.dash.length > 0 ? ` stroke-dasharray="${style.dash.join(" ")}"` : "";
  const main = path(one.steps, mainOf(one), view, places);
  const drawn = main && `<path d="${main}" ${stroke} stroke-width="1.75" stroke-linecap="butt"${dash}/>`;
  const raw = one.smooth ? path(one.steps, one.raw, view, places) : "";
  return [...(raw ? [`<path d="${raw}" ${stroke} stroke-width="1" opacity="0.3"/>`] : []), ...(drawn ? [drawn] : [])];
}

/** From point to point; a new line after each gap. What has no neighbour becomes a short stroke. */
export function path(steps: readonly number[], values: readonly (number | null)[], view: Range, { x, y }: Placing): string {
  const found: string[] = [];
  let pieces = 0;
  const ended = (): void => {
    if (pieces === 1) found.push("h2");
    pieces = 0;
  };
  values.forEach((value, at) => {
    // One point on each side outside, so that lines go on to the edge.
    if ((steps[at + 1] ?? Infinity) <= view.from || (steps[at - 1] ?? -Infinity) >= view.to) return;
    const height = value === null ? undefined : y(value);
    if (height === undefined) return ended();
    found.push(`${pieces++ === 0 ? "M" : "L"}${px(x(steps[at]!))} ${px(height)}`);
  });
  ended();
  return found.join("");
}

function legend(one: Series, at: number, dark: boolean, ink: Ink): string {
  const style = styleOf(one.colour);
  const column = at % LEGEND.columns;
  const width = (SIZE.width - 32) / LEGEND.columns;
  const left = 16 + column * width;
  const top = SIZE.height + Math.floor(at / LEGEND.columns) * LEGEND.row - 4;
  const dash = style.dash.length > 0 ? ` stroke-dasharray="${style.dash.join(" ")}"` : "";
  return `<path d="M${px(left)} ${top}h${LEGEND.swatch}" stroke="${dark ? style.dark : style.light}" stroke-width="2"${dash}/><text x="${px(left + LEGEND.swatch + 8)}" y="${top}" dy="4" fill="${ink.text}">${xmlText(shortened(nameOf(one, 120), 36))}</text>`;
}
