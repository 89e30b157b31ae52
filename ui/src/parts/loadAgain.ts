/** Load the page anew, as soon as there is a server to load it from. */

import { isCancelled } from "../api/problem";
import { ROOT } from "../lib/router";
import { note } from "./live.svelte";

/**
 * A part that failed to load once is not asked for again by browsers under the same address (HTML
 * Standard, "fetch a single module script"), so only the whole page can be tried again.
 */
export async function loadAgain(): Promise<void> {
  // Without it a browser would show its own error, and this page would be gone.
  if (await answers(new AbortController().signal)) location.reload();
  else note("The server still does not answer.", { failed: true });
}

/** Whether the server is there. */
export async function answers(signal: AbortSignal): Promise<boolean> {
  try {
    await fetch(`${ROOT}/`, { cache: "no-store", signal });
    return true;
  } catch (thrown) {
    if (isCancelled(thrown)) throw thrown;
    return false;
  }
}
