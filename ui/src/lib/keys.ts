/** Keys that work anywhere on a page, but never while somebody writes or a dialog is open. */

const WRITING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

/** Whether a key is meant for the page and not for what has the focus. */
export function forKeys(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (document.querySelector("dialog[open], :popover-open") !== null) return false;
  return !(event.target instanceof Element && event.target.closest(WRITING) !== null);
}
