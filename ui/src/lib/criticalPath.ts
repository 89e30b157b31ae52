import type { Tree } from "./tree";

/** A stretch of time that the end of the trace had to wait for, and the node that it was spent in. */
export interface Section {
  /** Place of the node in the tree; -1 between and around the top ones. */
  place: number;
  from: number;
  to: number;
}

interface Frame {
  place: number;
  from: number;
  /** Where the span ends, cut to its parent. */
  to: number;
  /** Up to here, from the right, time is explained. */
  cursor: number;
  /** The last to end first. */
  children: number[];
  next: number;
}

/**
 * The chain of spans that decides when the trace ends.
 *
 * The algorithm is Jaeger's (its page, `TraceTimelineViewer/CriticalPath`): stand at the end of a
 * span and go back in time. The child that finished last before that moment is what the span
 * waited for: the time after its end belongs to the span itself, the time of the child is
 * explained in the same way inside it, and from its start the search goes on in the span. Children
 * that reach past their parent are cut to it. The sections come out in order of time, do not
 * overlap, and fill the whole trace.
 *
 * Unlike Jaeger's it does not recurse, takes a child that ends exactly where another begins, and
 * treats the trace as the parent of its top spans.
 */
export function criticalPath(tree: Tree): Section[] {
  const children = childrenByEnd(tree);
  const sections: Section[] = [];
  const enter = (place: number, from: number, to: number): Frame => ({
    place, from, to, cursor: to, children: children[place + 1]!, next: 0,
  });
  const stack = [enter(-1, tree.startMs, tree.endMs)];
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const child = lastFinished(tree, frame);
    const to = child === undefined ? frame.from : child.to;
    if (frame.cursor > to) sections.push({ place: frame.place, from: to, to: frame.cursor });
    if (child === undefined) {
      stack.pop();
    } else {
      frame.cursor = child.from;
      stack.push(enter(child.place, child.from, child.to));
    }
  }
  return sections.reverse();
}

/** The next child that was over when the cursor was reached; one that still ran then was not waited for. */
function lastFinished({ nodes }: Tree, frame: Frame): Section | undefined {
  while (frame.next < frame.children.length) {
    const place = frame.children[frame.next++]!;
    const from = Math.max(nodes[place]!.startMs, frame.from);
    const to = Math.min(nodes[place]!.endMs, frame.to);
    if (from < to && to <= frame.cursor) return { place, from, to };
  }
  return undefined;
}

/** Children of each node at its place + 1, those of the trace at 0; the last to end first. */
function childrenByEnd({ nodes }: Tree): number[][] {
  const children: number[][] = Array.from({ length: nodes.length + 1 }, () => []);
  nodes.forEach((node, place) => children[node.parent + 1]!.push(place));
  const end = (place: number) => nodes[place]!.endMs;
  for (const list of children) if (list.length > 1) list.sort((a, b) => end(b) - end(a));
  return children;
}

/** The sections of each node that has some. */
export function byPlace(sections: readonly Section[]): Map<number, Section[]> {
  const found = new Map<number, Section[]>();
  for (const section of sections) {
    const known = found.get(section.place);
    if (known === undefined) found.set(section.place, [section]);
    else known.push(section);
  }
  return found;
}
