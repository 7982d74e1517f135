/** Turns of the host in a row without any news after which its work counts as done: TLS hops through `setImmediate`. */
const QUIET_TURNS = 4;

/**
 * Work of the host that belongs to the program but that no loop sees, such as TLS over a simulated connection: it takes turns of
 * the host, in which the clock must stand still.
 */
export class HostWork {
  #turnsLeft = 0;
  #working = false;

  /** Something was given to the host, or came from it. */
  readonly stir = (): void => {
    this.#turnsLeft = QUIET_TURNS;
  };

  /** Whether there may be work; `onDone` is called when there is none any more. */
  holds(onDone: () => void): boolean {
    if (this.#turnsLeft === 0) return false;
    if (!this.#working) {
      this.#working = true;
      setImmediate(this.#onTurn, onDone);
    }
    return true;
  }

  readonly #onTurn = (onDone: () => void): void => {
    if (--this.#turnsLeft > 0) setImmediate(this.#onTurn, onDone);
    else {
      this.#turnsLeft = 0;
      this.#working = false;
      onDone();
    }
  };
}
