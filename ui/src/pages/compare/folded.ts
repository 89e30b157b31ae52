/** The pieces of a difference, with what is the same folded where it is long. */

import type { Piece } from "../../lib/difference";

export interface FoldedPiece extends Piece {
  /** Characters that are folded; 0 when all are shown. */
  hidden: number;
  head: string;
  tail: string;
}

/** As much of the same stands around a change. */
const AROUND = 240;

export function folded(pieces: readonly Piece[]): FoldedPiece[] {
  return pieces.map((piece, at) => {
    const { text } = piece;
    const head = at === 0 ? 0 : edge(text, AROUND);
    const tail = at === pieces.length - 1 ? text.length : edge(text, text.length - AROUND);
    const hidden = tail - head;
    // A fold that hides less than a few lines costs more than it saves.
    if (piece.change !== "same" || hidden < AROUND * 2) return { ...piece, hidden: 0, head: text, tail: "" };
    return { ...piece, hidden, head: text.slice(0, head), tail: text.slice(tail) };
  });
}

/** A place where no character is cut into halves. */
function edge(text: string, at: number): number {
  const inside = Math.max(0, Math.min(text.length, at));
  const code = text.charCodeAt(inside);
  return code >= 0xdc00 && code <= 0xdfff ? inside - 1 : inside;
}
