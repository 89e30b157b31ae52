/** Tables as CSV (RFC 4180) that a spreadsheet opens without calculating anything in it. */

export type Cell = string | number | boolean | null | undefined;

// What spreadsheets take for a formula; a tab or a line end before it is skipped by some.
const FORMULA = /^[\t\r\n ]*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

export function csv(header: readonly string[], rows: Iterable<readonly Cell[]>): string {
  let text = line(header);
  for (const row of rows) text += line(row);
  return text;
}

function line(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(",")}\r\n`;
}

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return "";
  // Numbers are ours, and a minus before one has to stay a minus.
  if (typeof cell !== "string") return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
