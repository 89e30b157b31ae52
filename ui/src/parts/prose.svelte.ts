/** Whether texts are shown as Markdown, for all of them at once. */

import { keep, kept } from "../lib/kept";

let raw = $state(kept("prose") === "raw");

export const prose = {
  get raw(): boolean {
    return raw;
  },
  toggle(): void {
    raw = !raw;
    keep("prose", raw ? "raw" : null);
  },
};
