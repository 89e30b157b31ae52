/** One JSON document a line. */

export function jsonl(documents: Iterable<unknown>): string {
  let text = "";
  for (const document of documents) text += `${JSON.stringify(document) ?? "null"}\n`;
  return text;
}
