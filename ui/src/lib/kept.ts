/** What the browser remembers for this page. Storage may be blocked, full or hold anything. */

const PREFIX = "modelmetry.";

export function kept(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Remember a text; null forgets it. Gives whether that was possible. */
export function keep(name: string, text: string | null): boolean {
  try {
    if (text === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, text);
    return true;
  } catch {
    return false;
  }
}

/** A remembered value, when it still looks as expected. */
export function keptValue<T>(name: string, fits: (value: unknown) => value is T): T | null {
  try {
    const value: unknown = JSON.parse(kept(name) ?? "null");
    return fits(value) ? value : null;
  } catch {
    return null;
  }
}
