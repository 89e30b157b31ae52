/** Colours of the page for a canvas. */

/** A canvas knows no variables of CSS, so an element is asked what they stand for now. */
export function palette(target: HTMLElement, colours: readonly string[]): string[] {
  const probe = document.createElement("span");
  target.append(probe);
  const found = colours.map((colour) => {
    probe.style.color = colour;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return found;
}
