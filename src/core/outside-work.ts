/** Work of the loop's that is done outside of it, by other threads and processes: a loop with a clock of its own waits for it. */
export class OutsideWork {
  #count = 0;
  /** How much of it waits for the loop in its turn. */
  #waiting = 0;
  /** Called when the loop need not wait any more. */
  onEmpty: (() => void) | null = null;

  get isEmpty(): boolean {
    return this.#count <= this.#waiting;
  }

  begin(): void {
    this.#count++;
  }

  /** To be called once for each `begin`. */
  end(): void {
    this.#count--;
    if (this.isEmpty) this.onEmpty?.();
  }

  /** Some of it has come to wait for a task of the loop: if the loop's clock stood still, neither would ever go on. */
  beginWaiting(): void {
    this.#waiting++;
    if (this.isEmpty) this.onEmpty?.();
  }

  endWaiting(): void {
    this.#waiting--;
  }
}
