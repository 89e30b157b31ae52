/** The bars of a histogram, as many as there is room for. */

export interface Bin {
  From: number;
  To: number;
  Count: number;
}

/** Whether the last bar gathers a long tail: it is wider than the others. */
export function hasTail(bins: readonly Bin[]): boolean {
  const [first, end] = [bins[0], bins.at(-1)];
  if (!first || !end || bins.length < 3) return false;
  return end.To - end.From > 1.5 * (first.To - first.From);
}

/** Neighbours put together until there are at most `most` bars; a tail stays by itself. */
export function joinedBins(bins: readonly Bin[], most: number): readonly Bin[] {
  if (bins.length <= Math.max(2, most)) return bins;
  const tail = hasTail(bins) ? bins.slice(-1) : [];
  const body = bins.slice(0, bins.length - tail.length);
  const size = Math.ceil(body.length / Math.max(1, most - tail.length));
  const found: Bin[] = [];
  for (let at = 0; at < body.length; at += size) {
    const some = body.slice(at, at + size);
    const [first, last] = [some[0], some.at(-1)];
    if (first && last) found.push({ From: first.From, To: last.To, Count: some.reduce((sum, one) => sum + one.Count, 0) });
  }
  return [...found, ...tail];
}
