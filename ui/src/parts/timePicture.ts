/** A chart over time as a picture, and as a table in CSV; loaded when somebody takes it away. */

import { asUtc } from "../lib/between";
import { csv, type Cell } from "../lib/csv";
import { lonely, tick, type Line } from "./chart";
import { linearTicks } from "./curves/scale";
import type { Picture } from "./picture";
import { FONT, INK, px, shortened, xmlText, type Ink } from "./svgText";

export interface TimeChart {
  title: string;
  /** Starts of the points in seconds since 1970. */
  times: readonly number[];
  /** Width of one point. */
  seconds: number;
  lines: readonly Line[];
  format: (value: number) => string;
  /** Colours of the lines, as pictures know them. */
  colours: readonly string[];
  dark: boolean;
}

const SIZE = { width: 960, height: 440 };
const PLOT = { left: 84, top: 76, right: SIZE.width - 24, bottom: SIZE.height - 40 };
const MARKS = 9; // of time, at most
const HOURS = [1, 2, 3, 6, 12, 24, 48, 72, 96, 168, 336, 672, 1344, 2688];
const NARROWEST = 0.5; // px of a bar

/**
 * A row for each point that has something, with the end of none of it: points follow each other.
 * @param ofUtc whether points are days of UTC, which stand at midnights of who looks.
 */
export function timeCsv({ times, lines, ofUtc = false }: Pick<TimeChart, "times" | "lines"> & { ofUtc?: boolean }): string {
  const named = (time: number) => new Date(ofUtc ? asUtc(time * 1000) : time * 1000).toISOString();
  const told = lines.map((line) => line.told ?? line.values);
  const header = ["from", ...lines.map((line) => line.name)];
  const rows: Cell[][] = [];
  times.forEach((time, at) => {
    const values = told.map((one) => one[at] ?? null);
    if (values.some((value) => value !== null)) rows.push([named(time), ...values]);
  });
  return csv(header, rows);
}

export function timePicture(chart: TimeChart): Picture {
  const ink = chart.dark ? INK.dark : INK.light;
  const places = placing(chart);
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE.width}" height="${SIZE.height}" viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" font-family="${FONT}" font-size="12">`,
    `<title>${xmlText(chart.title)}</title>`,
    `<desc>${xmlText(described(chart))}</desc>`,
    `<rect width="100%" height="100%" fill="${ink.background}"/>`,
    `<text x="16" y="28" font-size="16" font-weight="600" fill="${ink.text}">${xmlText(shortened(chart.title, 110))}</text>`,
    ...chart.lines.map((line, at) => legend(line, at, chart, ink)),
    ...marks(chart, places, ink),
    ...chart.lines.map((line, at) => drawn(line, chart.colours[at] ?? ink.text, places)),
    "</svg>",
    "",
  ].join("\n");
  return { title: chart.title, svg, ...SIZE };
}

function described({ lines, times }: TimeChart): string {
  const ends = [times[0], times.at(-1)].map((time) => (time === undefined ? "" : new Date(time * 1000).toISOString()));
  return `${lines.map((line) => line.name).join(", ")} from ${ends[0]} to ${ends[1]}`;
}

interface Placing {
  /** The left end of a point, and how wide it is. */
  x: (at: number) => number;
  width: number;
  y: (value: number) => number;
  low: number;
  high: number;
  /** The ends in seconds since 1970, and where a moment between them stands. */
  from: number;
  to: number;
  xOf: (time: number) => number;
}

function placing({ times, seconds, lines }: TimeChart): Placing {
  const values = lines.flatMap((line) => line.values.filter((value) => value !== null));
  const low = values.reduce((least, value) => Math.min(least, value), 0);
  const most = values.reduce((highest, value) => Math.max(highest, value), 0);
  const high = most > low ? most : 1;
  const from = times[0] ?? 0;
  const length = (times.at(-1) ?? 0) + seconds - from || 1;
  const width = PLOT.right - PLOT.left;
  const xOf = (time: number): number => PLOT.left + ((time - from) / length) * width;
  return {
    from,
    to: from + length,
    xOf,
    x: (at) => xOf(times[at] ?? from),
    width: (seconds / length) * width,
    y: (value) => PLOT.bottom - ((value - low) / (high - low)) * (PLOT.bottom - PLOT.top),
    low,
    high,
  };
}

function marks({ format }: TimeChart, { y, low, high, from, to, xOf }: Placing, ink: Ink): string[] {
  return [
    ...linearTicks(low, high, 6).map((at) => {
      const height = px(y(at));
      return `<path d="M${PLOT.left} ${height}H${PLOT.right}" stroke="${ink.line}"/><text x="${PLOT.left - 8}" y="${height}" dy="4" text-anchor="end" fill="${ink.soft}">${xmlText(at === 0 ? "0" : format(at))}</text>`;
    }),
    ...timeMarks(from, to).map(
      ({ time, hours }) =>
        `<text x="${px(xOf(time))}" y="${PLOT.bottom + 20}" text-anchor="middle" fill="${ink.soft}">${xmlText(tick(time, hours * 3600))}</text>`,
    ),
  ];
}

/** Whole hours or midnights of who looks, as many as have room. */
function timeMarks(from: number, to: number): { time: number; hours: number }[] {
  const hours = HOURS.find((one) => (to - from) / 3600 / one <= MARKS) ?? HOURS.at(-1)!;
  const found: { time: number; hours: number }[] = [];
  const at = new Date(from * 1000);
  at.setHours(0, 0, 0, 0);
  // By the calendar: days on which clocks are changed have 23 or 25 hours.
  for (; at.getTime() / 1000 <= to; at.setHours(at.getHours() + hours)) {
    if (at.getTime() / 1000 >= from) found.push({ time: at.getTime() / 1000, hours });
  }
  return found;
}

function drawn(line: Line, colour: string, places: Placing): string {
  return line.shape === "bars" ? bars(line, colour, places) : course(line, colour, places);
}

function bars({ values }: Line, colour: string, { x, y, width }: Placing): string {
  const wide = Math.max(NARROWEST, width * 0.86);
  const each = values.map((value, at) => {
    if (value === null) return "";
    const top = y(value);
    const foot = y(0);
    return `M${px(x(at))} ${px(foot)}V${px(top)}h${px(wide)}V${px(foot)}z`;
  });
  return `<path d="${each.join("")}" fill="${colour}"/>`;
}

/** From point to point, with a gap where nothing is known; what stands alone is a dot. */
function course({ values }: Line, colour: string, { x, y }: Placing): string {
  let pen = "M";
  const each = values.map((value, at) => {
    if (value === null) {
      pen = "M";
      return "";
    }
    const found = `${pen}${px(x(at))} ${px(y(value))}`;
    pen = "L";
    return found;
  });
  const dots = lonely(values).map((at) => `<circle cx="${px(x(at))}" cy="${px(y(values[at] ?? 0))}" r="2.5" fill="${colour}"/>`);
  return `<path d="${each.join("")}" fill="none" stroke="${colour}" stroke-width="1.75" stroke-linejoin="round"/>${dots.join("")}`;
}

function legend(line: Line, at: number, { colours, lines }: TimeChart, ink: Ink): string {
  const width = (SIZE.width - 32) / Math.max(4, lines.length);
  const left = 16 + at * width;
  return `<rect x="${px(left)}" y="46" width="10" height="10" rx="2" fill="${colours[at] ?? ink.text}"/><text x="${px(left + 16)}" y="55" fill="${ink.text}">${xmlText(shortened(line.name, Math.min(20, Math.floor(width / 7) - 2)))}</text>`;
}
