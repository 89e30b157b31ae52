/** Nothing is asked for nobody: waiting until the tab is in front. */

/** Resolves when somebody can see the page; rejects with an AbortError when cancelled. */
export function whenVisible(signal: AbortSignal): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const stop = new AbortController();
    const cancelled = () => {
      stop.abort();
      reject(new DOMException("cancelled", "AbortError"));
    };
    signal.addEventListener("abort", cancelled, { signal: stop.signal });
    const look = () => {
      if (document.hidden) return;
      stop.abort();
      resolve();
    };
    document.addEventListener("visibilitychange", look, { signal: stop.signal });
  });
}
