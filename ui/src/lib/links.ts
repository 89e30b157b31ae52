/** Which addresses and images of foreign data may be used. */

const SCHEMES = new Set(["http:", "https:", "mailto:"]);

/** `href` when it is an absolute address of a harmless kind; nothing of it is loaded, only linked. */
export function safeHref(href: string): string | undefined {
  try {
    // Parsed as browsers parse, which drop tabs and line ends inside a scheme.
    const url = new URL(href);
    return SCHEMES.has(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

// No SVG: opened in a tab of its own it can carry scripts.
const IMAGES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"]);
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
/** Base64 characters of the largest image that is shown at once; larger ones are a click away. */
export const LARGEST_IMAGE = 8_000_000;

export function mediaType(type: string): string {
  return (type.split(";", 1)[0] ?? "").trim().toLowerCase();
}

/** A `data:` address to show, when it is an image of a kind that browsers only draw. */
export function imageSource(type: string, base64: string): string | undefined {
  const media = mediaType(type);
  if (!IMAGES.has(media) || base64.length > LARGEST_IMAGE || !BASE64.test(base64)) return undefined;
  return `data:${media};base64,${standard(base64)}`;
}

function standard(base64: string): string {
  return base64.replaceAll("-", "+").replaceAll("_", "/");
}

/** How many bytes the base64 text stands for. */
export function byteCount(base64: string): number {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return Math.max(0, Math.floor((base64.length - padding) * 0.75));
}

/** The bytes to save, or undefined where the text is no base64. A browser never runs what it saves. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  if (!BASE64.test(base64)) return undefined;
  try {
    const binary = atob(standard(base64));
    const bytes = new Uint8Array(binary.length);
    for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
    return bytes;
  } catch {
    return undefined;
  }
}

const EXTENSIONS: Record<string, string> = {
  "application/json": "json", "application/pdf": "pdf", "audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/wav": "wav",
  "image/avif": "avif", "image/bmp": "bmp", "image/gif": "gif", "image/jpeg": "jpg", "image/png": "png",
  "image/webp": "webp", "text/csv": "csv", "text/plain": "txt", "video/mp4": "mp4",
};

/** How a file of this type may end; `bin` where it is not known to be harmless. */
export function extension(type: string): string {
  return Object.hasOwn(EXTENSIONS, mediaType(type)) ? EXTENSIONS[mediaType(type)]! : "bin";
}
