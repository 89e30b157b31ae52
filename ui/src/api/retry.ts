/** Asking again: how long to wait, and waiting that can be cancelled. */

import { whenVisible } from "../lib/visible";
import { asProblem, isCancelled, type Problem } from "./problem";

const FIRST = 500; // ms
const LONGEST = 30_000; // ms

/** Milliseconds before attempt `attempt` (from 0), with half of it drawn by lot. */
export function backoff(attempt: number, lot: number = Math.random()): number {
  const full = Math.min(LONGEST, FIRST * 2 ** Math.min(attempt, 16));
  return full / 2 + (full / 2) * lot;
}

/** Wait; rejects with an AbortError when cancelled. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancelled = () => {
      clearTimeout(timer);
      reject(new DOMException("cancelled", "AbortError"));
    };
    if (signal.aborted) {
      reject(new DOMException("cancelled", "AbortError"));
      return;
    }
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", cancelled);
      resolve();
    }, ms);
    signal.addEventListener("abort", cancelled, { once: true });
  });
}

/** Try again by itself after a problem that may pass, later each time and for nobody
 * not at all; ends when told to. */
export async function recovering<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
  failed: (problem: Problem) => void,
): Promise<T> {
  for (let round = 2; ; round += 1) {
    try {
      return await retrying(ask, signal);
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (signal.aborted || isCancelled(thrown) || !problem.passing) throw thrown;
      failed(problem);
      await pause(Math.max(backoff(round), (problem.retryAfter ?? 0) * 1000), signal);
      await whenVisible(signal);
    }
  }
}

/** Ask, and ask again while the problem may pass, at most `attempts` times in all. */
export async function retrying<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
  attempts = 3,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await ask(signal);
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (isCancelled(thrown) || !problem.passing || attempt + 1 >= attempts) throw thrown;
      await pause(Math.max(backoff(attempt), (problem.retryAfter ?? 0) * 1000), signal);
    }
  }
}
