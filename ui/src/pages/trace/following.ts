import { asProblem, isCancelled, type Problem } from "../../api/problem";
import { pause } from "../../api/retry";

/** What one answer means for the next question. */
export interface Followed {
  /** False when no news can come. */
  goesOn: boolean;
  /** Changes when there was news. */
  mark: string;
}

const FIRST = 1000; // ms
const LONGEST = 30_000; // ms
const GROWTH = 1.6;

/** Milliseconds until the next question: short after news, longer after each answer without. */
export function wait(before: number, news: boolean): number {
  return news ? FIRST : Math.min(LONGEST, before * GROWTH);
}

/**
 * Ask until nothing more can come; a problem is told, and the next question waits longer.
 *
 * @param ask gives what its answer means.
 * @param seen resolves when somebody looks at the page: nothing is asked for nobody.
 */
export async function follow(
  ask: (signal: AbortSignal) => Promise<Followed>,
  failed: (problem: Problem) => void,
  seen: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let ms = FIRST;
  let mark: string | undefined;
  try {
    for (;;) {
      let answer: Followed | undefined;
      try {
        answer = await ask(signal);
      } catch (thrown) {
        if (isCancelled(thrown)) throw thrown;
        const problem = asProblem(thrown);
        failed(problem);
        if (!problem.passing) return;
        ms = Math.max(ms, (problem.retryAfter ?? 0) * 1000);
      }
      if (answer !== undefined && !answer.goesOn) return;
      ms = wait(ms, answer !== undefined && answer.mark !== mark);
      mark = answer?.mark ?? mark;
      await pause(ms, signal);
      await seen(signal);
    }
  } catch (thrown) {
    if (!isCancelled(thrown)) throw thrown;
  }
}
