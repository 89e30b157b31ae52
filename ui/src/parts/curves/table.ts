/** What is drawn, as a table in CSV. */

import type { Range } from "../../lib/axis";
import { csv, type Cell } from "../../lib/csv";
import { NAMELESS } from "./curve";
import { aligned, column } from "./aligned";
import type { Series } from "./series";

/** A row for each step inside the view, a column for each curve, and one more where it is smooth. */
export function curvesCsv(all: readonly Series[], view: Range, smoothing: number): string {
  const { steps, places } = aligned(all.map((series) => series.steps));
  const names = distinct(all.map((series) => series.name || NAMELESS));
  const header = ["step"];
  const columns: (readonly Cell[])[] = [steps];
  all.forEach(({ raw, smooth }, at) => {
    header.push(names[at]!);
    columns.push(column(raw, places[at]!, steps.length));
    if (!smooth) return;
    header.push(`${names[at]!} (smoothed ${smoothing})`);
    columns.push(column(smooth, places[at]!, steps.length));
  });
  return csv(header, rows(columns, steps, view));
}

function* rows(columns: readonly (readonly Cell[])[], steps: readonly number[], view: Range): Generator<Cell[]> {
  for (const [at, step] of steps.entries()) {
    if (step >= view.from && step <= view.to) yield columns.map((cells) => cells[at]);
  }
}

/** Names of columns, numbered where two curves have the same. */
function distinct(names: readonly string[]): string[] {
  const taken = new Set(["step"]);
  return names.map((name) => {
    let free = name;
    for (let number = 2; taken.has(free); number++) free = `${name} (${number})`;
    taken.add(free);
    return free;
  });
}
