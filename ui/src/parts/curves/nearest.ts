/** Which point stands nearest to a step. */

const PAIR = 2; // points that are kept of each stretch: its lowest and its highest

/** The place of the first of rising `steps` that is not less than `step`; their number when all are. */
export function firstFrom(steps: readonly number[], step: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (steps[middle]! < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The place of the one of rising `steps` that is nearest to `step`, the earlier of two; -1 of none. */
export function nearest(steps: readonly number[], step: number): number {
  if (steps.length === 0) return -1;
  const after = Math.min(firstFrom(steps, step), steps.length - 1);
  const before = Math.max(after - 1, 0);
  return step - steps[before]! <= steps[after]! - step ? before : after;
}

/**
 * The same, but -1 before the first and after the last: a curve says nothing where it is not. Of
 * one that was thinned out, the outermost values may be missing: there it reaches as much further
 * as its points are apart.
 */
export function nearestWithin(steps: readonly number[], step: number): number {
  const [first, last] = [steps[0] ?? Infinity, steps.at(-1) ?? -Infinity];
  const apart = steps.length > 1 ? (last - first) / (steps.length - 1) : 1;
  const room = apart > 1 ? PAIR * apart : 0;
  return step < first - room || step > last + room ? -1 : nearest(steps, step);
}

/** The next of rising `steps` after `from`, `by` of them on; the outermost where they end. */
export function stepOn(steps: readonly number[], from: number, by: number): number | undefined {
  if (steps.length === 0) return undefined;
  const at = firstFrom(steps, from);
  // Going back from between two points, the one before is already one step away.
  const on = by > 0 && steps[at] !== from ? at - 1 : at;
  return steps[Math.min(Math.max(on + by, 0), steps.length - 1)];
}
