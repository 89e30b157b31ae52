/** Saved views: a name for filters, order and columns, kept in this browser. */

import { keep, keptValue } from "../../lib/kept";

export interface View {
  name: string;
  /** The query of the address. */
  query: string;
  columns: readonly string[];
}

const NAME = "traces.views";
const MOST = 50;

function isViews(value: unknown): value is View[] {
  return Array.isArray(value) && value.every(isView);
}

function isView(value: unknown): value is View {
  if (typeof value !== "object" || value === null) return false;
  const { name, query, columns } = value as Partial<Record<keyof View, unknown>>;
  return (
    typeof name === "string" &&
    typeof query === "string" &&
    Array.isArray(columns) &&
    columns.every((one) => typeof one === "string")
  );
}

let saved = $state.raw<readonly View[]>(keptValue(NAME, isViews) ?? []);

export const views = {
  get all(): readonly View[] {
    return saved;
  },
  /** Save under a name, in the place of a view that has it. Gives whether the browser keeps it. */
  save(view: View): boolean {
    const others = saved.filter((one) => one.name !== view.name);
    saved = [...others, view].sort((a, b) => a.name.localeCompare(b.name)).slice(0, MOST);
    return keep(NAME, JSON.stringify(saved));
  },
  remove(name: string): void {
    saved = saved.filter((one) => one.name !== name);
    keep(NAME, saved.length > 0 ? JSON.stringify(saved) : null);
  },
};
