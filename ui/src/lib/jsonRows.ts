/** A JSON value as lines that can be folded and searched; without recursion, however deep it is. */

export interface JsonRow {
  depth: number;
  /** The name or number before the value; undefined at the top and on a closing line. */
  name: string | undefined;
  /** By which a row is folded: it stays the same when others are folded or opened. */
  path: string;
  kind: "string" | "number" | "boolean" | "null" | "object" | "array" | "close";
  /** A string without its quotes, another value as JSON, a bracket. */
  text: string;
  /** How many members an object or array has. */
  count: number;
  folded: boolean;
}

interface Open {
  value: object;
  names: string[] | undefined;
  next: number;
  path: string;
  close: string;
}

/** Members at this depth and below begin folded. */
export const OPEN_DEPTH = 3;
/** Lines after which a value is cut; a search looks at all of them. */
export const MOST_ROWS = 5000;

export interface JsonRows {
  rows: JsonRow[];
  /** True when there are more lines than are answered. */
  cut: boolean;
}

/**
 * @param turned paths of what is not as it begins: opened where it would be folded, and reverse.
 * @param most lines to answer at most.
 */
export function jsonRows(
  value: unknown,
  turned: ReadonlySet<string> = new Set(),
  openDepth = OPEN_DEPTH,
  most = MOST_ROWS,
): JsonRows {
  const rows: JsonRow[] = [];
  const stack: Open[] = [];
  const visit = (name: string | undefined, path: string, item: unknown) => {
    const depth = stack.length;
    if (typeof item !== "object" || item === null) {
      rows.push({ depth, name, path, ...leaf(item), count: 0, folded: false });
      return;
    }
    const names = Array.isArray(item) ? undefined : Object.keys(item);
    const count = names === undefined ? (item as unknown[]).length : names.length;
    const kind = names === undefined ? "array" : "object";
    const [open, close] = names === undefined ? ["[", "]"] : ["{", "}"];
    const folded = count > 0 && (depth >= openDepth) !== turned.has(path);
    const text = count === 0 ? open! + close! : folded ? `${open!}…${close!}` : open!;
    rows.push({ depth, name, path, kind, text, count, folded });
    if (count > 0 && !folded) stack.push({ value: item, names, next: 0, path, close: close! });
  };
  visit(undefined, "", value);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    if (rows.length >= most) return { rows, cut: true };
    const length = top.names?.length ?? (top.value as unknown[]).length;
    if (top.next === length) {
      stack.pop();
      rows.push({ depth: stack.length, name: undefined, path: top.path, kind: "close", text: top.close, count: 0, folded: false });
      continue;
    }
    const at = top.next++;
    const name = top.names === undefined ? String(at) : top.names[at]!;
    const item = top.names === undefined ? (top.value as unknown[])[at] : (top.value as Record<string, unknown>)[name];
    visit(name, `${top.path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, item);
  }
  return { rows, cut: false };
}

function leaf(item: unknown): Pick<JsonRow, "kind" | "text"> {
  if (typeof item === "string") return { kind: "string", text: item };
  if (typeof item === "number") return { kind: "number", text: String(item) };
  if (typeof item === "boolean") return { kind: "boolean", text: String(item) };
  return { kind: "null", text: "null" };
}

/** Paths of the values whose name or text holds the words, and of all that has to be open to see them. */
export function jsonHits(value: unknown, words: string): { hits: Set<string>; above: Set<string> } {
  const wanted = words.toLowerCase();
  const hits = new Set<string>();
  const above = new Set<string>();
  if (wanted === "") return { hits, above };
  const { rows } = jsonRows(value, new Set(), Infinity, 200_000);
  for (const row of rows) {
    if (row.kind === "close") continue;
    const inText = row.kind !== "object" && row.kind !== "array" && row.text.toLowerCase().includes(wanted);
    if (!inText && !row.name?.toLowerCase().includes(wanted)) continue;
    hits.add(row.path);
    for (let end = row.path.lastIndexOf("/"); end >= 0; end = row.path.lastIndexOf("/", end - 1)) {
      const parent = row.path.slice(0, end);
      if (above.has(parent)) break;
      above.add(parent);
      if (end === 0) break;
    }
  }
  return { hits, above };
}
