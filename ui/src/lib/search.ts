import type { Tree, TreeSpan } from "./tree";

/** What can be searched for in the outline of a trace. */
export interface SearchedSpan extends TreeSpan {
  Model?: string;
  Provider?: string;
  Severity?: string;
  Message?: string;
}

/**
 * Places of the nodes in which every word of the query occurs, in order; capital letters and
 * accents do not matter, and text in double quotes is one word.
 */
export function search(tree: Tree<SearchedSpan>, query: string): number[] {
  const words = wordsOf(query);
  if (words.length === 0) return [];
  const found: number[] = [];
  tree.nodes.forEach(({ span, xid, kind }, place) => {
    const text = folded(
      span === undefined
        ? `${kind === "missing" ? "missing parent" : "circle"} ${xid}`
        : [span.Name, span.Family, span.Model, span.Provider, span.Severity, span.Message, span.Failed ? "failed" : "", span.Open ? "open" : "", xid].join("\n"),
    );
    if (words.every((word) => text.includes(word))) found.push(place);
  });
  return found;
}

function wordsOf(query: string): string[] {
  return [...folded(query).matchAll(/"([^"]+)"?|[^\s"]+/g)].map((match) => match[1] ?? match[0]);
}

/** For comparison alone: without capital letters and accents. */
export function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** The place of the hit after `from`, or before it; around the end it goes on at the begin. */
export function nextHit(hits: readonly number[], from: number, backwards = false): number | undefined {
  if (hits.length === 0) return undefined;
  if (backwards) return hits.findLast((hit) => hit < from) ?? hits.at(-1);
  return hits.find((hit) => hit > from) ?? hits[0];
}
