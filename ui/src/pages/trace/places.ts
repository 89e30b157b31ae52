import type { Match } from "../../lib/search";
import { plain } from "../../lib/hostile";

const WORDS: Partial<Record<Match["Place"], string>> = { tool_call: "tool call", failure: "what went wrong" };

/** The place where something was found, in words. */
export function placeWord(place: Match["Place"]): string {
  return WORDS[place] ?? plain(place);
}
