/** What stays, what goes and what comes between two lists, by the algorithm of Myers (1986). */

/** A stretch of `a` and a stretch of `b`: equal where `same`, else the one gives way to the other. */
export interface Stretch {
  same: boolean;
  aFrom: number;
  aTo: number;
  bFrom: number;
  bTo: number;
}

/** Differences beyond which all of the middle is called different: time and memory grow by its square. */
export const MOST_EDITS = 1000;

/**
 * The fewest items to take out of `a` and put in to make `b`; with more than `most` of them, what
 * both have at their begin and end is kept and all between is replaced.
 */
export function stretches(a: readonly string[], b: readonly string[], most = MOST_EDITS): Stretch[] {
  let begin = 0;
  const shorter = Math.min(a.length, b.length);
  while (begin < shorter && a[begin] === b[begin]) begin++;
  let end = 0;
  while (end < shorter - begin && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const aEnd = a.length - end;
  const bEnd = b.length - end;
  const found = new Joined();
  found.add(true, 0, begin, 0, begin);
  const kept = commonPairs(a, b, begin, aEnd, bEnd, most);
  let x = begin;
  let y = begin;
  for (const pair of kept) {
    found.add(false, x, pair.x, y, pair.y);
    found.add(true, pair.x, pair.x + 1, pair.y, pair.y + 1);
    x = pair.x + 1;
    y = pair.y + 1;
  }
  found.add(false, x, aEnd, y, bEnd);
  found.add(true, aEnd, a.length, bEnd, b.length);
  return found.all;
}

/** Stretches, where neighbours of one kind become one. */
class Joined {
  readonly all: Stretch[] = [];

  add(same: boolean, aFrom: number, aTo: number, bFrom: number, bTo: number): void {
    if (aFrom === aTo && bFrom === bTo) return;
    const last = this.all.at(-1);
    if (last?.same === same) Object.assign(last, { aTo, bTo });
    else this.all.push({ same, aFrom, aTo, bFrom, bTo });
  }
}

interface Pair {
  x: number;
  y: number;
}

/** Items of the middle that both have, in order; none when there are too many differences. */
function commonPairs(
  a: readonly string[],
  b: readonly string[],
  begin: number,
  aEnd: number,
  bEnd: number,
  most: number,
): Pair[] {
  const n = aEnd - begin;
  const m = bEnd - begin;
  if (n === 0 || m === 0) return [];
  const limit = Math.min(n + m, most);
  // The furthest x on each diagonal from -limit to limit, and what it was before each round.
  const furthest = new Int32Array(2 * limit + 3);
  const rounds: Int32Array[] = [];
  for (let edits = 0; edits <= limit; edits++) {
    rounds.push(furthest.slice(limit - edits, limit + edits + 3));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const at = limit + 1 + diagonal;
      const down = diagonal === -edits || (diagonal !== edits && furthest[at - 1]! < furthest[at + 1]!);
      let x = down ? furthest[at + 1]! : furthest[at - 1]! + 1;
      let y = x - diagonal;
      while (x < n && y < m && a[begin + x] === b[begin + y]) {
        x++;
        y++;
      }
      furthest[at] = x;
      if (x >= n && y >= m) return walkBack(rounds, begin, n, m);
    }
  }
  return [];
}

function walkBack(rounds: Int32Array[], begin: number, n: number, m: number): Pair[] {
  const pairs: Pair[] = [];
  let x = n;
  let y = m;
  for (let edits = rounds.length - 1; edits >= 0; edits--) {
    const before = rounds[edits]!;
    const diagonal = x - y;
    const at = edits + 1 + diagonal;
    const down = diagonal === -edits || (diagonal !== edits && before[at - 1]! < before[at + 1]!);
    const fromX = edits === 0 ? 0 : down ? before[at + 1]! : before[at - 1]!;
    const fromY = edits === 0 ? 0 : fromX - (down ? diagonal + 1 : diagonal - 1);
    while (x > fromX && y > fromY) {
      x--;
      y--;
      pairs.push({ x: begin + x, y: begin + y });
    }
    x = fromX;
    y = fromY;
  }
  return pairs.reverse();
}
