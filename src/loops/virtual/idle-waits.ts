/** Somebody waits until nothing has run for so many virtual milliseconds. */
export interface IdleWait {
  readonly cushion: number;
  wake(): void;
}

/**
 * Those who wait until a loop has nothing to do. They come before the clock's next jump if their cushion ends before it; a timer
 * of the same moment goes first, as in trio. Work of any kind begins their cushions anew.
 */
export class IdleWaits {
  readonly #waits = new Set<IdleWait>();

  add(wait: IdleWait): void {
    this.#waits.add(wait);
  }

  delete(wait: IdleWait): void {
    this.#waits.delete(wait);
  }

  /** The moment at which the first of them wake, if nothing happens before `deadline`; else null. */
  next(now: number, deadline: number | null): number | null {
    if (this.#waits.size === 0) return null;
    const when = now + this.#shortest();
    if (when === Number.POSITIVE_INFINITY) return null;
    return deadline === null || when < deadline ? when : null;
  }

  /** Wakes those with the shortest cushion, all together. */
  wakeShortest(): void {
    const shortest = this.#shortest();
    for (const wait of [...this.#waits].filter(({ cushion }) => cushion === shortest)) {
      this.#waits.delete(wait);
      wait.wake();
    }
  }

  #shortest(): number {
    let shortest = Number.POSITIVE_INFINITY;
    for (const { cushion } of this.#waits) shortest = Math.min(shortest, cushion);
    return shortest;
  }
}
