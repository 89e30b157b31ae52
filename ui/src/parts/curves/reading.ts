/** What curves say at a step. */

import type { Range } from "../../lib/axis";
import { count, value as figure } from "../../lib/format";
import { nearest, nearestWithin } from "./nearest";
import { mainOf, type Series } from "./series";

/** More rows would be a table that neither a browser nor a reader gets through. */
const MOST_ROWS = 200;

export interface Reading {
  /** The step of the point that is read; null where the curve has none. */
  step: number | null;
  value: number | null;
  /** What was recorded there, when `value` was made smooth. */
  raw: number | null;
}

/** What a curve says at a step: its nearest point, and nothing before its first or after its last. */
export function reading(series: Series, step: number): Reading {
  const at = nearestWithin(series.steps, step);
  return {
    step: series.steps[at] ?? null,
    value: mainOf(series)[at] ?? null,
    raw: series.smooth ? (series.raw[at] ?? null) : null,
  };
}

export function readingText({ value, raw }: Reading): string {
  if (value === null) return "–";
  return raw === null ? figure(value) : `${few(value)} (${few(raw)})`;
}

/** An average has no digits of its own: six would be more than anybody reads of it. */
function few(number: number): string {
  return figure(Number(number.toPrecision(5)));
}

/** The step of any of the curves that is nearest to `step`. */
export function nearestStep(all: readonly Series[], step: number): number | undefined {
  let found: number | undefined;
  for (const { steps } of all) {
    const own = steps[nearest(steps, step)];
    if (own !== undefined && (found === undefined || Math.abs(own - step) < Math.abs(found - step))) found = own;
  }
  return found;
}

export interface Table {
  steps: number[];
  /** For each curve its readings at the steps. */
  readings: Reading[][];
  /** That these are not all steps, in words; empty when they are. */
  note: string;
}

/** The steps of a view, and what each curve says there: a reading of what is drawn. */
export function tableOf(all: readonly Series[], steps: readonly number[], view: Range): Table {
  const inside = steps.filter((step) => step >= view.from && step <= view.to);
  const some = evenly(inside, MOST_ROWS);
  const left = some.length < inside.length;
  return {
    steps: some,
    readings: all.map((series) => some.map((step) => reading(series, step))),
    note: left
      ? `${count(some.length)} of ${count(inside.length)} steps, each with the nearest value of a curve. Zoom in for those between, or export all as CSV.`
      : "",
  };
}

/** At most `most` of the items, evenly chosen, the first and the last among them. */
export function evenly<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, at) => items[Math.round((at * (items.length - 1)) / (most - 1))]!);
}
