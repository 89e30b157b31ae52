/**
 * Spans in the order in which they come, as a tree in the order in which it is shown.
 *
 * The tree is one list in preorder where each node knows the size of what hangs below it: folding
 * is skipping, and nothing here recurses, so a chain of 50,000 spans is as good as any other.
 */

export interface MoneyAmount {
  Amount: number;
  Currency: string;
}

/** What the tree needs of a span; `OutlineSpan` and others fit. */
export interface TreeSpan {
  XID: string;
  ParentID?: string | null;
  Name: string;
  Family: string;
  StartMs: number;
  DurationMs: number;
  Open?: boolean;
  Failed?: boolean;
  InputTokens?: number;
  OutputTokens?: number;
  TotalTokens?: number;
  Costs?: readonly MoneyAmount[];
}

export interface Totals {
  spans: number;
  failed: number;
  open: number;
  input: number;
  output: number;
  /** Undefined where no span says anything of tokens. */
  tokens: number | undefined;
  costs: MoneyAmount[];
}

/** `missing`: a parent that was not stored. `circle`: spans that are each other's parents. */
export type NodeKind = "span" | "missing" | "circle";

export interface TreeNode<S extends TreeSpan = TreeSpan> {
  kind: NodeKind;
  /** Unique in the tree, also where an XID is not. */
  key: string;
  span: S | undefined;
  /** XID of the span, or of the parent that is missing. */
  xid: string;
  depth: number;
  /** Its place in the list; -1 at the top. */
  parent: number;
  /** Number of nodes from this one on that belong to it, itself included. */
  size: number;
  /** When it began and ended; of a made-up node: what its children span. */
  startMs: number;
  endMs: number;
  totals: Totals;
}

export interface Tree<S extends TreeSpan = TreeSpan> {
  nodes: TreeNode<S>[];
  /** The place of each span; of a repeated XID the first one. */
  places: Map<string, number>;
  /** From the earliest start to the latest end, never negative. */
  startMs: number;
  endMs: number;
}

interface Draft<S> {
  kind: NodeKind;
  key: string;
  span: S | undefined;
  xid: string;
  startMs: number;
  order: number;
  children: Draft<S>[];
}

export function buildTree<S extends TreeSpan>(spans: readonly S[]): Tree<S> {
  return flatten(hang(draft(spans)));
}

function draft<S extends TreeSpan>(spans: readonly S[]): Draft<S>[] {
  const seen = new Map<string, number>();
  return spans.map((span, order) => {
    const times = (seen.get(span.XID) ?? 0) + 1;
    seen.set(span.XID, times);
    // What stands before the first blank tells them apart, whatever an XID holds.
    const key = `${times} ${span.XID}`;
    const startMs = finite(span.StartMs);
    return { kind: "span", key, span, xid: span.XID, startMs, order, children: [] };
  });
}

/** Hang each span under its parent; answers the top ones, in order of their start. */
function hang<S extends TreeSpan>(drafts: Draft<S>[]): Draft<S>[] {
  const first = new Map<string, Draft<S>>();
  for (const one of drafts) if (!first.has(one.xid)) first.set(one.xid, one);
  const tops: Draft<S>[] = [];
  const missing = new Map<string, Draft<S>>();
  const circles = breakCircles(drafts, first);
  for (const one of drafts) {
    const parentID = one.span?.ParentID;
    const circle = circles.get(one);
    if (circle !== undefined) {
      if (circle.children.length === 0) tops.push(circle);
      circle.children.push(one);
    } else if (!parentID) {
      tops.push(one);
    } else {
      const parent = first.get(parentID);
      if (parent !== undefined) parent.children.push(one);
      else lostParent(missing, tops, parentID, one).children.push(one);
    }
  }
  for (const one of missing.values()) settle(one);
  for (const one of new Set(circles.values())) settle(one);
  for (const one of drafts) one.children.sort(byStart);
  return tops.sort(byStart);
}

function lostParent<S extends TreeSpan>(
  missing: Map<string, Draft<S>>,
  tops: Draft<S>[],
  xid: string,
  child: Draft<S>,
): Draft<S> {
  let parent = missing.get(xid);
  if (parent === undefined) {
    parent = made("missing", xid, child);
    missing.set(xid, parent);
    tops.push(parent);
  }
  return parent;
}

function made<S extends TreeSpan>(kind: NodeKind, xid: string, child: Draft<S>): Draft<S> {
  const key = `${kind} ${xid}`;
  return { kind, key, span: undefined, xid, startMs: child.startMs, order: child.order, children: [] };
}

function settle<S>(one: Draft<S>): void {
  one.children.sort(byStart);
  one.startMs = one.children[0]?.startMs ?? one.startMs;
}

/**
 * The spans at which circles are cut, each with the node under which it hangs.
 *
 * Each span has one parent, so walking up either ends or comes into a circle, and each circle is
 * entered once: a walk stops where an earlier one has been.
 */
function breakCircles<S extends TreeSpan>(
  drafts: Draft<S>[],
  first: Map<string, Draft<S>>,
): Map<Draft<S>, Draft<S>> {
  const cut = new Map<Draft<S>, Draft<S>>();
  const walkOf = new Map<Draft<S>, number>();
  drafts.forEach((from, walk) => {
    let at: Draft<S> | undefined = from;
    while (at !== undefined && !walkOf.has(at)) {
      walkOf.set(at, walk);
      at = first.get(at.span?.ParentID || "");
    }
    if (at === undefined || walkOf.get(at) !== walk) return;
    let earliest = at;
    for (let next = above(at, first); next !== at; next = above(next, first)) {
      if (byStart(next, earliest) < 0) earliest = next;
    }
    cut.set(earliest, made("circle", earliest.xid, earliest));
  });
  return cut;
}

