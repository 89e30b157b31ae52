/** "Now" for ranges that end there: stands still while a page is read, and moves on when asked. */

const EVERY = 60_000; // ms; as often as the finest point of a chart changes

export interface Clock {
  readonly now: number;
  /** Move to this moment. */
  tick(): void;
}

/** Call while a component is set up. The clock rests while nobody sees the page. */
export function clock(): Clock {
  let now = $state(Date.now());
  const tick = (): void => {
    now = Date.now();
  };
  $effect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") tick();
    }, EVERY);
    return () => clearInterval(timer);
  });
  return {
    get now() {
      return now;
    },
    tick,
  };
}
