/** Scroll to where the document was, as soon as it is long enough again. */

const PATIENCE = 3000; // ms; what loads longer than that is not what was left

/** @returns ends the attempt. */
export function scrollBack(to: number, content: Element): () => void {
  const stop = new AbortController();
  const sizes = new ResizeObserver(attempt);
  const end = () => {
    stop.abort();
    sizes.disconnect();
    clearTimeout(timer);
  };
  const timer = setTimeout(end, PATIENCE);

  function attempt(): void {
    scrollTo(0, to);
    if (Math.abs(scrollY - to) < 2) end();
  }

  // Whoever moves by themselves is not to be pulled away.
  for (const kind of ["wheel", "keydown", "pointerdown", "touchstart"]) {
    addEventListener(kind, end, { signal: stop.signal, passive: true });
  }
  sizes.observe(content);
  attempt();
  return end;
}
