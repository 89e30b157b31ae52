/** How the families of spans look: colour, sign and word. */

export interface Look {
  /** A token of app.css. */
  colour: string;
  /** A path in a box of 16 by 16, drawn as a line. */
  sign: string;
  word: string;
}

const LOOKS: Record<string, Look> = {
  completion: { colour: "var(--completion)", sign: "M2.5 3.5h11v7.5h-6l-3 2.5V11h-2z", word: "completion" },
  retrieval: { colour: "var(--retrieval)", sign: "M7 2.5a4.5 4.5 0 110 9 4.5 4.5 0 010-9zM10.4 10.4l3.4 3.4", word: "retrieval" },
  embeddings: { colour: "var(--embeddings)", sign: "M3 3h3v3H3zM10 3h3v3h-3zM3 10h3v3H3zM10 10h3v3h-3z", word: "embeddings" },
};
const OTHER: Look = { colour: "var(--function)", sign: "M3 4h10v8H3zM3 7h10", word: "step" };

export function look(family: string | undefined): Look {
  if (family !== undefined && Object.hasOwn(LOOKS, family)) return LOOKS[family]!;
  return family === undefined || family === "other" ? OTHER : { ...OTHER, word: family };
}

/** Colours of the minimap; a later one is drawn over an earlier one. */
export const COLOURS = ["var(--function)", "var(--completion)", "var(--retrieval)", "var(--embeddings)", "var(--failed-fill)"];

export function colourIndex(family: string | undefined, failed: boolean): number {
  if (failed) return COLOURS.length;
  return Math.max(0, COLOURS.indexOf(look(family).colour)) + 1;
}
