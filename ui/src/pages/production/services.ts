/** Who measured something: what the page can be narrowed to. */

import { answered, api } from "../../api/client";

/** Names of services in their order, an empty one for those that gave none. */
export async function askServices(signal: AbortSignal): Promise<string[]> {
  const { Metrics } = await answered(api.GET("/production/metrics", { signal }));
  return [...new Set(Metrics.flatMap((metric) => metric.Services))].toSorted();
}

/** What can be chosen: what is chosen already as well, though it may have measured nothing. */
export function choices(known: readonly string[], chosen: string | null): string[] {
  return chosen === null || known.includes(chosen) ? [...known] : [chosen, ...known];
}
