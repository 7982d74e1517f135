/** What a check waits for at the moment, in words. */
export class Waits {
  readonly #open = new Set<() => string>();

  /** @param describe - called only if the check hangs: "for the client to be lost; so far it had: made" */
  async during<T>(describe: string | (() => string), wait: PromiseLike<T>): Promise<T> {
    const text = typeof describe === "string" ? () => describe : describe;
    this.#open.add(text);
    try {
      return await wait;
    } finally {
      this.#open.delete(text);
    }
  }

  list(): string[] {
    return [...this.#open].map((describe) => describe());
  }
}
