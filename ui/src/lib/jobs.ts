/** What becomes of jobs: the words that executions and telemetry share. */

import type { Schemas } from "../api/client";

export type Status = Schemas["ExecutionStatus"];

export const STATUSES = ["running", "completed", "failed", "cancelled"] as const satisfies readonly Status[];

export type Tone = "open" | "fine" | "failed" | "stopped" | "other";

const TONES: Readonly<Record<string, Tone>> = {
  running: "open",
  started: "open",
  completed: "fine",
  failed: "failed",
  cancelled: "stopped",
};

/** How a status is looked at; telemetry may send any word. */
export function toneOf(status: string): Tone {
  return Object.hasOwn(TONES, status) ? TONES[status]! : "other";
}

/** Milliseconds that something took, or has taken by now. */
export function lengthMs(start: string, end: string | null, now: number): number {
  return Math.max(0, (end === null ? now : Date.parse(end)) - Date.parse(start));
}
