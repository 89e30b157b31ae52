/** Which rows are selected. */

import { SvelteSet } from "svelte/reactivity";

export class Selection {
  readonly #xids = new SvelteSet<string>();
  #anchor = -1;

  get size(): number {
    return this.#xids.size;
  }

  get xids(): readonly string[] {
    return [...this.#xids];
  }

  has(xid: string): boolean {
    return this.#xids.has(xid);
  }

  add(xids: readonly string[]): void {
    for (const xid of xids) this.#xids.add(xid);
  }

  drop(xids: Iterable<string>): void {
    for (const xid of xids) this.#xids.delete(xid);
  }

  toggle(xid: string): void {
    if (!this.#xids.delete(xid)) this.#xids.add(xid);
  }

  clear(): void {
    this.#xids.clear();
    this.#anchor = -1;
  }

  /** A click on the box of a row; with Shift all rows from the last click on get what it gets. */
  pick(rows: readonly { XID: string }[], at: number, shift: boolean): void {
    const clicked = rows[at];
    if (!clicked) return;
    const on = !this.has(clicked.XID);
    const from = shift && this.#anchor >= 0 ? this.#anchor : at;
    const range = rows.slice(Math.min(from, at), Math.max(from, at) + 1).map((row) => row.XID);
    if (on) this.add(range);
    else this.drop(range);
    this.#anchor = at;
  }
}
