import { place } from "../../lib/query.svelte";
import { to, withQuery } from "../../lib/router";

/** The address of a span of the trace that is looked at, seen the same way. */
export function spanLink(trace: string, span: string | null): string {
  return withQuery(to.trace(trace, span), place.query);
}
