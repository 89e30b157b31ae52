/** Figures of telemetry as people read them: their names say what they count (OpenTelemetry's words). */

import { bytes, duration, value } from "../../lib/format";

/** A GPU's own number stands last, as in `hw.gpu.temperature.1`. */
const OWN_NUMBER = /\.\d+$/;
const BYTES = /(?:^|\.)memory\.(?:usage|limit)$|\.io\.(?:receive|transmit|read|write)$|(?:^|[._])(?:bytes|memory_total|memory_used)$/;
/** What `track()` records. */
const SECONDS = "duration_sec";

/** What a number of that name says. */
export function figure(name: string, number: number): string {
  // Of a fact inside of others its own name stands last.
  const word = name.slice(name.lastIndexOf(" ") + 1).replace(OWN_NUMBER, "");
  if (word.endsWith(".utilization")) return percent(number);
  if (BYTES.test(word) && number >= 0) return bytes(number);
  if (word === SECONDS) return duration(number * 1000);
  if (word.endsWith(".temperature")) return `${value(brief(number))} °C`;
  if (word.endsWith(".power")) return `${value(brief(number))} W`;
  return value(brief(number));
}

function percent(ratio: number): string {
  return `${value(Number((ratio * 100).toPrecision(3)))} %`;
}

/** A mean has more digits than it knows. */
function brief(number: number): number {
  return Number.isInteger(number) ? number : Number(number.toPrecision(4));
}

/** The highest value of the scale, where it is known. */
export function topOf(name: string): number | undefined {
  return name.replace(OWN_NUMBER, "").endsWith(".utilization") ? 1 : undefined;
}

export interface Fact {
  name: string;
  text: string;
}

/** What is known of a machine, one line for each fact, those inside of others with longer names. */
export function factsOf(system: Readonly<Record<string, unknown>>): Fact[] {
  return Object.entries(system).flatMap(([name, known]) => flat(name, known));
}

const MOST_LEVELS = 4;

function flat(name: string, known: unknown, level = 0): Fact[] {
  if (known === null || known === undefined || known === "") return [];
  if (typeof known === "number") return [{ name, text: name.endsWith(".pid") ? String(known) : figure(name, known) }];
  if (typeof known !== "object") return [{ name, text: String(known) }];
  if (level >= MOST_LEVELS) return [{ name, text: JSON.stringify(known) }];
  return Object.entries(known).flatMap(([key, inner]) =>
    flat(`${name} ${Array.isArray(known) ? Number(key) + 1 : key}`, inner, level + 1),
  );
}
