/** A range of time as pages keep it in their address: `last`, or `start_after` and `start_before`. */

import { isMoment, stretchMs } from "./filters";
import { moment } from "./format";

export interface Range {
  /** A stretch up to now such as `24h`; then the two others are empty. */
  last: string;
  /** RFC 3339, or empty. */
  after: string;
  before: string;
}

/** What a range without a bound is called. */
export const NO_RANGE = "any time";

const UNITS: Record<string, string> = { m: "minute", h: "hour", d: "day" };

/** The range of an address; `fallback` where it names none. */
export function readRange(query: URLSearchParams, fallback: Range = { last: "", after: "", before: "" }): Range {
  const last = query.get("last") ?? "";
  if (stretchMs(last) !== undefined) return { last, after: "", before: "" };
  const after = readable(query.get("start_after"));
  const before = readable(query.get("start_before"));
  return after || before ? { last: "", after, before } : fallback;
}

/** The parameters for `setQuery`. */
export function rangeQuery({ last, after, before }: Range): Record<string, string | null> {
  return { last: last || null, start_after: after || null, start_before: before || null };
}

/** The two moments in milliseconds since the epoch; null where there is no bound. */
export function bounds(range: Range, now: number): { after: number | null; before: number | null } {
  const stretch = stretchMs(range.last);
  if (stretch !== undefined) return { after: now - stretch, before: now };
  return { after: parsed(range.after), before: parsed(range.before) };
}

/** What a person calls it: `last 24 hours`, `since 2026-11-02 09:30:00`. */
export function rangeWords({ last, after, before }: Range): string {
  const match = /^(\d+)([mhd])$/.exec(last);
  if (match !== null) {
    const unit = UNITS[match[2] ?? ""] ?? "";
    return match[1] === "1" ? `last ${unit}` : `last ${match[1]} ${unit}s`;
  }
  if (after && before) return `${moment(after).text} – ${moment(before).text}`;
  if (after) return `since ${moment(after).text}`;
  return before ? `before ${moment(before).text}` : NO_RANGE;
}

/** For `<input type="datetime-local">`, in the viewer's zone, to the second. */
export function toLocal(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  return moment(iso).text.replace(" ", "T").slice(0, 19);
}

/** What such an input says, as RFC 3339; empty when it says nothing. */
export function fromLocal(local: string): string {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? "" : at.toISOString().replace(/\.000Z$/, "Z");
}

function readable(text: string | null): string {
  return text !== null && isMoment(text) ? text : "";
}

function parsed(iso: string): number | null {
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? null : ms;
}
