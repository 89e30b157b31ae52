/** Numbers as people read them. No figure here is more than 1 % off, unless the function says so. */

import { oneLine } from "./hostile";

const NUMBERS = new Intl.NumberFormat("en-US", { maximumFractionDigits: 20 });
const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const SIGNIFICANT = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });

const UNKNOWN = "–";
const MINUS = "−";

interface Unit {
  name: string;
  size: number;
}

function lastOf<T>(items: readonly T[]): T {
  return items[items.length - 1]!;
}

/**
 * `number` with three digits in the largest unit that it reaches. The digits are rounded before
 * the unit is chosen: 999.9 ms is 1 s and not 1,000 ms.
 */
function scaled(number: number, units: readonly Unit[]): string {
  for (const [place, unit] of units.entries()) {
    const next = units[place + 1];
    const amount = Number((number / unit.size).toPrecision(3));
    if (next === undefined || amount * unit.size < next.size) {
      return SIGNIFICANT.format(amount) + unit.name;
    }
  }
  return UNKNOWN;
}

const SHORT: readonly Unit[] = [
  { name: " ns", size: 1e-6 },
  { name: " µs", size: 1e-3 },
  { name: " ms", size: 1 },
  { name: " s", size: 1000 },
  { name: " min", size: 60_000 },
];
const LONG: readonly Unit[] = [
  { name: " d", size: 86_400_000 },
  { name: " h", size: 3_600_000 },
  { name: " min", size: 60_000 },
  { name: " s", size: 1000 },
];

/** A duration such as `903 ms`, `2.36 s`, `1 min 5 s`, `3 h 12 min`, `1 d 4 h 20 min`. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return UNKNOWN;
  if (ms < 0) return MINUS + duration(-ms);
  if (ms < 1e-6) return "0 ms";
  if (Number((ms / 1000).toPrecision(3)) < 60) return scaled(ms, SHORT);
  return composed(ms);
}

function composed(ms: number): string {
  // The smallest unit shown is at most a fiftieth of the whole, so half of it is within 1 %.
  const finest = lastOf(LONG.filter((unit) => coarseEnough(ms, unit.size)));
  let rest = Math.round(ms / finest.size) * finest.size;
  const words: string[] = [];
  for (const unit of LONG) {
    if (unit.size < finest.size) break;
    const amount = Math.floor(rest / unit.size);
    rest -= amount * unit.size;
    if (amount > 0) words.push(WHOLE.format(amount) + unit.name);
  }
  return words.join(" ");
}

function coarseEnough(ms: number, size: number): boolean {
  const days = LONG[0]!.size;
  const hours = LONG[1]!.size;
  const minutes = LONG[2]!.size;
  if (size === days) return true;
  if (size === hours) return ms < 100 * days;
  if (size === minutes) return ms < 3 * days;
  return ms < 60 * minutes - 500;
}

/** A whole number with its thousands apart: `12,345`. */
export function count(number: number): string {
  if (!Number.isFinite(number)) return UNKNOWN;
  return vast(number) ? number.toExponential(3) : negative(number, WHOLE.format(Math.abs(number)));
}

/** Whether a number would be a row of digits that nobody counts. */
function vast(number: number): boolean {
  return Math.abs(number) >= 1e15;
}

const THOUSANDS: readonly Unit[] = [
  { name: "", size: 1 },
  { name: "k", size: 1e3 },
  { name: "M", size: 1e6 },
  { name: "G", size: 1e9 },
  { name: "T", size: 1e12 },
];

/** A number in few characters: `123`, `12.3k`, `1.2M`. */
export function compact(number: number): string {
  if (!Number.isFinite(number)) return UNKNOWN;
  return vast(number) ? number.toExponential(2) : negative(number, scaled(Math.abs(number), THOUSANDS));
}

const BYTES: readonly Unit[] = [
  { name: " B", size: 1 },
  { name: " kB", size: 1e3 },
  { name: " MB", size: 1e6 },
  { name: " GB", size: 1e9 },
  { name: " TB", size: 1e12 },
];

/** A size such as `512 B`, `1.21 MB`. */
export function bytes(number: number): string {
  return Number.isFinite(number) && number >= 0 ? scaled(number, BYTES) : UNKNOWN;
}

/** A number that somebody recorded, with up to six digits, or as many as a whole one has. */
export function value(number: number): string {
  if (!Number.isFinite(number)) return UNKNOWN;
  const size = Math.abs(number);
  if (Number.isInteger(number) && !vast(number)) return count(number);
  if (size !== 0 && (size < 1e-6 || vast(number))) return number.toExponential(3);
  return negative(number, NUMBERS.format(Number(size.toPrecision(6))));
}

