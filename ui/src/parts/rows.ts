/** j and k walk through the rows of a list, `/` goes to its search; Enter is the link's own key. */

import type { Attachment } from "svelte/attachments";

import { forKeys } from "../lib/keys";

const HEADER = 48; // px, as --header

/** For `<svelte:window>`; rows are links or buttons with `data-row`. */
export function rows(search?: () => HTMLElement | undefined): Attachment<Window> {
  return (window) => {
    const stop = new AbortController();
    window.addEventListener("keydown", (event) => press(event, search?.()), { signal: stop.signal });
    return () => stop.abort();
  };
}

function press(event: KeyboardEvent, search: HTMLElement | undefined): void {
  if (!forKeys(event)) return;
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
    return;
  }
  const step = event.key === "j" ? 1 : event.key === "k" ? -1 : 0;
  if (step === 0) return;
  const all = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const here = all.indexOf(document.activeElement as HTMLElement);
  // Nobody who scrolled down wants to be at the top again.
  const seen = all.findIndex((row) => row.getBoundingClientRect().top >= HEADER);
  const place = here >= 0 ? here + step : Math.max(0, seen);
  const next = all[Math.max(0, Math.min(all.length - 1, place))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}
