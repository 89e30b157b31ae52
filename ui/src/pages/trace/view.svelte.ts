/** What is seen of a trace: which rows, which stretch of time, what is selected and found. */

import type { Schemas } from "../../api/client";
import { inside, isWhole, panned, zoomed, type Range } from "../../lib/axis";
import { byPlace, criticalPath, type Section } from "../../lib/criticalPath";
import { hits, lookUp, nextHit, type Answer, type Hits, type Lookup } from "../../lib/search";
import { buildTree, visiblePlaces, type Tree, type TreeNode } from "../../lib/tree";
import { folding, foldingAll, leftwards, rightwards, selecting, stepping, type Standing } from "../../lib/treeMoves";

export type Outline = Schemas["TraceOutline"];
export type OutlineSpan = Schemas["OutlineSpan"];
export type OutlineEvent = Schemas["OutlineEvent"];
export type SpanNode = TreeNode<OutlineSpan>;

const NONE: readonly never[] = [];

export class TraceView {
  readonly #outline: () => Outline | undefined;
  readonly #selectedXid: () => string | null;
  readonly #select: (xid: string | null) => void;
  readonly #answers: () => readonly Answer[];

  folded = $state.raw<ReadonlySet<string>>(new Set());
  path = $state(false);
  find = $state("");
  #zoom = $state.raw<Range>();
  /** A node that is no span has no XID to stand in the address. */
  #made = $state.raw<string>();

  readonly tree: Tree<OutlineSpan> = $derived.by(() => buildTree(this.#outline()?.Spans ?? NONE));
  /** Places of the rows that are not folded away. */
  readonly visible: Int32Array = $derived.by(() => visiblePlaces(this.tree, this.folded));
  readonly whole: Range = $derived.by(() => {
    const durationMs = this.#outline()?.DurationMs ?? 0;
    // The trace itself may reach further than its spans on either side.
    return { from: Math.min(0, this.tree.startMs), to: Math.max(durationMs, this.tree.endMs) };
  });
  readonly range: Range = $derived(this.#zoom === undefined ? this.whole : inside(this.#zoom, this.whole));
  readonly zoomedIn: boolean = $derived(!isWhole(this.range, this.whole));
  readonly sections: ReadonlyMap<number, readonly Section[]> = $derived.by(() =>
    this.path ? byPlace(criticalPath(this.tree)) : new Map(),
  );
  readonly lookup: Lookup = $derived.by(() => lookUp(this.tree, this.find));
  readonly found: Hits = $derived.by(() => hits(this.tree, this.lookup, this.#answers()));
  readonly hits: readonly number[] = $derived(this.found.places);
  readonly hitSet: ReadonlySet<number> = $derived(new Set(this.hits));
  /** Places of the spans that failed. */
  readonly failures: readonly number[] = $derived.by(() =>
    this.tree.nodes.flatMap(({ span }, place) => (span?.Failed === true ? [place] : [])),
  );
  readonly events: ReadonlyMap<string, readonly OutlineEvent[]> = $derived.by(() => {
    const found = new Map<string, OutlineEvent[]>();
    for (const event of this.#outline()?.SpanEvents ?? NONE) {
      const known = found.get(event.SpanID);
      if (known === undefined) found.set(event.SpanID, [event]);
      else known.push(event);
    }
    return found;
  });
  /** The place of what is selected; -1 where it is the trace itself. */
  readonly selected: number = $derived.by(() => {
    const made = this.#made;
    if (made !== undefined) return this.tree.nodes.findIndex((node) => node.key === made);
    const xid = this.#selectedXid();
    return xid === null ? -1 : (this.tree.places.get(xid) ?? -1);
  });
  readonly selectedNode: SpanNode | undefined = $derived(this.tree.nodes[this.selected]);
  /** Among the rows that are seen. */
  readonly selectedRow: number = $derived.by(() => this.visible.indexOf(this.selected));
  /** Whether anything says tokens, or cost, so that a column for it is worth its room. */
  readonly hasTokens: boolean = $derived.by(() => this.tree.nodes.some(({ totals }) => totals.tokens !== undefined));
  readonly hasCosts: boolean = $derived.by(() => this.tree.nodes.some(({ totals }) => totals.costs.length > 0));

  constructor(
    outline: () => Outline | undefined,
    selectedXid: () => string | null,
    select: (xid: string | null) => void,
    /** What the server found inside the spans, for `lookup`. */
    answers: () => readonly Answer[],
  ) {
    this.#outline = outline;
    this.#selectedXid = selectedXid;
    this.#select = select;
    this.#answers = answers;
  }

  /** Select the node at a place; what hides it is opened. -1 selects the trace. */
  select(place: number): void {
    this.#stand(selecting(this.tree, this.#standing, place));
  }

  /** The next row, or the one before. */
  step(by: 1 | -1): void {
    this.select(stepping(this.visible, this.selected, by));
  }

  toEnd(last: boolean): void {
    this.select(stepping(this.visible, -1, last ? -1 : 1));
  }

  fold(place: number, folded: boolean): void {
    this.#stand(folding(this.tree, this.#standing, place, folded));
  }

  foldAll(folded: boolean): void {
    this.#stand(foldingAll(this.tree, this.#standing, folded));
  }

  left(): void {
    this.#stand(leftwards(this.tree, this.#standing));
  }

  right(): void {
    this.#stand(rightwards(this.tree, this.#standing));
  }

  get #standing(): Standing {
    return { folded: this.folded, selected: this.selected };
  }

  #stand({ folded, selected }: Standing): void {
    this.folded = folded;
    if (selected === this.selected) return;
    const node = this.tree.nodes[selected];
    // A repeated XID leads to its first span, so the second is remembered by its key.
    const addressed = node === undefined || (node.kind === "span" && this.tree.places.get(node.xid) === selected);
    this.#made = addressed ? undefined : node.key;
    this.#select(node?.span?.XID ?? null);
  }

  nextHit(backwards: boolean): void {
    const place = nextHit(this.hits, this.selected, backwards);
    if (place !== undefined) this.select(place);
  }

  nextFailure(): void {
    const place = nextHit(this.failures, this.selected);
    if (place !== undefined) this.select(place);
  }

  zoomTo(range: Range | undefined): void {
    const next = range === undefined ? undefined : inside(range, this.whole);
    this.#zoom = next === undefined || isWhole(next, this.whole) ? undefined : next;
  }

  /** Larger or smaller, around what is selected or else the middle. */
  zoom(factor: number, at?: number): void {
    const { range } = this;
    const node = this.selectedNode;
    const middle = node === undefined ? (range.from + range.to) / 2 : (node.startMs + node.endMs) / 2;
    this.zoomTo(zoomed(range, factor, at ?? middle, this.whole));
  }

  pan(part: number): void {
    this.zoomTo(panned(this.range, part, this.whole));
  }

  /** The stretch of the selected span, with a little around it. */
  zoomToSelected(): void {
    const node = this.selectedNode;
    if (node === undefined) return;
    const around = (node.endMs - node.startMs) * 0.05;
    this.zoomTo({ from: node.startMs - around, to: node.endMs + around });
  }
}
