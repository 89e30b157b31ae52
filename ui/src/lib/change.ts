/** How a figure moved against the range before, in words. */

export type Direction = "up" | "down" | "same" | "new" | "none";

export interface Change {
  direction: Direction;
  /** Shown with an arrow, such as `12 %` or `3×`; empty when there is nothing to say. */
  amount: string;
  /** The same in words, for those who do not see the arrow. */
  words: string;
}

const NOTHING: Change = { direction: "none", amount: "", words: "" };
/** Below half a percent a figure counts as unchanged: it would be shown as 0 %. */
const SAME = 0.005;
/** From three times on people read factors more easily than percents. */
const TIMES = 3;

/** From here on a factor tells how little there was before, and nothing about now. */
const HARDLY = 100;
/** A range before with a smaller part of the traces than this is no measure of anything. */
const LEAST = 0.02;

interface Recorded {
  Traces: number;
  Spans: number;
}

/** Whether figures of a range mean something beside those of the one before. */
export function comparable(now: Recorded, before: Recorded): boolean {
  const least = (was: number, is: number) => was > 0 && was >= is * LEAST;
  return least(before.Traces + before.Spans, now.Traces + now.Spans);
}

/** The change of an amount; `undefined` stands for "not known". */
export function changeOf(now: number | undefined, before: number | undefined): Change {
  if (now === undefined || before === undefined) return NOTHING;
  if (before === 0) {
    return now === 0 ? NOTHING : { direction: "new", amount: "new", words: "none before" };
  }
  const ratio = now / before;
  if (ratio >= HARDLY) return { direction: "new", amount: "from almost none", words: "almost nothing before" };
  if (Math.abs(ratio - 1) < SAME) return { direction: "same", amount: "", words: "as before" };
  const direction = ratio > 1 ? "up" : "down";
  const amount = ratio >= TIMES ? `${factor(ratio)}×` : `${percent(Math.abs(ratio - 1))} %`;
  const words = ratio >= TIMES ? `${factor(ratio)} times as much` : `${direction} by ${amount}`;
  return { direction, amount, words };
}

/** The change of a share (0 to 1), in percentage points: percents of percents mislead. */
export function changeOfShare(now: number | undefined, before: number | undefined): Change {
  if (now === undefined || before === undefined) return NOTHING;
  const points = (now - before) * 100;
  if (Math.abs(points) < 0.05) return { direction: "same", amount: "", words: "as before" };
  const direction = points > 0 ? "up" : "down";
  const size = Math.abs(points).toFixed(1);
  return { direction, amount: `${size} pts`, words: `${direction} by ${size} percentage points` };
}

function percent(share: number): string {
  const value = share * 100;
  return value < 9.95 ? value.toFixed(1) : value.toFixed(0);
}

function factor(ratio: number): string {
  return ratio.toFixed(ratio < 9.95 ? 1 : 0);
}
