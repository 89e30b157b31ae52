/** What all pictures in SVG have in common: their inks, and texts that are no markup. */

import { plain } from "../lib/hostile";

export const INK = {
  light: { background: "#ffffff", text: "#1a1e26", soft: "#545e6e", line: "#e2e5ea" },
  dark: { background: "#131519", text: "#e6e8ec", soft: "#a2abb9", line: "#2a2f38" },
};
export type Ink = (typeof INK)["light"];
export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif";
// What XML 1.0 lets no document hold, not even as a reference ("Char", section 2.2). With the flag
// `u` a surrogate stands for one that is alone.
const NO_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/gu;
const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** A text for SVG: nothing of it is markup, nothing hides or turns others around. */
export function xmlText(text: string): string {
  const shown = plain(text).replace(NO_XML, "\ufffd");
  return shown.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);
}

/** A text cut to what has room, where wide signs (from U+2E80 on) count twice; in one line. */
export function shortened(text: string, most: number): string {
  const line = plain(text.slice(0, most * 4)).replace(/\s+/g, " ").trim();
  let room = most;
  let kept = "";
  for (const sign of line) {
    room -= (sign.codePointAt(0) ?? 0) >= 0x2e80 ? 2 : 1;
    if (room < 0) return `${kept.trimEnd()}…`;
    kept += sign;
  }
  return kept;
}

/** A length with as many digits as can be seen. */
export function px(number: number): string {
  return String(Math.round(number * 10) / 10);
}
