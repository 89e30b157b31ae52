/** Where the page is: the address bar as reactive state, and the ways to move. */

import { route, to, withQuery, type Route } from "./router";

/** The list of traces that a trace was opened from. */
export interface Origin {
  /** As `location.search`. */
  search: string;
  /** Of the list's entry of the history. */
  key: string;
  /** How many entries back it is. */
  steps: number;
}

interface Entry {
  key: string;
  scroll: number;
  /** Entries from before somebody logged out have another one. */
  era: string;
  origin?: Origin;
}

let path = $state.raw(location.pathname);
let search = $state.raw(location.search);
let key = $state.raw(entryKey());
let moves = $state.raw(0);
let era = entry().era;
let origin = $state.raw(entry().origin);

const current: Route = $derived(route(path));
const query: URLSearchParams = $derived(new URLSearchParams(search));

/** The current place; reading a member in markup or `$derived` follows it. */
export const place = {
  get path(): string {
    return path;
  },
  get route(): Route {
    return current;
  },
  /** A fresh copy, free to be changed. */
  get query(): URLSearchParams {
    return new URLSearchParams(query);
  },
  /** What this entry of the history is called; the same again after "back". */
  get key(): string {
    return key;
  },
  /** Of a trace: the list it was opened from, also after it was loaded again. */
  get origin(): Origin | undefined {
    return origin;
  },
  /** How often the page moved by itself; 0 when it was opened by its address. */
  get moves(): number {
    return moves;
  },
};

/** Go to an address of this page. */
export function go(href: string, { replace = false }: { replace?: boolean } = {}): void {
  if (replace) {
    history.replaceState({ ...entry() }, "", href);
  } else {
    leave();
    // Who changes a filter of a page stays where they are on it.
    const next = new URL(href, location.href).pathname;
    const from = originOf(next);
    const scroll = next === location.pathname ? scrollY : 0;
    history.pushState({ key: newKey(), scroll, era, ...(from && { origin: from }) } satisfies Entry, "", href);
  }
  arrive();
}

/** Change parameters of the query; null takes one away. Replaces the entry unless `push`. */
export function setQuery(
  changes: Record<string, string | readonly string[] | null>,
  { push = false }: { push?: boolean } = {},
): void {
  const next = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    if (value === null) continue;
    for (const one of typeof value === "string" ? [value] : value) next.append(name, one);
  }
  go(withQuery(path, next), { replace: !push });
}

/** Back to a list as it was left, or to a new one where the trace was not opened from any. */
export function toList(from: Origin | undefined = origin): void {
  if (from) history.go(-from.steps);
  else go(to.traces());
}

function originOf(next: string): Origin | undefined {
  if (route(next).page !== "trace") return undefined;
  if (current.page === "traces") return { search, key, steps: 1 };
  const known = current.page === "trace" ? entry().origin : undefined;
  return known && { ...known, steps: known.steps + 1 };
}

/** Let links of this page move without loading it again, and "back" restore the scroll. */
export function followLinks(): () => void {
  history.scrollRestoration = "manual";
  history.replaceState(entry(), "");
  const stop = new AbortController();
  const { signal } = stop;
  document.addEventListener("click", follow, { signal });
  addEventListener("popstate", arrive, { signal });
  addEventListener("pagehide", leave, { signal });
  return () => stop.abort();
}

/** Where the document was scrolled to when this entry was left. */
export function keptScroll(): number {
  const { scroll, era: then } = entry();
  return then === era ? scroll : 0;
}

/** Where somebody was in a page is of the data that it showed to them. */
export function forgetScroll(): void {
  era = newKey();
  history.replaceState({ ...entry(), era, scroll: 0 } satisfies Entry, "");
}

function follow(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute("download")) return;
  if (link.origin !== location.origin || link.getAttribute("href")?.startsWith("#")) return;
  if (route(link.pathname).page === "nowhere") return;
  event.preventDefault();
  go(link.pathname + link.search);
}

function arrive(): void {
  path = location.pathname;
  search = location.search;
  key = entryKey();
  origin = entry().origin;
  moves += 1;
}

function leave(): void {
  history.replaceState({ ...entry(), scroll: scrollY, era } satisfies Entry, "");
}

function entry(): Entry {
  const state: unknown = history.state;
  const known = typeof state === "object" && state !== null ? (state as Partial<Entry>) : {};
  const { key, scroll, era, origin } = known;
  return { key: key ?? newKey(), scroll: scroll ?? 0, era: era ?? newKey(), ...(origin && { origin }) };
}

function entryKey(): string {
  const found = entry();
  history.replaceState(found, "");
  return found.key;
}

function newKey(): string {
  return Math.random().toString(36).slice(2, 10);
}
