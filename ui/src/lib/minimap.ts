import type { Range } from "./axis";
import type { Tree } from "./tree";

/** A stretch of one colour in the small picture of a trace, in its pixels. */
export interface Patch {
  x: number;
  y: number;
  width: number;
  /** What is drawn: a class of `classes`, by its place + 1. */
  colour: number;
}

/**
 * The whole trace in `width` by `height` pixels: rows share a line where there are more rows than
 * lines, and what weighs more is drawn over what weighs less.
 *
 * The number of patches is bounded by the pixels, however large the trace is.
 *
 * @param colourOf the colour of a node, from 1 on; a higher one is drawn over a lower one.
 */
export function minimap(
  tree: Tree,
  places: ArrayLike<number>,
  range: Range,
  width: number,
  height: number,
  colourOf: (place: number) => number,
): Patch[] {
  const pixels = new Uint8Array(width * height);
  const scale = range.to > range.from ? width / (range.to - range.from) : 0;
  // Few rows are not stretched over the whole height: a line each.
  const lines = Math.min(height, places.length);
  for (let row = 0; row < places.length; row++) {
    const place = places[row]!;
    const node = tree.nodes[place]!;
    const line = Math.floor((row * lines) / places.length);
    const from = Math.min(width - 1, Math.max(0, Math.floor((node.startMs - range.from) * scale)));
    const to = Math.min(width, Math.max(from + 1, Math.ceil((node.endMs - range.from) * scale)));
    const colour = colourOf(place);
    const offset = line * width;
    for (let at = offset + from; at < offset + to; at++) if (pixels[at]! < colour) pixels[at] = colour;
  }
  return patches(pixels, width, lines);
}

function patches(pixels: Uint8Array, width: number, lines: number): Patch[] {
  const found: Patch[] = [];
  for (let y = 0; y < lines; y++) {
    const offset = y * width;
    for (let x = 0; x < width; ) {
      const colour = pixels[offset + x]!;
      let end = x + 1;
      while (end < width && pixels[offset + end] === colour) end++;
      if (colour > 0) found.push({ x, y, width: end - x, colour });
      x = end;
    }
  }
  return found;
}
