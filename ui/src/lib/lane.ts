/** Runs work in order, a few at a time, and forgets what is no longer wanted. */

interface Waiting {
  signal: AbortSignal;
  start: () => void;
}

export class Lane {
  readonly #limit: number;
  readonly #waiting = new Set<Waiting>();
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Run `work` when there is room; rejects with the signal's reason when that comes first. */
  async run<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    await this.#enter(signal);
    try {
      signal.throwIfAborted();
      return await work(signal);
    } finally {
      this.#leave();
    }
  }

  #enter(signal: AbortSignal): Promise<void> {
    if (this.#running < this.#limit) {
      this.#running += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(waiting);
        reject(signal.reason as Error);
      };
      const waiting: Waiting = {
        signal,
        start: () => {
          signal.removeEventListener("abort", leave);
          resolve();
        },
      };
      this.#waiting.add(waiting);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  #leave(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#running -= 1;
      return;
    }
    // The place passes on without becoming free, so that nobody takes it in between.
    this.#waiting.delete(next);
    next.start();
  }
}
