/** Which rows of a long list have to be in the document. */

export interface Span {
  first: number;
  /** Not included. */
  end: number;
}

export const BESIDE = 8; // rows above and below, so that a fast scroll shows no gaps

/** @param row height of a row in px, the same for all. */
export function rowsIn(top: number, height: number, row: number, count: number, beside = BESIDE): Span {
  const first = Math.max(0, Math.min(count, Math.floor(top / row) - beside));
  const end = Math.max(first, Math.min(count, Math.ceil((top + height) / row) + beside));
  return { first, end };
}

/** Where to scroll so that a row is seen, without moving when it is already. */
export function scrollFor(at: number, top: number, height: number, row: number, head = 0): number {
  const begin = at * row;
  if (begin < top) return begin;
  const over = begin + row + head - (top + height);
  return over > 0 ? top + over : top;
}