function above<S extends TreeSpan>(one: Draft<S>, first: Map<string, Draft<S>>): Draft<S> {
  // Only called inside a circle, where each has a parent.
  return first.get(one.span?.ParentID ?? "") ?? one;
}

function byStart(a: { startMs: number; order: number }, b: { startMs: number; order: number }) {
  return a.startMs - b.startMs || a.order - b.order;
}

function flatten<S extends TreeSpan>(tops: Draft<S>[]): Tree<S> {
  const nodes: TreeNode<S>[] = [];
  const places = new Map<string, number>();
  const waiting: { one: Draft<S>; parent: number }[] = [];
  for (let at = tops.length - 1; at >= 0; at--) waiting.push({ one: tops[at]!, parent: -1 });
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { one, parent } = next;
    const place = nodes.length;
    nodes.push(nodeOf(one, parent, parent < 0 ? 0 : nodes[parent]!.depth + 1));
    if (one.span !== undefined && !places.has(one.xid)) places.set(one.xid, place);
    for (let at = one.children.length - 1; at >= 0; at--) {
      waiting.push({ one: one.children[at]!, parent: place });
    }
  }
  sumUp(nodes);
  return { nodes, places, ...range(nodes) };
}

function nodeOf<S extends TreeSpan>(one: Draft<S>, parent: number, depth: number): TreeNode<S> {
  const { kind, key, span, xid, startMs } = one;
  const endMs = span === undefined ? startMs : startMs + Math.max(0, finite(span.DurationMs));
  return { kind, key, span, xid, depth, parent, size: 1, startMs, endMs, totals: own(span) };
}

function own(span: TreeSpan | undefined): Totals {
  const input = finite(span?.InputTokens ?? 0);
  const output = finite(span?.OutputTokens ?? 0);
  const said = span?.TotalTokens !== undefined || span?.InputTokens !== undefined;
  return {
    spans: span === undefined ? 0 : 1,
    failed: span?.Failed ? 1 : 0,
    open: span?.Open ? 1 : 0,
    input,
    output,
    tokens: said || span?.OutputTokens !== undefined ? finite(span?.TotalTokens ?? input + output) : undefined,
    costs: (span?.Costs ?? []).map(({ Amount, Currency }) => ({ Amount, Currency })),
  };
}

/** Backwards through preorder a node is complete when its parent is told of it. */
function sumUp(nodes: TreeNode[]): void {
  for (let place = nodes.length - 1; place >= 0; place--) {
    const node = nodes[place]!;
    const parent = nodes[node.parent];
    if (parent === undefined) continue;
    parent.size += node.size;
    if (parent.span === undefined) parent.endMs = Math.max(parent.endMs, node.endMs);
    add(parent.totals, node.totals);
  }
}

function add(to: Totals, from: Totals): void {
  to.spans += from.spans;
  to.failed += from.failed;
  to.open += from.open;
  to.input += from.input;
  to.output += from.output;
  if (from.tokens !== undefined) to.tokens = (to.tokens ?? 0) + from.tokens;
  for (const cost of from.costs) {
    const same = to.costs.find((known) => known.Currency === cost.Currency);
    if (same === undefined) to.costs.push({ ...cost });
    else same.Amount += cost.Amount;
  }
}

function range(nodes: TreeNode[]): { startMs: number; endMs: number } {
  if (nodes.length === 0) return { startMs: 0, endMs: 0 };
  let startMs = Infinity;
  let endMs = -Infinity;
  for (const node of nodes) {
    if (node.startMs < startMs) startMs = node.startMs;
    if (node.endMs > endMs) endMs = node.endMs;
  }
  return { startMs, endMs };
}

function finite(number: number): number {
  return Number.isFinite(number) ? number : 0;
}

/** Places of the nodes that are seen when those with the keys in `folded` are folded. */
export function visiblePlaces(tree: Tree, folded: ReadonlySet<string>): Int32Array {
  const { nodes } = tree;
  const seen = new Int32Array(nodes.length);
  let count = 0;
  for (let place = 0; place < nodes.length; ) {
    const node = nodes[place]!;
    seen[count++] = place;
    place += node.size > 1 && folded.has(node.key) ? node.size : 1;
  }
  return seen.subarray(0, count);
}

/** Keys of all nodes that have children and stand at `depth` or deeper. */
export function foldable(tree: Tree, depth = 0): Set<string> {
  const keys = new Set<string>();
  for (const node of tree.nodes) if (node.size > 1 && node.depth >= depth) keys.add(node.key);
  return keys;
}

/** Places of the nodes above `place`, the nearest first. */
export function ancestors(tree: Tree, place: number): number[] {
  const found: number[] = [];
  for (let at = tree.nodes[place]?.parent ?? -1; at >= 0; at = tree.nodes[at]!.parent) found.push(at);
  return found;
}

/** `folded` without what hides the node at `place`; the same set when nothing does. */
export function revealed(tree: Tree, folded: ReadonlySet<string>, place: number): ReadonlySet<string> {
  const hiding = ancestors(tree, place).filter((at) => folded.has(tree.nodes[at]!.key));
  if (hiding.length === 0) return folded;
  const open = new Set(folded);
  for (const at of hiding) open.delete(tree.nodes[at]!.key);
  return open;
}
