/** From trace to trace along the list that one was opened from, in its order and with its filters. */

import { untrack } from "svelte";

import { parseFilters } from "../../lib/filters";
import { misread } from "../../lib/misread";
import { go, type Origin } from "../../lib/query.svelte";
import { to } from "../../lib/router";
import { note } from "../../parts/live.svelte";
import { columns } from "../traces/columns.svelte";
import { listQuery, TraceRows } from "../traces/list.svelte";
import { leftOff } from "../traces/memory";

const FEW = 3; // rows before the end at which the next page is asked for
const MOST_PAGES = 10; // looked through for a trace when the list itself is not known any more

export class Walk {
  readonly #list = new TraceRows();
  readonly #origin: Origin | undefined;
  /** Place of the trace in the list, or -1 while that is not known. */
  readonly at: number;
  /** Whether there is one before and one after it. */
  readonly before: boolean;
  readonly after: boolean;

  /** Call it while a component is set up. */
  constructor(xid: string, origin: Origin | undefined) {
    this.#origin = origin;
    this.at = $derived(this.#list.rows.findIndex((row) => row.XID === xid));
    this.before = $derived(this.at > 0);
    this.after = $derived(this.at >= 0 && (this.at < this.#list.rows.length - 1 || this.#list.endless));
    $effect(() => {
      void untrack(() => this.#begin());
      return () => this.#list.close();
    });
    $effect(() => {
      if (this.at >= 0 && this.at >= this.#list.rows.length - FEW && this.#list.endless) void untrack(() => this.#more());
    });
  }

  /** How many rows of the list are loaded. */
  get known(): number {
    return this.#list.rows.length;
  }

  /** Whether the list goes on below those. */
  get endless(): boolean {
    return this.#list.endless;
  }

  /** Show the trace so many rows further. It takes the place of this one: "back" leads to the list. */
  async step(by: 1 | -1): Promise<void> {
    const at = this.at;
    if (at < 0) return;
    if (by > 0 && at === this.#list.rows.length - 1) await this.#more();
    const next = this.#list.rows[at + by];
    if (next === undefined) {
      if (this.#list.trouble) note(`The list does not go on: ${this.#list.trouble.detail}`, { failed: true });
      return;
    }
    this.#keep(at + by);
    go(to.trace(next.XID) + location.search, { replace: true });
  }

  async #begin(): Promise<void> {
    if (!this.#origin) return;
    const left = leftOff.take(this.#origin.key);
    if (left) this.#list.restore(left.snapshot);
    else await this.#ask(this.#origin.search);
  }

  /** After the page was loaded anew there is only the address of the list. */
  async #ask(search: string): Promise<void> {
    const params = new URLSearchParams(search);
    if (misread(params, "traces").length > 0) return;
    const filters = parseFilters(params);
    await this.#list.load(listQuery(filters, columns.findingsWith(filters.findings)));
    for (let page = 1; page < MOST_PAGES && this.at < 0 && this.#list.endless; page += 1) await this.#list.more();
    if (this.at >= 0) this.#keep(this.at);
  }

  async #more(): Promise<void> {
    await this.#list.more();
    this.#keep(this.at);
  }

  /** So that the next trace finds the rows, and the list itself the row that was looked at last. */
  #keep(active: number): void {
    const snapshot = this.#list.snapshot();
    if (!this.#origin || !snapshot) return;
    const params = new URLSearchParams(this.#origin.search);
    const findings = columns.findingsWith(parseFilters(params).findings).join("\n");
    const { top = 0 } = leftOff.take(this.#origin.key) ?? {};
    leftOff.keep(this.#origin.key, { snapshot, top, active, walked: true, address: params.toString(), findings });
  }
}
