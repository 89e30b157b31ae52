/** How the newest page of a list joins what is known of it, so that rows neither jump nor repeat. */

export interface Row {
  XID: string;
}

export interface Merged<R extends Row> {
  rows: R[];
  /** How many of the page were not known. */
  fresh: number;
  /** Whether more arrived than one page holds: what was known has been let go. */
  broken: boolean;
}

/**
 * The list as the server would give it now, as far as `page` tells.
 *
 * @param known rows, newest first.
 * @param page the newest rows, in the server's order.
 * @param whole whether `page` is all that there is.
 */
export function merge<R extends Row>(known: readonly R[], page: readonly R[], whole: boolean): Merged<R> {
  const places = new Map(known.map((row, at) => [row.XID, at]));
  let last = -1;
  let fresh = 0;
  const found = new Set<string>();
  for (const row of page) {
    found.add(row.XID);
    const at = places.get(row.XID);
    if (at === undefined) fresh += 1;
    else last = Math.max(last, at);
  }
  const broken = last < 0 && page.length > 0 && known.length > 0 && !whole;
  // Known rows before the last one of the page are in the page, or not in the list any more.
  const older = whole || broken ? [] : known.slice(last + 1).filter((row) => !found.has(row.XID));
  return { rows: [...page, ...older], fresh, broken };
}

/** Known rows with what a page says anew about them, none added and none taken away. */
export function refreshed<R extends Row>(known: readonly R[], page: readonly R[]): R[] {
  const news = new Map(page.map((row) => [row.XID, row]));
  return known.map((row) => news.get(row.XID) ?? row);
}

/** Where a page ended, and how the list goes on from there. */
export interface Mark {
  xid: string;
  cursor: string | null;
}

/**
 * The shortest beginning of a list that has `least` rows or more and whose end is known to be a
 * place from which it can go on; null when there is none shorter than the list.
 */
export function trimmed<R extends Row>(
  rows: readonly R[],
  marks: readonly Mark[],
  least: number,
): { rows: R[]; cursor: string } | null {
  const ends = new Map(marks.map((mark) => [mark.xid, mark.cursor]));
  for (let at = Math.max(0, least - 1); at < rows.length - 1; at += 1) {
    const row = rows[at];
    const cursor = row && ends.get(row.XID);
    if (cursor) return { rows: rows.slice(0, at + 1), cursor };
  }
  return null;
}
