/** Which executions are ticked to be compared. */

import { Selection } from "../traces/selection.svelte";

/** As many as the server draws in one chart. */
export const MOST = 10;

/** One for the page: two executions are rarely found by the same filter. */
export const choice = new Selection();
