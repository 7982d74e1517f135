import type { EventLoop } from "../../core/event-loop.ts";
import { futureInternals } from "../../core/future-internals.ts";
import { Future } from "../../core/future.ts";

/** Those who wait for the same thing. Each has a future of its own, so that cancelling one does not touch the others. */
export class Waiting {
  readonly #loop: EventLoop;
  readonly #futures = new Set<Future<void>>();

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  async wait(): Promise<void> {
    const future = new Future<void>({ loop: this.#loop });
    this.#futures.add(future);
    try {
      await future;
    } finally {
      this.#futures.delete(future);
    }
  }

  /** Wakes them all, with an error if there is one. */
  wake(error: Error | null = null): void {
    for (const future of this.#futures) {
      if (future.done()) continue;
      if (error === null) futureInternals.settleValue(future, undefined);
      else futureInternals.settleError(future, error);
    }
  }
}
