/** The columns of the list: which there are, which are chosen, and that the browser remembers them. */

import { MediaQuery } from "svelte/reactivity";

import { keep, keptValue } from "../../lib/kept";
import type { Sort } from "../../lib/filters";

export interface Column {
  id: string;
  label: string;
  /** px; where there is more room, the columns that read take it. */
  width: number;
  /** px that it can be narrowed to before the table scrolls sideways. */
  least?: number;
  number?: boolean;
  /** What `-` is put before for descending. */
  sort?: "start" | "duration" | "tokens" | "cost";
}

const FINDING = "finding:";
const NAME = "traces.columns";

export const COLUMNS: readonly Column[] = [
  { id: "status", label: "Status", width: 80 },
  { id: "name", label: "Name", width: 220, least: 140 },
  { id: "input", label: "Input", width: 300, least: 150 },
  { id: "output", label: "Output", width: 300, least: 150 },
  { id: "start", label: "Time", width: 152, sort: "start" },
  { id: "duration", label: "Duration", width: 170, least: 116, sort: "duration" },
  { id: "session", label: "Session", width: 140, least: 90 },
  { id: "models", label: "Models", width: 190, least: 96 },
  { id: "tokens", label: "Tokens", width: 84, number: true, sort: "tokens" },
  { id: "cost", label: "Cost", width: 176, least: 92, number: true, sort: "cost" },
  { id: "spans", label: "Spans", width: 72, number: true },
  { id: "events", label: "Events", width: 72, number: true },
  { id: "findings", label: "Findings", width: 80, number: true },
  { id: "severity", label: "Severity", width: 84 },
  { id: "message", label: "Message", width: 220, least: 120 },
  { id: "xid", label: "XID", width: 260, least: 120 },
];

const FEW = ["status", "name", "start", "duration", "session", "models", "tokens", "cost"];
const MANY = [...FEW, "input", "output"];
/** Below this, figures would have no room beside what was said. */
const wide = new MediaQuery("min-width: 1200px");
const usual = () => (wide.current ? MANY : FEW);

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string");

/** Null are the usual ones, which depend on the window. */
let chosen = $state.raw<readonly string[] | null>(keptValue(NAME, isTexts));

export const columns = {
  get ids(): readonly string[] {
    return chosen ?? usual();
  },
  /** Those that are chosen, in the order of the table, and then the findings. */
  shown(findings: readonly string[]): readonly Column[] {
    const known = COLUMNS.filter((one) => one.id === "name" || this.ids.includes(one.id));
    return [...known, ...findings.map(findingColumn)];
  },
  /** Findings to show: those that are chosen, and those that the list is narrowed by. */
  findingsWith(conditions: readonly { name: string }[]): readonly string[] {
    return [...new Set([...this.findings, ...conditions.map((one) => one.name)])];
  },
  get findings(): readonly string[] {
    return this.ids.filter((id) => id.startsWith(FINDING)).map((id) => id.slice(FINDING.length));
  },
  get usual(): boolean {
    return chosen === null;
  },
  choose(ids: readonly string[]): void {
    const [some, those] = [[...new Set(ids)], usual()];
    chosen = some.length === those.length && those.every((id) => some.includes(id)) ? null : some;
    keep(NAME, chosen === null ? null : JSON.stringify(chosen));
  },
  toggle(id: string, on: boolean): void {
    this.choose(on ? [...this.ids, id] : this.ids.filter((one) => one !== id));
  },
  reset(): void {
    this.choose(usual());
  },
};

export const findingId = (name: string): string => FINDING + name;

function findingColumn(name: string): Column {
  return { id: findingId(name), label: name, width: Math.max(96, Math.min(200, 28 + name.length * 7)), least: 96, number: true };
}

/** What one reads is worth more room than figures are. */
const READ = ["name", "input", "output", "message"];

/** Widths in px that fill the room where they can: wider where one reads, narrower as far as each bears it. */
export function fitted(columns: readonly Column[], room: number): number[] {
  const free = room - columns.reduce((sum, one) => sum + one.width, 0);
  const spare = ({ width, least = width }: Column) => width - least;
  const all = columns.reduce((sum, one) => sum + spare(one), 0);
  const share = all > 0 ? Math.min(1, Math.max(0, -free) / all) : 0;
  const more = Math.max(0, free) / columns.filter((one) => READ.includes(one.id)).length;
  return columns.map((one) => (free > 0 ? one.width + (READ.includes(one.id) ? more : 0) : one.width - spare(one) * share));
}

/** The order after a click on a heading: descending first, then ascending. */
export function nextSort(sort: Sort, column: NonNullable<Column["sort"]>): Sort {
  return sort === `-${column}` ? column : `-${column}`;
}
