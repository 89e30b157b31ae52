/** Where points of a series stand in a chart: at even steps, or in the days of who looks. */

export interface Places {
  /** Starts in seconds since 1970. */
  times: number[];
  /** Width of one place. */
  seconds: number;
  /** The place of a moment in milliseconds; outside of all of them it is no index of `times`. */
  placeOf: (ms: number) => number;
}

interface Answered {
  Window: { Start: string; End: string };
  StepSeconds: number;
}

const HOUR = 3600;
const DAY = 24 * HOUR;
/** Widths that people read easily. */
const WIDTHS = [300, 900, 1800, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 7 * DAY];
/** More bars than this are no bars any more. */
const MOST_BARS = 128; // 30 days in 6 hours are 120, and windows are widened
/** No chart gets denser than this, whatever a server answers. */
const MOST = 2_000;
/** From here on costs are told by days. */
const BY_DAYS = 2 * DAY;

/** The narrowest width that is made of whole points, and of which so few fill the window. */
export function widthOf(step: number, seconds: number): number {
  return WIDTHS.find((width) => width % step === 0 && seconds / width <= MOST_BARS) ?? step;
}

/** Even places over the window of an answer. */
export function placesOf({ Window, StepSeconds }: Answered, width = widthOf(StepSeconds, lengthOf(Window))): Places {
  const seconds = Math.max(1, width);
  const first = Math.floor(Date.parse(Window.Start) / 1000 / seconds);
  const last = Math.ceil(Date.parse(Window.End) / 1000 / seconds);
  const length = Math.max(0, Math.min(MOST, last - first || 0));
  return {
    times: Array.from({ length }, (_, at) => (first + at) * seconds),
    seconds,
    placeOf: (ms) => Math.floor(ms / 1000 / seconds) - first,
  };
}

/** The days of who looks, for windows of some days; a day of 23 or 25 hours is one as well. */
export function dayPlaces(answer: Answered): Places {
  if (lengthOf(answer.Window) <= BY_DAYS || answer.StepSeconds >= DAY) return placesOf(answer);
  const end = Date.parse(answer.Window.End);
  const times: number[] = [];
  const at = new Date(answer.Window.Start);
  at.setHours(0, 0, 0, 0);
  for (; at.getTime() < end && times.length < MOST; at.setDate(at.getDate() + 1)) times.push(at.getTime() / 1000);
  // A point that reaches over midnight belongs to the day in which its middle lies.
  const half = (answer.StepSeconds * 1000) / 2;
  return { times, seconds: DAY, placeOf: (ms) => times.findLastIndex((start) => start * 1000 <= ms + half) };
}

function lengthOf(window: Answered["Window"]): number {
  return (Date.parse(window.End) - Date.parse(window.Start)) / 1000;
}
