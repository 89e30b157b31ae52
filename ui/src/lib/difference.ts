import { MOST_EDITS, stretches } from "./myers";
import type { Tree } from "./tree";

export type Change = "same" | "removed" | "added";

export interface Piece {
  change: Change;
  text: string;
}

export interface TextDifference {
  /** All `same` and `removed` ones together are the first text, `same` and `added` the second. */
  pieces: Piece[];
  /** True where the texts differ so much that only their begins and ends were compared. */
  rough: boolean;
}

/** Characters on one side of a change above which its words are not compared. */
const LONGEST_CHANGE = 20_000;

// Writing without spaces is compared sign by sign.
const WORDS = /\s+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}\p{M}_]+|[^]/gu;
const LINES = /[^\n]*\n|[^\n]+/g;

/** The words that two texts do not have in common; first line by line, then inside what changed. */
export function textDifference(a: string, b: string): TextDifference {
  const aLines = a.match(LINES) ?? [];
  const bLines = b.match(LINES) ?? [];
  const found = new Pieces();
  let rough = false;
  for (const { same, aFrom, aTo, bFrom, bTo } of stretches(aLines, bLines)) {
    const removed = aLines.slice(aFrom, aTo).join("");
    const added = bLines.slice(bFrom, bTo).join("");
    if (same) found.add("same", removed);
    else if (Math.max(removed.length, added.length) > LONGEST_CHANGE) {
      rough ||= removed !== "" && added !== "";
      found.add("removed", removed);
      found.add("added", added);
    } else wordDifference(removed, added, found);
  }
  return { pieces: found.all, rough };
}

function wordDifference(a: string, b: string, found: Pieces): void {
  const aWords = a.match(WORDS) ?? [];
  const bWords = b.match(WORDS) ?? [];
  for (const { same, aFrom, aTo, bFrom, bTo } of stretches(aWords, bWords)) {
    if (same) found.add("same", aWords.slice(aFrom, aTo).join(""));
    else {
      found.add("removed", aWords.slice(aFrom, aTo).join(""));
      found.add("added", bWords.slice(bFrom, bTo).join(""));
    }
  }
}

class Pieces {
  readonly all: Piece[] = [];

  add(change: Change, text: string): void {
    if (text === "") return;
    const last = this.all.at(-1);
    if (last?.change === change) last.text += text;
    else this.all.push({ change, text });
  }
}

/** A row of two trees side by side; a place is undefined where one of them has nothing. */
export interface AlignedRow {
  a: number | undefined;
  b: number | undefined;
  depth: number;
}

interface Siblings {
  a: number | undefined;
  b: number | undefined;
  depth: number;
}

/**
 * Two trees as one: top nodes are paired with top nodes, and children of a pair with each other,
 * those of the same family and name in the same order; then the rest of the same name, moved.
 */
export function alignTrees(a: Tree, b: Tree): AlignedRow[] {
  const aChildren = childrenOf(a);
  const bChildren = childrenOf(b);
  const rows: AlignedRow[] = [];
  const waiting: Siblings[] = [];
  const push = (pairs: Siblings[]) => {
    for (let at = pairs.length - 1; at >= 0; at--) waiting.push(pairs[at]!);
  };
  push(pairUp(a, b, aChildren[0]!, bChildren[0]!, 0));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    rows.push(next);
    const below = (children: number[][], place: number | undefined) =>
      place === undefined ? [] : children[place + 1]!;
    push(pairUp(a, b, below(aChildren, next.a), below(bChildren, next.b), next.depth + 1));
  }
  return rows;
}

function childrenOf({ nodes }: Tree): number[][] {
  const children: number[][] = Array.from({ length: nodes.length + 1 }, () => []);
  nodes.forEach((node, place) => children[node.parent + 1]!.push(place));
  return children;
}

function label(tree: Tree, place: number): string {
  const { kind, span, xid } = tree.nodes[place]!;
  return span === undefined ? `${kind}\n${xid}` : `span\n${span.Family}\n${span.Name}`;
}

function pairUp(a: Tree, b: Tree, aPlaces: number[], bPlaces: number[], depth: number): Siblings[] {
  const aLabels = aPlaces.map((place) => label(a, place));
  const bLabels = bPlaces.map((place) => label(b, place));
  const parts = stretches(aLabels, bLabels, MOST_EDITS);
  const moved = movedPairs(parts, aLabels, bLabels);
  const taken = new Set(moved.values());
  const rows: Siblings[] = [];
  for (const { same, aFrom, aTo, bFrom, bTo } of parts) {
    for (let at = aFrom; at < aTo; at++) {
      const partner = same ? bFrom + at - aFrom : moved.get(at);
      rows.push({ a: aPlaces[at], b: partner === undefined ? undefined : bPlaces[partner], depth });
    }
    if (same) continue;
    for (let at = bFrom; at < bTo; at++) {
      if (!taken.has(at)) rows.push({ a: undefined, b: bPlaces[at], depth });
    }
  }
  return rows;
}

/** Of what was not found in order: the partners with the same label, first with first. */
function movedPairs(
  parts: ReturnType<typeof stretches>,
  aLabels: string[],
  bLabels: string[],
): Map<number, number> {
  const free = new Map<string, number[]>();
  const changed = parts.filter((part) => !part.same);
  for (const { bFrom, bTo } of changed) {
    for (let at = bFrom; at < bTo; at++) {
      const known = free.get(bLabels[at]!);
      if (known === undefined) free.set(bLabels[at]!, [at]);
      else known.push(at);
    }
  }
  for (const places of free.values()) places.reverse();
  const pairs = new Map<number, number>();
  for (const { aFrom, aTo } of changed) {
    for (let at = aFrom; at < aTo; at++) {
      const partner = free.get(aLabels[at]!)?.pop();
      if (partner !== undefined) pairs.set(at, partner);
    }
  }
  return pairs;
}
