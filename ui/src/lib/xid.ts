/** Identities as the SDK makes them: UUIDs of version 7 (RFC 9562), ordered by time. */

/** `crypto.randomUUID` is there only on https and loopback, and makes no ordered ones. */
export function newXid(now = Date.now(), random = crypto.getRandomValues(new Uint8Array(10))): string {
  const time = Math.max(0, Math.floor(now)).toString(16).padStart(12, "0").slice(-12);
  const bytes = [...random];
  bytes[0] = (bytes[0]! & 0x0f) | 0x70;
  bytes[2] = (bytes[2]! & 0x3f) | 0x80;
  const hex = time + bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
