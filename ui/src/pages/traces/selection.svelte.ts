/** Which traces are selected, whatever the list is narrowed to just now. */

import { SvelteMap } from "svelte/reactivity";

/** What is known of a trace that was selected, also when it is not in the list any more. */
export interface Chosen {
  XID: string;
  Name: string;
  Start: string;
}

export class Selection {
  readonly #chosen = new SvelteMap<string, Chosen>();
  #anchor = "";
  #login = 0;

  get size(): number {
    return this.#chosen.size;
  }

  get xids(): readonly string[] {
    return [...this.#chosen.keys()];
  }

  get all(): readonly Chosen[] {
    return [...this.#chosen.values()];
  }

  has(xid: string): boolean {
    return this.#chosen.has(xid);
  }

  add(rows: readonly Chosen[]): void {
    for (const { XID, Name, Start } of rows) this.#chosen.set(XID, { XID, Name, Start });
  }

  drop(xids: Iterable<string>): void {
    for (const xid of xids) this.#chosen.delete(xid);
  }

  toggle(row: Chosen): void {
    if (!this.#chosen.delete(row.XID)) this.add([row]);
  }

  clear(): void {
    this.#chosen.clear();
    this.#anchor = "";
  }

  /** Who logs in with another key may belong to another tenant. */
  of(login: number): void {
    if (login !== this.#login) this.clear();
    this.#login = login;
  }

  /** A click on the box of a row; with Shift all rows from the last click on get what it gets. */
  pick(rows: readonly Chosen[], at: number, shift: boolean): void {
    const clicked = rows[at];
    if (!clicked) return;
    const on = !this.has(clicked.XID);
    const before = shift ? rows.findIndex((row) => row.XID === this.#anchor) : -1;
    const from = before < 0 ? at : before;
    const range = rows.slice(Math.min(from, at), Math.max(from, at) + 1);
    if (on) this.add(range);
    else this.drop(range.map((row) => row.XID));
    this.#anchor = clicked.XID;
  }
}

/** One for the page: a good and a bad trace are rarely found by the same filter. */
export const selection = new Selection();
