/** A question to the server as reactive state: what is known, what went wrong, whether it runs. */

import { untrack } from "svelte";

import { asProblem, isCancelled, type Problem } from "./problem";
import { login } from "./login.svelte";
import { recovering } from "./retry";

export interface Question<T> {
  /** The last answer; kept while a new one is on its way, so that nothing flickers. */
  readonly data: T | undefined;
  readonly problem: Problem | undefined;
  readonly loading: boolean;
  /** Ask the same again. */
  again(): void;
}

type Ask<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Ask whenever what `source` reads has changed; the question before is cancelled.
 * `source` runs synchronously and gives what to ask, or null for nothing. When only `renewal` has
 * changed, the same is asked anew once the question before is answered: where an answer takes longer
 * than the time between two of them, cancelling it each time would let none arrive. Call it while a
 * component is set up.
 */
export function question<T>(source: () => Ask<T> | null, renewal: () => string | number | undefined = () => undefined): Question<T> {
  let data = $state.raw<T>();
  let problem = $state.raw<Problem>();
  let loading = $state(true);
  let round = $state(0);
  let asking = $state(false);
  let asked: string | number | undefined;

  $effect(() => {
    void round;
    void login.sessions;
    const ask = source();
    asked = untrack(renewal);
    const stop = new AbortController();
    loading = asking = ask !== null;
    if (ask !== null) void answer(ask, stop.signal);
    return () => stop.abort();
  });

  $effect(() => {
    if (renewal() !== asked && !asking) untrack(() => (round += 1));
  });

  async function answer(ask: Ask<T>, signal: AbortSignal): Promise<void> {
    try {
      const found = await untrack(() => recovering(ask, signal, failed));
      if (signal.aborted) return;
      data = found;
      problem = undefined;
    } catch (thrown) {
      if (signal.aborted || isCancelled(thrown)) return;
      problem = asProblem(thrown);
    }
    loading = asking = false;
  }

  function failed(found: Problem): void {
    problem = found;
    loading = false;
  }

  return {
    get data() {
      return data;
    },
    get problem() {
      return problem;
    },
    get loading() {
      return loading;
    },
    again() {
      round += 1;
    },
  };
}
