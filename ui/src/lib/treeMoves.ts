/** Where keys lead in a tree whose branches can be folded. */

import { foldable, revealed, type Tree } from "./tree";

/** What is folded, by keys, and which place is selected; -1 is none. */
export interface Standing {
  folded: ReadonlySet<string>;
  selected: number;
}

/** Select a place; what hides it is opened. */
export function selecting(tree: Tree, { folded }: Standing, place: number): Standing {
  const known = tree.nodes[place] !== undefined;
  return { folded: known ? revealed(tree, folded, place) : folded, selected: known ? place : -1 };
}

/** The row after the selected one among `visible`, or before it; from nowhere the first, or last. */
export function stepping(visible: ArrayLike<number>, selected: number, by: 1 | -1): number {
  if (visible.length === 0) return -1;
  const from = Array.prototype.indexOf.call(visible, selected);
  const row = from < 0 ? (by > 0 ? 0 : visible.length - 1) : Math.min(visible.length - 1, Math.max(0, from + by));
  return visible[row]!;
}

/** Fold or unfold a place; what would be folded away while it is selected gives way to the place. */
export function folding(tree: Tree, standing: Standing, place: number, fold: boolean): Standing {
  const node = tree.nodes[place];
  if (node === undefined || node.size === 1) return standing;
  const folded = new Set(standing.folded);
  if (fold) folded.add(node.key);
  else folded.delete(node.key);
  const inside = standing.selected > place && standing.selected < place + node.size;
  return { folded, selected: fold && inside ? place : standing.selected };
}

/** Fold or unfold everything; the selection moves up to what is still seen. */
export function foldingAll(tree: Tree, { selected }: Standing, fold: boolean): Standing {
  if (!fold) return { folded: new Set(), selected };
  let top = selected;
  while (top >= 0 && tree.nodes[top]!.parent >= 0) top = tree.nodes[top]!.parent;
  return { folded: foldable(tree), selected: top };
}

/** Fold what is selected; when it is folded or holds nothing, go to its parent. */
export function leftwards(tree: Tree, standing: Standing): Standing {
  const node = tree.nodes[standing.selected];
  if (node === undefined) return standing;
  if (node.size > 1 && !standing.folded.has(node.key)) return folding(tree, standing, standing.selected, true);
  return node.parent < 0 ? standing : selecting(tree, standing, node.parent);
}

/** Unfold what is selected; when it is open, go to its first child; from nowhere to the first row. */
export function rightwards(tree: Tree, standing: Standing): Standing {
  const node = tree.nodes[standing.selected];
  if (node === undefined) return selecting(tree, standing, 0);
  if (standing.folded.has(node.key)) return folding(tree, standing, standing.selected, false);
  return node.size > 1 ? selecting(tree, standing, standing.selected + 1) : standing;
}
