/** Values as Python writes them. */

import { hasHidden } from "./hostile";

/** Nested brackets beyond which Python's parser refuses a literal is 200; then JSON is read instead. */
const DEEPEST = 40;
/** Lines of a text that are written one below the other. */
const MOST_LINES = 200;

/** Code as it stands, among values. */
export class Code {
  constructor(readonly text: string) {}
}

// Line ends of Unicode end no line of Python, but of editors.
const ESCAPED = /["\\\u2028\u2029]|[^]/gu;

function escaped(sign: string): string {
  if (sign === '"' || sign === "\\") return `\\${sign}`;
  if (sign === "\n") return "\\n";
  if (sign === "\r") return "\\r";
  if (sign === "\t") return "\\t";
  const code = sign.codePointAt(0) ?? 0;
  const halves = code >= 0xd800 && code <= 0xdfff;
  if (!halves && sign !== "\u2028" && sign !== "\u2029" && !hasHidden(sign)) return sign;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** A text as one literal, in one line, without a sign that hides. */
export function quoted(text: string): string {
  return `"${text.replace(ESCAPED, escaped)}"`;
}

/** A text; a long one of several lines is written in lines, which Python joins. */
export function pythonText(text: string, indent: string): string {
  if (text.length <= 60 || !text.slice(0, -1).includes("\n")) return quoted(text);
  const lines = text.match(/[^\n]*\n|[^\n]+/g) ?? [];
  if (lines.length > MOST_LINES) return quoted(text);
  return `(\n${lines.map((line) => `${indent}    ${quoted(line)}\n`).join("")}${indent})`;
}

/** Any JSON value. */
export function pythonValue(value: unknown, indent = "", depth = 0): string {
  if (value instanceof Code) return value.text;
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "None";
  if (typeof value === "string") return pythonText(value, indent);
  if (depth >= DEEPEST) return `json.loads(${quoted(JSON.stringify(value))})`;
  const inner = `${indent}    `;
  const items = Array.isArray(value)
    ? value.map((item: unknown) => pythonValue(item, inner, depth + 1))
    : Object.entries(value).map(([name, item]) => `${quoted(name)}: ${pythonValue(item, inner, depth + 1)}`);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return bracketed(open!, items, close!, indent);
}

/** In one line where there is room. */
function bracketed(open: string, items: string[], close: string, indent: string): string {
  const line = `${open}${items.join(", ")}${close}`;
  if (indent.length + line.length <= 88 && !line.includes("\n")) return line;
  return `${open}\n${items.map((item) => `${indent}    ${item},\n`).join("")}${indent}${close}`;
}

/** `name(arguments)`; named ones that are undefined are left out. */
export function pythonCall(
  name: string,
  positional: readonly unknown[],
  named: Readonly<Record<string, unknown>> = {},
  indent = "",
): string {
  const inner = `${indent}    `;
  const given = Object.entries(named).filter(([, value]) => value !== undefined);
  const items = [
    ...positional.map((value) => pythonValue(value, inner)),
    ...given.map(([word, value]) => `${word}=${pythonValue(value, inner)}`),
  ];
  return bracketed(`${name}(`, items, ")", indent);
}
