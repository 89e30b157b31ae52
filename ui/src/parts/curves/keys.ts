/** What keys do in a chart of curves. */

import type { Range } from "../../lib/axis";
import { firstFrom, stepOn } from "./nearest";

const FAR = 10; // steps with Shift; with Page Up and Page Down, parts of the view

/** The factor by which a key changes how many steps are shown; Infinity for all of them. */
export function zoomOf(key: string): number | undefined {
  if (key === "+" || key === "=") return 0.5;
  if (key === "-") return 2;
  return key === "0" ? Infinity : undefined;
}

/** The step to which a key moves the cursor from `at`; undefined when it moves nothing. */
export function moveOf(event: Pick<KeyboardEvent, "key" | "shiftKey">, steps: readonly number[], at: number | null, view: Range): number | undefined {
  const by = event.shiftKey ? FAR : 1;
  const page = (view.to - view.from) / FAR;
  switch (event.key) {
    case "ArrowRight":
      return at === null ? stepOn(steps, view.from - 0.5, 1) : stepOn(steps, at, by);
    case "ArrowLeft":
      return at === null ? stepOn(steps, view.to + 0.5, -1) : stepOn(steps, at, -by);
    case "PageDown":
      return steps[Math.min(firstFrom(steps, (at ?? view.from) + page), steps.length - 1)];
    case "PageUp":
      return backBy(steps, at ?? view.to, page);
    case "Home":
      return steps[firstFrom(steps, view.from)];
    case "End":
      return steps[firstFrom(steps, view.to + 1) - 1];
    default:
      return undefined;
  }
}

/** Where points are further apart than `page`, one of them. */
function backBy(steps: readonly number[], from: number, page: number): number | undefined {
  return steps[Math.max(0, Math.min(firstFrom(steps, from - page), firstFrom(steps, from) - 1))];
}
