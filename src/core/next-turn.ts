import { futureInternals } from "./future-internals.ts";
import { Future } from "./future.ts";
import type { Ready } from "./ready-queue.ts";
import { Wake } from "./scheduler.ts";

/**
 * The wait of one turn: `sleep(0)`. It stands in the ready queue by itself, so that it costs one turn and not two.
 *
 * Its task's cancellation does not cancel it but is delivered when its turn comes: until then a later message replaces an
 * earlier one, and `uncancel` takes the request back (row TASK-18).
 */
export class Yield<T> extends Future<T> {
  protected override cancelForTask(): boolean {
    return false;
  }

  /** The turn may come before the `await`, which calls `then` a microtask late. */
  protected override isCheckpoint(): boolean {
    return true;
  }
}

/** A future that is done on the next turn of the current loop. */
export function nextTurn<T>(result: T): Future<T> {
  const future = new Yield<T>();
  future.getLoop().scheduler.enqueue(new YieldTurn(future, result));
  return future;
}

class YieldTurn<T> extends Wake implements Ready {
  readonly #future: Yield<T>;
  readonly #result: T;

  constructor(future: Yield<T>, result: T) {
    super();
    this.#future = future;
    this.#result = result;
  }

  run(): void {
    if (!this.#future.done()) futureInternals.settleNow(this.#future, this.#result);
  }

  /** For reports. */
  forFuture(): Future<unknown> {
    return this.#future;
  }

  override toString(): string {
    return this.#future.toString();
  }
}
