/** Curves made smooth. */

import { isNumber } from "./curve";

/** The strongest smoothing: with a weight of 1 nothing would ever change. */
export const MOST_SMOOTH = 0.99;
/** So little of the past is not seen any more. */
const FORGOTTEN = 0.01;

/**
 * The exponential moving average with the bias of its start taken out, as TensorBoard draws it
 * (tf_line_chart_data_loader, `smoothedValue`): without that a curve would begin near zero.
 *
 * `weight` is the part of the past that is left after one step, 0 to 0.99. A value stands for all
 * steps since the one before it, so that a curve of fewer points looks like that of all of them.
 * `steps` rise, one for each value. What is no finite number stays a gap.
 */
export function smoothed(values: readonly (number | null)[], steps: readonly number[], weight: number): (number | null)[] {
  const kept = Math.min(Math.max(weight, 0), MOST_SMOOTH);
  const first = values.find(isNumber);
  // By the average a constant would differ from itself in the last digits.
  if (kept === 0 || values.every((value) => !isNumber(value) || value === first)) return values.map((value) => (isNumber(value) ? value : null));
  let last = 0;
  let bias = 1;
  return values.map((value, at) => {
    if (!isNumber(value)) return null;
    const left = at === 0 ? kept : kept ** (steps[at]! - steps[at - 1]!);
    last = last * left + (1 - left) * value;
    bias *= left;
    return last / (1 - bias);
  });
}

/**
 * How many steps before a stretch its smooth curve depends on, at most 512.
 *
 * A power of 2, so that a slider which is moved asks for others only now and then.
 */
export function reachOf(weight: number): number {
  const kept = Math.min(weight, MOST_SMOOTH);
  if (kept <= 0) return 0;
  return 2 ** Math.ceil(Math.log2(Math.max(1, Math.log(FORGOTTEN) / Math.log(kept))));
}
