/** What a chart shows, apart from how it is drawn. */

export interface Line {
  name: string;
  /** One for each time; null is a gap. */
  values: (number | null)[];
  /** A colour of the page, such as `var(--series-1)`. */
  colour: string;
  /** Bars are drawn in the order of the lines, later ones over earlier ones. */
  shape: "line" | "bars";
  /** What is told of a point when it is not the drawn value, such as the share of a stacked bar. */
  told?: (number | null)[];
}

/** A time at the foot of a chart: as much of it as its neighbours do not say already. */
export function tick(seconds: number, step: number): string {
  const at = new Date(seconds * 1000);
  const day = `${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  if (step >= 28 * 86_400) return `${at.getFullYear()}-${two(at.getMonth() + 1)}`;
  if (step >= 86_400) return day;
  const midnight = at.getHours() === 0 && at.getMinutes() === 0 && at.getSeconds() === 0;
  if (midnight) return day;
  const minute = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return step < 60 ? `${minute}:${two(at.getSeconds())}` : minute;
}

/** Places of values that have no neighbour: a line alone would not show them. */
export function lonely(values: readonly (number | null | undefined)[]): number[] {
  const found: number[] = [];
  values.forEach((value, at) => {
    if (value == null) return;
    if (values[at - 1] == null && values[at + 1] == null) found.push(at);
  });
  return found;
}

/** Neighbours with nothing but gaps between them, as places of their values. */
export function gaps(values: readonly (number | null)[]): [number, number][] {
  const found: [number, number][] = [];
  let last = -1;
  values.forEach((value, at) => {
    if (value === null) return;
    if (last >= 0 && at > last + 1) found.push([last, at]);
    last = at;
  });
  return found;
}

const TENS = Array.from({ length: 9 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** (power - 6))).flat();
/** Milliseconds that stand well beside each other on a scale: nobody counts in 50 s. */
export const DURATION_STEPS: number[] = [
  ...TENS.filter((ms) => ms < 1000),
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800].map((seconds) => seconds * 1000),
  ...[1, 2, 3, 6, 12, 24, 48, 120, 240, 480, 1200, 2400, 4800, 12_000].map((hours) => hours * 3_600_000),
];

/** The next place with a value of any line, going by `step`; -1 when there is none. */
export function nextPlace(lines: readonly Line[], count: number, from: number, step: 1 | -1): number {
  for (let at = from + step; at >= 0 && at < count; at += step) {
    if (lines.some((line) => line.values[at] != null)) return at;
  }
  return -1;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
