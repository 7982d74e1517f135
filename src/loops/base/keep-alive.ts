const INTERVAL = 2 ** 30; // ms

/** Keeps the process alive though nothing is open. */
export class KeepAlive {
  static #count = 0;
  #timer: NodeJS.Timeout | null = null;

  /** How many of the process's timers are there only for this. */
  static get count(): number {
    return KeepAlive.#count;
  }

  get held(): boolean {
    return this.#timer !== null;
  }

  hold(): void {
    if (this.#timer !== null) return;
    this.#timer = setInterval(() => undefined, INTERVAL);
    KeepAlive.#count++;
  }

  release(): void {
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
    KeepAlive.#count--;
  }
}
