import { RuntimeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { futureInternals } from "../../core/future-internals.ts";
import { Future } from "../../core/future.ts";

/** The read of a stream that waits, if one does. */
export class ReadWait {
  readonly #loop: EventLoop;
  /** Done, or gone, when nobody waits: a cancellation leaves it here. */
  #future: Future<void> | null = null;
  #wanted = 0;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  get waiting(): boolean {
    return this.#future !== null && !this.#future.done();
  }

  /** How many bytes must be there to wake it. */
  get wanted(): number {
    return this.#wanted;
  }

  /** @throws RuntimeError `GYRE_ALREADY_READING` */
  begin(wanted: number, method: string): Future<void> {
    if (this.waiting) {
      throw new RuntimeError(
        "GYRE_ALREADY_READING",
        `reader.${method}() was called while another task waits for bytes of the same stream, and nobody could tell who gets which. ` +
          "Read in one task, and hand the pieces on through a Queue.",
      );
    }
    this.#future = new Future<void>({ loop: this.#loop });
    this.#wanted = wanted;
    return this.#future;
  }

  wake(): void {
    const future = this.#future;
    this.#future = null;
    if (future !== null && !future.done()) futureInternals.settleValue(future, undefined);
  }

  fail(error: unknown): void {
    const future = this.#future;
    this.#future = null;
    if (future !== null && !future.done()) futureInternals.settleError(future, error);
  }

  toString(): string {
    return String(this.#future);
  }
}