function negative(number: number, positive: string): string {
  return number < 0 && positive !== "0" ? MINUS + positive : positive;
}

/** A share such as `12.5 %`; neither nothing nor everything is said of what only nearly is. */
export function share(part: number, whole: number): string {
  if (!(whole > 0) || !Number.isFinite(part)) return UNKNOWN;
  const percent = (part / whole) * 100;
  if (!Number.isFinite(percent)) return UNKNOWN;
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  if (percent < 100 && percent > 99.9) return "> 99.9 %";
  if (vast(percent)) return `${percent.toExponential(2)} %`;
  return `${SIGNIFICANT.format(Number(percent.toFixed(1)))} %`;
}

/** Money: `$12.35`, below one unit with as many places as three digits need: `$0.00592`. */
export function money(amount: number, currency: string): string {
  if (!Number.isFinite(amount)) return UNKNOWN;
  if (vast(amount)) return `${amount.toExponential(3)} ${unitText(currency)}`;
  const size = Math.abs(amount);
  const places = size === 0 || size >= 1 ? 2 : Math.min(12, Math.max(2, 2 - Math.floor(Math.log10(size))));
  try {
    const style = { style: "currency", currency, minimumFractionDigits: 2, maximumFractionDigits: places } as const;
    return negative(amount, new Intl.NumberFormat("en-US", style).format(size));
  } catch {
    // Not a code of three letters: only foreign data can hold one.
    return `${negative(amount, NUMBERS.format(Number(size.toPrecision(3))))} ${unitText(currency)}`;
  }
}

/** A unit that anybody can send, short and without signs that hide or turn others around. */
export function unitText(unit: string): string {
  return oneLine(unit, 12);
}

/** The same for a narrow column: what is less than a hundredth of a cent is only said to be so. */
export function briefMoney(amount: number, currency: string): string {
  const least = 0.0001;
  return amount > 0 && amount < least ? `< ${money(least, currency)}` : money(amount, currency);
}

/** All amounts, joined: one for each currency. */
export function costs(amounts: readonly { Amount: number; Currency: string }[]): string {
  return amounts.map(({ Amount, Currency }) => money(Amount, Currency)).join(" + ");
}

export interface Moment {
  /** In the viewer's zone, to the millisecond where it is asked for. */
  text: string;
  /** The same with its offset, and in UTC: for the title. */
  title: string;
  /** For `<time datetime>`. */
  iso: string;
}

/** A time in the zone of the viewer (`zone`, in tests), as `2026-11-21 05:32:27`. */
export function moment(iso: string, { zone, precise = false }: { zone?: string; precise?: boolean } = {}): Moment {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return { text: iso, title: iso, iso };
  const fraction = precise ? `.${String(at.getUTCMilliseconds()).padStart(3, "0")}` : "";
  const local = inZone(at, zone);
  const utc = at.toISOString().replace("T", " ").replace("Z", " UTC");
  return { text: local.text + fraction, title: `${local.text}${fraction} ${local.zone}\n${utc}`, iso: at.toISOString() };
}

const formats = new Map<string, Intl.DateTimeFormat>();

function inZone(at: Date, zone: string | undefined): { text: string; zone: string } {
  const key = zone ?? "";
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      year: "numeric", month: "2-digit", day: "2-digit",
      hour: "2-digit", minute: "2-digit", second: "2-digit",
      hourCycle: "h23", timeZoneName: "short",
    });
    formats.set(key, format);
  }
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? "";
  return {
    text: `${of("year")}-${of("month")}-${of("day")} ${of("hour")}:${of("minute")}:${of("second")}`,
    zone: of("timeZoneName"),
  };
}

/** How long ago, roughly: `just now`, `5 min ago`, `3 h ago`, `12 d ago`. Off by less than half. */
export function ago(iso: string, now: number): string {
  const ms = now - new Date(iso).getTime();
  if (Number.isNaN(ms)) return UNKNOWN;
  if (ms < 10_000) return ms < -10_000 ? "in the future" : "just now";
  if (ms < 60_000) return `${Math.floor(ms / 1000)} s ago`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ago`;
  if (ms < 86_400_000) return `${Math.floor(ms / 3_600_000)} h ago`;
  return `${count(Math.floor(ms / 86_400_000))} d ago`;
}

/** `1 span`, `2 spans`. */
export function plural(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}
