/** Lists as they were left, for "back". */

import { Memory } from "../../lib/memory";
import type { Snapshot } from "./list.svelte";

export interface LeftOff {
  snapshot: Snapshot;
  /** Where the table was scrolled to. */
  top: number;
  /** The row that keys move from. */
  active: number;
  /** What was asked for: the same entry of the history may be given other filters. */
  address: string;
  findings: string;
  /** Whether somebody went from trace to trace since: the row that keys move from may be out of sight. */
  walked?: boolean;
}

export const leftOff = new Memory<LeftOff>();
