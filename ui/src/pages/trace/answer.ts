/** Show the answer, and let the keys go on from there; gives whether there is one. */
export function toAnswer(panel: Element | undefined): boolean {
  const found = [...(panel?.querySelectorAll<HTMLElement>("[data-answer]") ?? [])].at(-1);
  found?.scrollIntoView({ block: "start" });
  found?.focus({ preventScroll: true });
  return found !== undefined;
}
