/** What a page was like when it was left, by entry of the history: "back" finds it so again. */

const MOST = 20;

let shut = false;
const all: Memory<unknown>[] = [];

export class Memory<T> {
  readonly #kept = new Map<string, T>();

  constructor() {
    all.push(this);
  }

  keep(key: string, value: T): void {
    if (shut) return;
    this.#kept.delete(key);
    this.#kept.set(key, value);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST) break;
      this.#kept.delete(oldest);
    }
  }

  take(key: string): T | undefined {
    return this.#kept.get(key);
  }

  forget(): void {
    this.#kept.clear();
  }
}

/**
 * Forget everything, and keep nothing until memories are opened again: pages that are taken away
 * because nobody is logged in any more would keep what they showed for whoever comes next.
 */
export function shutMemories(): void {
  shut = true;
  for (const memory of all) memory.forget();
}

export function openMemories(): void {
  shut = false;
}
