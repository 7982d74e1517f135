import { type Job, OVERSLEPT } from "./suite.ts";

/** A job that needs no preparation. */
export function job(run: (n: number) => number | Promise<number>): Job {
  return (n) => () => run(n);
}

/** Counts what happens in turn: how often it was somebody else's turn than before. */
export class Turns {
  changes = 0;
  #last = -1;

  take(who: number): void {
    if (who !== this.#last) this.changes++;
    this.#last = who;
  }
}

/** Proves that all sleepers slept at the same time: nobody may have woken when the last one goes to bed. */
export class Bedroom {
  woken = 0;
  #asleep = 0;
  #wakeAt = 0;
  #late = false;

  /** Milliseconds that this sleeper has to sleep, so that all wake at once. */
  enter(sleep: number): number {
    const now = performance.now();
    if (this.#asleep++ === 0) this.#wakeAt = now + sleep;
    this.#late ||= this.woken > 0;
    return Math.max(this.#wakeAt - now, 1);
  }

  leave(): void {
    this.woken++;
  }

  /** Whether all have woken. A worker that was too slow in putting them to bed says so, and is given more time. */
  isEmpty(sleepers: number): boolean {
    if (this.#late) process.exit(OVERSLEPT);
    return this.woken === sleepers;
  }
}
