/** What a page was like when it was left, by entry of the history: "back" finds it so again. */

const MOST = 20;

export class Memory<T> {
  readonly #kept = new Map<string, T>();

  keep(key: string, value: T): void {
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
