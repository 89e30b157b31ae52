/** Which type of value a finding of a name has, so that one name keeps one meaning. */

import type { components } from "../../api/schema";

type Known = Pick<components["schemas"]["FindingNameSummary"], "Name" | "Types">;
export type Kind = "boolean" | "number" | "text";

/** Numbers first: a label among them is more likely a slip than the other way round. */
const RANK: readonly { type: Known["Types"][number]; kind: Kind; words: string }[] = [
  { type: "number", kind: "number", words: "a number" },
  { type: "boolean", kind: "boolean", words: "true or false" },
  { type: "label", kind: "text", words: "a text" },
];

/** The types of a name, the one to be offered first. */
export function kindsOf(known: Known | undefined): Kind[] {
  return RANK.filter(({ type }) => known?.Types.includes(type)).map(({ kind }) => kind);
}

/** What is doubtful about a type for a name; empty when nothing is. */
export function doubt(kind: Kind, known: Known | undefined): string {
  const kinds = kindsOf(known);
  if (!known || kinds.length === 0 || kinds.includes(kind)) return "";
  const words = (one: Kind) => RANK.find((ranked) => ranked.kind === one)?.words ?? one;
  return `So far “${known.Name}” is ${kinds.map(words).join(" or ")}. As ${words(kind)} it stands apart from those in charts and filters.`;
}
