/** Scales of charts: how far they reach, where their marks stand, and what is written there. */

import { value as figure } from "../../lib/format";

/** A logarithmic scale of fewer decades than this also has marks at 2 and 5. */
const FEW_DECADES = 3;
const ROOM = 0.05; // of the height, above and below
const DIGITS = 15; // that a double keeps
// So that pixels by the range are a finite number, also where values are neighbours among doubles.
const LEAST_ROOM = 1e-290;
const LEAST_FACTOR = 1 + 1e-9;

/** Ends of a scale that shows everything from `low` to `high`. */
export function reach(low: number | null, high: number | null, logarithmic: boolean): [number, number] {
  if (low === null || high === null || !(low <= high)) return logarithmic ? [1, 10] : [0, 1];
  return logarithmic ? logarithmicReach(low, high) : linearReach(low, high);
}

function logarithmicReach(low: number, high: number): [number, number] {
  if (!(low > 0)) return [1, 10];
  const factor = high > low ? Math.max((high / low) ** ROOM, LEAST_FACTOR) : 2;
  return [low / factor || low, Math.min(high * factor, Number.MAX_VALUE)];
}

function linearReach(low: number, high: number): [number, number] {
  const room = Math.max((high - low) * ROOM || Math.abs(high) * ROOM || 1, LEAST_ROOM);
  return [Math.max(low - room, -Number.MAX_VALUE), Math.min(high + room, Number.MAX_VALUE)];
}

/** Round numbers inside the range, evenly apart in at most `most` steps of at least `least`. */
export function linearTicks(low: number, high: number, most: number, least = 0): number[] {
  const width = high - low;
  if (!(width > 0) || !Number.isFinite(width) || most < 1) return [];
  const step = roundStep(Math.max(width / most, least));
  // Where neighbouring doubles are as far apart as marks would be, there are no round ones between.
  const finest = Math.max(Math.abs(low), Math.abs(high)) * 1e-13;
  if (!(step > finest)) return [low, high];
  const found: number[] = [];
  for (let at = Math.ceil(low / step - 1e-9); found.length <= most; at++) {
    // Multiplied each time: adding up would drift.
    const tick = Number((at * step).toPrecision(DIGITS));
    if (tick > high) break;
    if (tick >= low) found.push(tick === 0 ? 0 : tick);
  }
  return found;
}

/** The least of 1, 2 and 5 times a power of ten that is not less than `least`. */
function roundStep(least: number): number {
  const power = Math.floor(Math.log10(least));
  for (const factor of [1, 2, 5]) {
    const step = Number(`${factor}e${power}`);
    if (step >= least * (1 - 1e-9)) return step;
  }
  return Number(`1e${power + 1}`);
}

/** Marks of a logarithmic scale, apart by at most `most` steps: decades, their halves where there are few, or round numbers. */
export function logarithmicTicks(low: number, high: number, most: number): number[] {
  if (!(low > 0) || !(high > low) || !Number.isFinite(high) || most < 1) return [];
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const inside = (tick: number): boolean => tick >= low && tick <= high && tick > 0;
  if (last - first < FEW_DECADES) {
    const fine = powers(first - 1, last, 1, [1, 2, 5]).filter(inside);
    if (fine.length >= 3 && fine.length <= most) return fine;
  }
  const every = Math.max(1, Math.ceil((last - first + 1) / most));
  const decades = powers(Math.ceil(first / every) * every, last, every, [1]).filter(inside);
  return decades.length >= 2 ? decades : linearTicks(low, high, most);
}

function powers(from: number, to: number, every: number, factors: readonly number[]): number[] {
  const found: number[] = [];
  for (let power = from; power <= to; power += every) {
    for (const factor of factors) found.push(Number(`${factor}e${power}`));
  }
  return found;
}

/** What is written at the marks: as short as numbers are elsewhere, unless two would read the same. */
export function tickTexts(ticks: readonly number[]): string[] {
  const short = ticks.map((tick) => figure(tick));
  if (new Set(short).size === short.length) return short;
  return ticks.map((tick) => String(tick).replace("-", "−"));
}
