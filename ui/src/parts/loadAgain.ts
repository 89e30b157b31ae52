/** Load the page anew, as soon as there is a server to load it from. */

import { ROOT } from "../lib/router";
import { note } from "./live.svelte";

/**
 * A part that failed to load once is not asked for again by browsers under the same address (HTML
 * Standard, "fetch a single module script"), so only the whole page can be tried again.
 */
export async function loadAgain(): Promise<void> {
  try {
    // Without it a browser would show its own error, and this page would be gone.
    await fetch(ROOT, { cache: "no-store" });
  } catch {
    note("The server still does not answer.", { failed: true });
    return;
  }
  location.reload();
}
