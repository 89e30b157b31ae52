/** Curves made smooth. */

import { isNumber } from "./curve";

/** The strongest smoothing: with a weight of 1 nothing would ever change. */
export const MOST_SMOOTH = 0.99;

/**
 * The exponential moving average with the bias of its start taken out, as TensorBoard draws it
 * (tf_line_chart_data_loader, `smoothedValue`): without that a curve would begin near zero.
 *
 * `weight` is the part of the past, 0 to 0.99. What is no finite number stays a gap.
 */
export function smoothed(values: readonly (number | null)[], weight: number): (number | null)[] {
  const kept = Math.min(Math.max(weight, 0), MOST_SMOOTH);
  const first = values.find(isNumber);
  // By the average a constant would differ from itself in the last digits.
  if (kept === 0 || values.every((value) => !isNumber(value) || value === first)) return values.map((value) => (isNumber(value) ? value : null));
  let last = 0;
  let bias = 1;
  return values.map((value) => {
    if (!isNumber(value)) return null;
    last = last * kept + (1 - kept) * value;
    bias *= kept;
    return last / (1 - bias);
  });
}
