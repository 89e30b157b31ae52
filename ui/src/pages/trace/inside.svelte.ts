/** What the server finds inside the spans, asked when a person has paused in writing. */

import { answered, api } from "../../api/client";
import type { Problem } from "../../api/problem";
import { question } from "../../api/question.svelte";
import { pause } from "../../api/retry";
import type { Answer } from "../../lib/search";

const PAUSE = 150; // ms

export interface Inside {
  /** For what is asked now; none while that is on its way. */
  readonly answers: readonly Answer[];
  /** Whether answers are still to come. */
  readonly waiting: boolean;
  readonly problem: Problem | undefined;
}

const NONE: readonly never[] = [];

/**
 * @param asks lists of words that have to occur together.
 * @param mark changes when there is news of the trace.
 */
export function lookInside(xid: string, asks: () => readonly (readonly string[])[], mark: () => string): Inside {
  // A list is made anew with each look at the tree: what it says counts.
  const wanted = $derived(JSON.stringify(asks()));
  const known = question<{ wanted: string; answers: Answer[] }>(() => {
    void mark();
    const now = wanted;
    const lists = JSON.parse(now) as string[][];
    if (lists.length === 0) return null;
    return async (signal) => {
      await pause(PAUSE, signal);
      const answers = await Promise.all(lists.map((words) => ask(words, signal)));
      return { wanted: now, answers };
    };
  });

  async function ask(words: string[], signal: AbortSignal): Promise<Answer> {
    const params = { path: { xid }, query: { text: words } };
    return { words, matches: await answered(api.GET("/traces/{xid}/matches", { params, signal })) };
  }

  const answers = $derived(known.data?.wanted === wanted ? known.data.answers : NONE);
  return {
    get answers() {
      return answers;
    },
    get waiting() {
      return wanted !== "[]" && answers.length === 0 && known.problem === undefined;
    },
    get problem() {
      return wanted === "[]" ? undefined : known.problem;
    },
  };
}
