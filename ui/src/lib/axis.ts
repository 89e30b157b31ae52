/** The time axis: which stretch is seen, where a moment stands in it, and which ticks it gets. */

export interface Range {
  from: number;
  to: number;
}

export interface Tick {
  ms: number;
  label: string;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Steps above a second; below it and from days on they are 1, 2, 5 times a power of ten. */
const STEPS = [
  ...[1, 2, 5, 10, 20, 30].map((step) => step * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((step) => step * MINUTE),
  ...[1, 2, 6, 12].map((step) => step * HOUR),
];
/** A nanosecond: nothing that is recorded is shorter. */
export const SHORTEST = 1e-6;

function stepFor(least: number): number {
  if (least <= SECOND) return decimalStep(Math.max(least, SHORTEST), 1);
  return STEPS.find((step) => step >= least) ?? decimalStep(least, DAY);
}

function decimalStep(least: number, unit: number): number {
  const power = Math.floor(Math.log10(least / unit));
  for (const [factor, exponent] of [[1, power], [2, power], [5, power], [1, power + 1]] as const) {
    // By division where it is below one: 5e-3 is exact to print, 5 * 10 ** -3 may not be.
    const step = (exponent < 0 ? factor / 10 ** -exponent : factor * 10 ** exponent) * unit;
    if (step >= least * (1 - 1e-9)) return step;
  }
  return 10 ** (power + 1) * unit;
}

/** At most `most` ticks inside the range, evenly apart, at round times. */
export function ticks({ from, to }: Range, most: number): Tick[] {
  const width = to - from;
  if (!(width > 0) || !Number.isFinite(width) || most < 1) return [];
  const step = stepFor(width / most);
  const first = Math.ceil(from / step - 1e-9);
  const found: Tick[] = [];
  for (let count = first; found.length < most; count++) {
    // Multiplied each time: adding up would drift.
    const ms = count * step;
    if (ms > to) break;
    found.push({ ms, label: "" });
  }
  const largest = Math.max(Math.abs(from), Math.abs(to));
  for (const tick of found) tick.label = tickLabel(tick.ms, step, largest);
  return found;
}

/** A label that is exact, in the unit that suits the whole axis. */
function tickLabel(ms: number, step: number, largest: number): string {
  if (ms < 0) return `−${tickLabel(-ms, step, largest)}`;
  if (step >= SECOND && largest >= MINUTE) return clockLabel(Math.round(ms / SECOND));
  const [unit, size] = largest >= SECOND ? ["s", SECOND] : largest >= 1 ? ["ms", 1] : largest >= 1e-3 ? ["µs", 1e-3] : ["ns", 1e-6];
  const places = Math.max(0, -Math.floor(Math.log10(step / size) + 1e-9));
  return `${(ms / size).toFixed(Math.min(12, places))} ${unit}`;
}

function clockLabel(seconds: number): string {
  const parts: string[] = [];
  let rest = seconds;
  for (const [name, size] of [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]] as const) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) parts.push(`${amount} ${name}`);
  }
  return parts.join(" ") || "0 s";
}

/** Where `ms` stands, in pixels from the left of an axis `width` wide. */
export function toPx(ms: number, { from, to }: Range, width: number): number {
  return to > from ? ((ms - from) / (to - from)) * width : 0;
}

/** Which moment stands at `px`. */
export function toMs(px: number, { from, to }: Range, width: number): number {
  return width > 0 ? from + (px / width) * (to - from) : from;
}

export interface Bar {
  left: number;
  width: number;
}

/** Where a bar from `start` to `end` is drawn: not past the sides, and never too thin to see. */
export function barOf(start: number, end: number, range: Range, width: number, thinnest = 2): Bar | undefined {
  if (!(width > 0) || end < range.from || start > range.to) return undefined;
  const left = Math.max(0, toPx(start, range, width));
  const right = Math.min(width, toPx(end, range, width));
  const wide = Math.min(width, Math.max(thinnest, right - left));
  return { left: Math.min(left, width - wide), width: wide };
}

/** `range` moved and cut so that it lies inside `whole` and is not empty. */
export function inside({ from, to }: Range, whole: Range): Range {
  const least = Math.max(SHORTEST, (whole.to - whole.from) / 1e6);
  const width = Math.min(Math.max(Math.abs(to - from), least), whole.to - whole.from);
  if (!(width > 0)) return { ...whole };
  const start = Math.min(Math.max(Math.min(from, to), whole.from), whole.to - width);
  return { from: start, to: start + width };
}

/** `range` made `factor` times as wide, with `at` staying where it is. */
export function zoomed(range: Range, factor: number, at: number, whole: Range): Range {
  const fixed = Math.min(Math.max(at, range.from), range.to);
  return inside(
    { from: fixed - (fixed - range.from) * factor, to: fixed + (range.to - fixed) * factor },
    whole,
  );
}

/** `range` moved by a part of its own width: -0.5 is half a view to the left. */
export function panned(range: Range, part: number, whole: Range): Range {
  const by = (range.to - range.from) * part;
  return inside({ from: range.from + by, to: range.to + by }, whole);
}

export function isWhole(range: Range, whole: Range): boolean {
  return range.from <= whole.from && range.to >= whole.to;
}
