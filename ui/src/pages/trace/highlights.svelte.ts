/** What was searched for, marked in the details; the document stays as it is. */

import { occurrences } from "../../lib/search";

const NAME = "found"; // as in the style of the page
/** Each is looked at with each painting. */
const MOST = 1_000;
/** What is not of the span itself, and the name, which is seen anyway. */
const OTHERS = ".found-here, h2, section section > header";

export class Highlights {
  readonly #root: () => HTMLElement | undefined;
  #first = $state.raw<Range>();

  /** Call it while a component is set up. */
  constructor(root: () => HTMLElement | undefined, words: () => readonly string[]) {
    this.#root = root;
    $effect(() => {
      const [element, wanted] = [root(), words()];
      // A browser that cannot do it leaves it.
      if (element === undefined || wanted.length === 0 || !("highlights" in CSS)) return;
      let frame = 0;
      const paint = () => {
        const ranges = rangesIn(element, wanted);
        CSS.highlights.set(NAME, new Highlight(...ranges));
        this.#first = ranges[0];
      };
      const later = () => {
        cancelAnimationFrame(frame);
        frame = requestAnimationFrame(paint);
      };
      const observer = new MutationObserver(later);
      observer.observe(element, { childList: true, characterData: true, subtree: true });
      later();
      return () => {
        observer.disconnect();
        cancelAnimationFrame(frame);
        CSS.highlights.delete(NAME);
        this.#first = undefined;
      };
    });
  }

  /** Whether any of it can be seen, or scrolled to. */
  get any(): boolean {
    return this.#first !== undefined;
  }

  /** Bring the first into sight. */
  show(): void {
    const [first, root] = [this.#first, this.#root()];
    first?.startContainer.parentElement?.scrollIntoView({ block: "nearest" });
    // A text may be longer than the window, and either may be what scrolls.
    for (const one of [root, document.scrollingElement]) {
      const box = first?.getBoundingClientRect();
      if (box !== undefined) one?.scrollBy(0, box.top - innerHeight / 2);
    }
  }
}

function rangesIn(element: HTMLElement, words: readonly string[]): Range[] {
  const found: Range[] = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null && found.length < MOST; node = walker.nextNode()) {
    if (node.parentElement?.closest(OTHERS)) continue;
    for (const [begin, end] of occurrences(node.nodeValue ?? "", words).slice(0, MOST - found.length)) {
      const range = new Range();
      range.setStart(node, begin);
      range.setEnd(node, end);
      found.push(range);
    }
  }
  return found;
}
