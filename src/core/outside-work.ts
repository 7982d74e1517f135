/** Work of the loop's that is done outside of it, by other threads and processes: a loop with a clock of its own waits for it. */
export class OutsideWork {
  #count = 0;
  /** Called when the last of it has ended. */
  onEmpty: (() => void) | null = null;

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  begin(): void {
    this.#count++;
  }

  /** To be called once for each `begin`. */
  end(): void {
    this.#count--;
    if (this.#count === 0) this.onEmpty?.();
  }
}
