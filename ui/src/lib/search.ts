import type { Schemas } from "../api/client";
import type { Tree, TreeNode, TreeSpan } from "./tree";

export type Match = Schemas["Match"];

/** What can be searched for in the outline of a trace. */
export interface SearchedSpan extends TreeSpan {
  Model?: string;
  Provider?: string;
  Severity?: string;
  Message?: string;
}

/** What a query means for a trace, before the server has said what is inside the spans. */
export interface Lookup {
  /** What all has to occur in a span. */
  words: readonly string[];
  /** By place of the node: the words that the outline of its span does not say. */
  lacking: readonly (readonly string[])[];
  /** Which words to ask the server for, all of them first. */
  asks: readonly (readonly string[])[];
}

/** In which spans all of some words occur. */
export interface Answer {
  words: readonly string[];
  matches: Schemas["TraceMatches"];
}

export interface Hits {
  /** Places of the nodes in order, before them -1 where it is the trace itself. */
  places: readonly number[];
  /** What stands there, by place. */
  matches: ReadonlyMap<number, Match>;
  /** Whether there are more than the server tells. */
  more: boolean;
}

/** As the API has it: more and longer words are not asked for. */
export const MOST_WORDS = 50;
export const LONGEST_QUERY = 200;
const MOST_ASKS = 3;
const NOTHING: Lookup = { words: [], lacking: [], asks: [] };

/**
 * Look into the outline; capital letters and accents do not matter, and text in double quotes is
 * one word.
 *
 * A word may be in the outline and the next one inside of the span: so the server is asked for the
 * words that some span lacks, besides for all of them.
 */
export function lookUp(tree: Tree<SearchedSpan>, query: string): Lookup {
  const words = wordsOf(query);
  if (words.length === 0) return NOTHING;
  const all = words.map(({ text }) => text);
  const sets = new Map<string, { words: string[]; spans: number }>();
  const lacking = tree.nodes.map((node) => {
    const text = folded(outlined(node));
    const found = words.filter((word) => !text.includes(word.folded)).map((word) => word.text);
    if (node.kind === "span" && found.length > 0 && found.length < all.length) {
      const key = JSON.stringify(found);
      const set = sets.get(key) ?? { words: found, spans: 0 };
      set.spans += 1;
      sets.set(key, set);
    }
    return found;
  });
  const most = [...sets.values()].sort((one, other) => other.spans - one.spans);
  return { words: all, lacking, asks: [all, ...most.slice(0, MOST_ASKS - 1).map((set) => set.words)] };
}

/** Where all words occur: in the outline, inside of the span, or some here and some there. */
export function hits(tree: Tree<SearchedSpan>, { words, lacking }: Lookup, answers: readonly Answer[]): Hits {
  const known = answers.map((answer) => ({
    words: new Set(answer.words),
    spans: new Map(answer.matches.Spans.map((match) => [match.XID, match])),
    trace: answer.matches.Trace,
  }));
  const places: number[] = [];
  const matches = new Map<number, Match>();
  function take(place: number, match: Match | undefined): void {
    places.push(place);
    if (match !== undefined) matches.set(place, match);
  }
  const trace = known.find((answer) => words.every((word) => answer.words.has(word)))?.trace;
  if (trace !== undefined) take(-1, trace);
  tree.nodes.forEach(({ kind, xid }, place) => {
    const left = lacking[place] ?? words;
    const inside = kind === "span" ? known.find((answer) => answer.spans.has(xid) && left.every((word) => answer.words.has(word))) : undefined;
    if (words.length > 0 && (left.length === 0 || inside !== undefined)) take(place, inside?.spans.get(xid));
  });
  return { places, matches, more: answers.some(({ matches: { More } }) => More) };
}

function outlined({ span, xid, kind }: TreeNode<SearchedSpan>): string {
  if (span === undefined) return `${kind === "missing" ? "missing parent" : "circle"} ${xid}`;
  return [span.Name, span.Family, span.Model, span.Provider, span.Severity, span.Message, span.Failed ? "failed" : "", span.Open ? "open" : "", xid].join("\n");
}

interface Word {
  text: string;
  folded: string;
}

function wordsOf(query: string): Word[] {
  const found = new Map<string, Word>();
  for (const match of query.slice(0, LONGEST_QUERY).matchAll(/"([^"]+)"?|[^\s"]+/g)) {
    const text = match[1] ?? match[0];
    // White space alone is no word, and a sign alone may fold to nothing.
    const word = { text, folded: folded(text) };
    if (text.trim() !== "" && word.folded !== "") found.set(word.folded, found.get(word.folded) ?? word);
  }
  return [...found.values()].slice(0, MOST_WORDS);
}

/** A piece of an excerpt, and whether it is what was looked for. */
export interface Piece {
  text: string;
  hit: boolean;
}

/** An excerpt in pieces; with `before`, from so many characters before the first hit on. */
export function pieces(excerpt: string, words: readonly string[], before?: number): Piece[] {
  const spans = occurrences(excerpt, words);
  const found: Piece[] = [];
  let from = 0;
  const first = spans[0]?.[0];
  if (before !== undefined && first !== undefined && first > before + 1) {
    from = first - before;
    // Not in the middle of a character.
    if (/[\udc00-\udfff]/.test(excerpt.charAt(from))) from -= 1;
    found.push({ text: "…", hit: false });
  }
  for (const [begin, end] of spans) {
    if (begin > from) found.push({ text: excerpt.slice(from, begin), hit: false });
    found.push({ text: excerpt.slice(begin, end), hit: true });
    from = end;
  }
  if (from < excerpt.length) found.push({ text: excerpt.slice(from), hit: false });
  return found;
}

/** From where to where words occur, in order and without overlaps; nothing where letters change their number. */
export function occurrences(text: string, words: readonly string[]): [number, number][] {
  const lowered = text.toLowerCase();
  if (lowered.length !== text.length) return [];
  const found: [number, number][] = [];
  for (const word of words.map((one) => one.toLowerCase())) {
    if (word === "") continue;
    for (let at = lowered.indexOf(word); at >= 0; at = lowered.indexOf(word, at + word.length)) found.push([at, at + word.length]);
  }
  found.sort((one, other) => one[0] - other[0] || other[1] - one[1]);
  let last = 0;
  return found.filter(([begin, end]) => {
    const apart = begin >= last;
    if (apart) last = end;
    return apart;
  });
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
