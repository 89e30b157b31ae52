/** Executions beside each other, row by row: what they were given, and what they measured. */

import { csv, type Cell } from "../../lib/csv";
import type { Schemas } from "../../api/client";
import { byName } from "./whole";

export type Direction = "high" | "low";

export interface Compared {
  execution: Schemas["Execution"];
  values: readonly Schemas["MetricValue"][];
}

export interface Row {
  kind: "metadata" | "metric";
  name: string;
  /** One for each execution; undefined where it has none. */
  cells: (string | number | undefined)[];
  differs: boolean;
}

export function rowsOf(all: readonly Compared[]): Row[] {
  const metadata = rows("metadata", all.map(({ execution }) => new Map(Object.entries(execution.Metadata).map(([key, value]) => [key, textOf(value)]))));
  const metrics = rows("metric", all.map(({ values }) => new Map(values.map((one) => [one.Name, one.Value]))));
  return [...metadata, ...metrics];
}

function rows(kind: Row["kind"], columns: readonly ReadonlyMap<string, string | number>[]): Row[] {
  const names = [...new Set(columns.flatMap((column) => [...column.keys()]))].toSorted(byName);
  return names.map((name) => {
    const cells = columns.map((column) => column.get(name));
    return { kind, name, cells, differs: cells.some((cell) => cell !== cells[0]) };
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The places of the best numbers: several where they are equal, none where there is nothing to choose. */
export function bestOf({ cells, differs }: Row, direction: Direction | undefined): ReadonlySet<number> {
  const numbers = cells.filter((cell) => typeof cell === "number");
  if (direction === undefined || !differs || numbers.length < 2) return new Set();
  const best = direction === "high" ? Math.max(...numbers) : Math.min(...numbers);
  return new Set(cells.flatMap((cell, at) => (cell === best ? [at] : [])));
}

/** The table as it is compared; executions are named by their XIDs, which tell them apart anywhere. */
export function comparedCsv(all: readonly Compared[], shown: readonly Row[]): string {
  const facts: [string, (one: Schemas["Execution"]) => Cell][] = [
    ["pipeline", (one) => one.PipelineName],
    ["deployment", (one) => one.DeploymentName],
    ["status", (one) => one.Status],
    ["start", (one) => one.Start],
    ["duration_ms", (one) => one.DurationMs],
  ];
  return csv(
    ["kind", "name", ...all.map(({ execution }) => execution.XID)],
    [
      ...facts.map(([name, of]) => ["execution", name, ...all.map(({ execution }) => of(execution))]),
      ...shown.map(({ kind, name, cells }) => [kind, name, ...cells]),
    ],
  );
}

/** Which way is better, as the address says it for each metric. */
export function directionsOf(query: URLSearchParams): Map<string, Direction> {
  const low = query.getAll("low").map((name): [string, Direction] => [name, "low"]);
  const high = query.getAll("high").map((name): [string, Direction] => [name, "high"]);
  return new Map([...low, ...high]);
}

/** The parameters of the address that say it. */
export function directionQuery(directions: ReadonlyMap<string, Direction>): Record<Direction, string[]> {
  const named = (wanted: Direction) => [...directions].filter(([, direction]) => direction === wanted).map(([name]) => name);
  return { high: named("high"), low: named("low") };
}
