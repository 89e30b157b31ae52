/** Text of anybody's, made safe to look at: nothing hides, nothing turns around, nothing is too long. */

/** A part of a text: as it is, or the name of a sign that would not be seen. */
export interface Seen {
  text: string;
  /** What `text` stands for, such as `U+202E right-to-left override`. */
  hidden: string | undefined;
}

const NAMES: Record<number, [string, string]> = {
  0x061c: ["ALM", "Arabic letter mark"],
  0x200b: ["ZWSP", "zero width space"],
  0x200e: ["LRM", "left-to-right mark"],
  0x200f: ["RLM", "right-to-left mark"],
  0x202a: ["LRE", "left-to-right embedding"],
  0x202b: ["RLE", "right-to-left embedding"],
  0x202c: ["PDF", "pop directional formatting"],
  0x202d: ["LRO", "left-to-right override"],
  0x202e: ["RLO", "right-to-left override"],
  0x2060: ["WJ", "word joiner"],
  0x2066: ["LRI", "left-to-right isolate"],
  0x2067: ["RLI", "right-to-left isolate"],
  0x2068: ["FSI", "first strong isolate"],
  0x2069: ["PDI", "pop directional isolate"],
  0xfeff: ["BOM", "byte order mark"],
};

// Line feed, tab and carriage return are layout. Joiners (U+200C, U+200D) make scripts and emoji.
// Tags (U+E0000 to U+E007F) are invisible letters, in which prompts have been hidden.
const HIDDEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

function named(sign: string): Seen {
  const code = sign.codePointAt(0) ?? 0;
  const known = NAMES[code];
  const number = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  const description = code >= 0xe0000 ? `invisible tag, ${JSON.stringify(String.fromCharCode(code - 0xe0000))}` : "control character";
  return { text: known?.[0] ?? number, hidden: `${number} ${known?.[1] ?? description}` };
}

export function hasHidden(text: string): boolean {
  return text.search(HIDDEN) >= 0;
}

/** `text` with every sign that is not seen, or turns others around, as a part of its own. */
export function seen(text: string): Seen[] {
  const parts: Seen[] = [];
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index), hidden: undefined });
    parts.push(named(match[0]));
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), hidden: undefined });
  return parts;
}

/** The same in one string, for places that take only one: titles, labels, the name of a file. */
export function plain(text: string): string {
  return hasHidden(text) ? seen(text).map((part) => (part.hidden ? `[${part.text}]` : part.text)).join("") : text;
}

/** At most `longest` characters of the text in one line; cut where no character breaks. */
export function oneLine(text: string, longest = 300): string {
  const line = text.slice(0, longest * 2 + 2).replace(/\s+/g, " ").trim();
  const short = line.length > longest ? `${cut(line, longest - 1)}…` : line;
  return plain(short === line && text.length > longest * 2 + 2 ? `${line}…` : short);
}

/** The first `length` characters, one fewer when the last would be half of one. */
export function cut(text: string, length: number): string {
  const code = text.charCodeAt(length - 1);
  const half = length < text.length && code >= 0xd800 && code <= 0xdbff;
  return text.slice(0, half ? length - 1 : length);
}

/** Characters that are shown of a long text at first, and how many times as many with each step. */
export const FIRST_STEP = 5_000;
const GROWTH = 10;
/** More of one text makes any browser slow; who needs it copies the JSON. */
export const MOST_SHOWN = 2_000_000;

export interface Step {
  text: string;
  /** Characters that are not shown. */
  left: number;
  /** Characters that are shown after the next step; 0 when there is none. */
  next: number;
}

/** As much of the text as is shown when `shown` characters were asked for. */
export function step(text: string, shown = FIRST_STEP): Step {
  if (text.length <= shown) return { text, left: 0, next: 0 };
  const first = cut(text, shown);
  return { text: first, left: text.length - first.length, next: shown >= MOST_SHOWN ? 0 : Math.min(text.length, MOST_SHOWN, shown * GROWTH) };
}
