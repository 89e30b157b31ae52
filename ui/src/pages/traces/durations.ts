/** Durations as people type them. */

const UNITS: Record<string, number> = { "": 1, ms: 1, s: 1000, min: 60_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `500`, `500ms`, `2.5 s`, `3min`; undefined of nothing, null of what is none. */
export function readDuration(text: string): number | undefined | null {
  if (text.trim() === "") return undefined;
  const match = /^\s*(\d+(?:[.,]\d+)?|[.,]\d+)\s*(ms|s|min|m|h|)\s*$/i.exec(text);
  if (match === null) return null;
  // Rounded: 1.1 s would else be 1100.0000000000002 ms.
  const ms = Number(match[1]?.replace(",", ".")) * (UNITS[match[2]?.toLowerCase() ?? ""] ?? NaN);
  return Number.isFinite(ms) ? Math.round(ms * 1000) / 1000 : null;
}

/** The shortest text that means the same. */
export function writeDuration(ms: number | undefined): string {
  if (ms === undefined) return "";
  for (const [unit, size] of [["h", 3_600_000], ["min", 60_000], ["s", 1000]] as const) {
    const amount = `${ms / size}`;
    if (ms >= size && amount.length <= 4) return amount + unit;
  }
  return `${ms}ms`;
}
