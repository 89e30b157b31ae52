/** Markdown as HTML that does nothing: loaded when the first text is rendered. */

import DOMPurify from "dompurify";
import { Marked } from "marked";

import { plain } from "../lib/hostile";
import { safeHref } from "../lib/links";

const TAGS = [
  "a", "blockquote", "br", "code", "del", "em", "hr", "li", "ol", "p", "pre",
  "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
];
const ATTRIBUTES = ["align", "href", "start", "title"];

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    // What somebody wrote as HTML is shown as they wrote it.
    html: ({ text }) => escaped(text),
    // An image would ask another host, and tell it that somebody reads this.
    image: ({ text, href }) => escaped(`![${text}](${href})`),
    // Headings of a message are none of the page.
    heading({ tokens }) {
      return `<p><strong>${this.parser.parseInline(tokens)}</strong></p>`;
    },
    // What stands behind a fence is else in no place: a text could hide there.
    code: ({ text, lang }) => `${lang ? `<p><em>${escaped(lang)}</em></p>` : ""}<pre><code>${escaped(text)}\n</code></pre>`,
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
  },
});

const purifier = DOMPurify(window);
purifier.addHook("afterSanitizeAttributes", (element) => {
  if (element.tagName !== "A") return;
  const href = safeHref(element.getAttribute("href") ?? "");
  element.removeAttribute("href");
  if (href === undefined) return;
  element.setAttribute("href", href);
  element.setAttribute("rel", "noopener noreferrer nofollow ugc");
  element.setAttribute("target", "_blank");
  // The text of a link may name another place than it leads to.
  element.setAttribute("title", href);
});

/** The only HTML that this page takes from data. */
export function rendered(text: string): string {
  const html = marked.parse(plain(text), { async: false });
  return purifier.sanitize(html, { ALLOWED_TAGS: TAGS, ALLOWED_ATTR: ATTRIBUTES, ALLOW_DATA_ATTR: false, ALLOW_ARIA_ATTR: false });
}
