/** What of the address a question depends on, unchanged while other parts of the address change. */

import { betweenOf, USUAL, type Between } from "./between";
import { clock } from "./clock.svelte";
import { place } from "./query.svelte";
import { readRange, type Range } from "./range";

interface Current<T> {
  readonly current: T;
}

/** The same object until what `read` finds is another; it has to be plain data. */
export function fromAddress<T>(read: (query: URLSearchParams) => T): Current<T> {
  const text = $derived(JSON.stringify(read(place.query)));
  const current = $derived(JSON.parse(text) as T);
  return {
    get current() {
      return current;
    },
  };
}

/** The range of the address; one that ends now moves on with the clock. */
export function shownRange(): Current<Between> {
  const time = clock();
  const range = fromAddress<Range>((query) => readRange(query, USUAL));
  const current = $derived(betweenOf(range.current, time));
  return {
    get current() {
      return current;
    },
  };
}
