/** A number that rises while something runs, so that questions which read it are asked again. */

interface Pulse {
  readonly count: number;
  /** Of the last beat, in milliseconds since 1970. */
  readonly now: number;
}

/** Call while a component is set up. It rests while nobody sees the page. */
export function pulse(running: () => boolean, every = 3000): Pulse {
  let count = $state(0);
  let now = $state(Date.now());
  $effect(() => {
    if (!running()) return;
    const timer = setInterval(() => {
      if (document.hidden) return;
      now = Date.now();
      count += 1;
    }, every);
    return () => clearInterval(timer);
  });
  return {
    get count() {
      return count;
    },
    get now() {
      return now;
    },
  };
}
