// Writes that go on while their callers do something else, a bounded number of them.

/** Writes under way at a time, at least and at most: workers are kept busy, stores are not overrun. */
const [FEWEST, MOST] = [2, 8];

export class PendingWrites {
  readonly #limit: number;
  readonly #pending = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  /** @param affordable writes that memory has room for */
  constructor(affordable: number) {
    this.#limit = Math.max(FEWEST, Math.min(MOST, affordable));
  }

  /** Begins a write as soon as there is room for it, and does not wait for its end. Throws what an earlier one failed with. */
  async add(write: () => Promise<void>): Promise<void> {
    while (this.#pending.size >= this.#limit && !this.#failure) await Promise.race(this.#pending);
    if (this.#failure) throw this.#failure.error;
    const pending = write().then(
      () => {
        this.#pending.delete(pending);
      },
      (error) => {
        this.#failure ??= { error };
        this.#pending.delete(pending);
      },
    );
    this.#pending.add(pending);
  }

  /** Resolves when all have ended; throws what one failed with. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
    if (this.#failure) throw this.#failure.error;
  }
}
