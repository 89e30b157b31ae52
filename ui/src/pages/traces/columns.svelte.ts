/** The columns of the list: which there are, which are chosen, and that the browser remembers them. */

import { keep, keptValue } from "../../lib/kept";
import type { Sort } from "../../lib/filters";

export interface Column {
  id: string;
  label: string;
  /** px; the name takes what is left. */
  width: number;
  number?: boolean;
  /** What `-` is put before for descending. */
  sort?: "start" | "duration" | "tokens" | "cost";
}

const FINDING = "finding:";
const NAME = "traces.columns";

export const COLUMNS: readonly Column[] = [
  { id: "status", label: "Status", width: 80 },
  { id: "name", label: "Name", width: 240 },
  { id: "start", label: "Time", width: 152, sort: "start" },
  { id: "duration", label: "Duration", width: 170, sort: "duration" },
  { id: "session", label: "Session", width: 140 },
  { id: "models", label: "Models", width: 190 },
  { id: "tokens", label: "Tokens", width: 84, number: true, sort: "tokens" },
  { id: "cost", label: "Cost", width: 176, number: true, sort: "cost" },
  { id: "spans", label: "Spans", width: 72, number: true },
  { id: "events", label: "Events", width: 72, number: true },
  { id: "findings", label: "Findings", width: 80, number: true },
  { id: "severity", label: "Severity", width: 84 },
  { id: "message", label: "Message", width: 220 },
  { id: "xid", label: "XID", width: 260 },
];

const USUAL = ["status", "name", "start", "duration", "session", "models", "tokens", "cost"];

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string");

let chosen = $state.raw<readonly string[]>(keptValue(NAME, isTexts) ?? USUAL);

export const columns = {
  get ids(): readonly string[] {
    return chosen;
  },
  /** Those that are chosen, in the order of the table, and then the findings. */
  shown(findings: readonly string[]): readonly Column[] {
    const known = COLUMNS.filter((one) => one.id === "name" || chosen.includes(one.id));
    return [...known, ...findings.map(findingColumn)];
  },
  /** Findings to show: those that are chosen, and those that the list is narrowed by. */
  findingsWith(conditions: readonly { name: string }[]): readonly string[] {
    return [...new Set([...this.findings, ...conditions.map((one) => one.name)])];
  },
  get findings(): readonly string[] {
    return chosen.filter((id) => id.startsWith(FINDING)).map((id) => id.slice(FINDING.length));
  },
  get usual(): boolean {
    return chosen.length === USUAL.length && chosen.every((id) => USUAL.includes(id));
  },
  choose(ids: readonly string[]): void {
    chosen = [...new Set(ids)];
    keep(NAME, this.usual ? null : JSON.stringify(chosen));
  },
  toggle(id: string, on: boolean): void {
    this.choose(on ? [...chosen, id] : chosen.filter((one) => one !== id));
  },
  reset(): void {
    this.choose(USUAL);
  },
};

export const findingId = (name: string): string => FINDING + name;

function findingColumn(name: string): Column {
  return { id: findingId(name), label: name, width: Math.max(96, Math.min(200, 28 + name.length * 7)), number: true };
}

/** The order after a click on a heading: descending first, then ascending. */
export function nextSort(sort: Sort, column: NonNullable<Column["sort"]>): Sort {
  return sort === `-${column}` ? column : `-${column}`;
}
