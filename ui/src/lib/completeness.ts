import { count, duration, plural } from "./format";

export interface Completeness {
  Whole?: boolean;
  Expected?: number;
  Stored: number;
  Open: number;
  MissingParents: readonly string[];
}

export interface Ending {
  Open: boolean;
  /** The latest time known inside, while it is open. */
  End: string;
}

/** Milliseconds without news after which an open trace is said to have been quiet. */
const QUIET = 60_000;

/** What is not there or not over, in sentences; none when everything is. */
export function shortcomings(trace: Ending, completeness: Completeness, now: number): string[] {
  const found: string[] = [];
  const quiet = now - Date.parse(trace.End);
  if (trace.Open) {
    const since = quiet >= QUIET ? ` Nothing has come for ${duration(quiet)}; its process may have died.` : "";
    found.push(`The trace has not ended.${since}`);
  }
  const { Expected, Stored, Open, MissingParents } = completeness;
  if (Expected !== undefined && Expected > Stored) {
    found.push(`${count(Expected - Stored)} of ${plural(Expected, "span")} ${Expected - Stored === 1 ? "is" : "are"} missing.`);
  }
  if (Open > 0) found.push(`${plural(Open, "span")} ${Open === 1 ? "has" : "have"} not ended.`);
  const parents = MissingParents.length;
  // The list holds 100 at most.
  if (parents > 0) found.push(`${parents >= 100 ? "100 or more parents are" : parents === 1 ? "1 parent is" : `${parents} parents are`} missing.`);
  return found;
}

/** The same in a word or two, for a chip. */
export function completenessWord({ Whole }: Completeness): string {
  return Whole === undefined ? "may be incomplete" : Whole ? "complete" : "incomplete";
}
