import type { EventLoop } from "../core/event-loop.ts";
import { futureInternals } from "../core/future-internals.ts";
import { Future } from "../core/future.ts";

export interface Outcome<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** Something that the host does for us and can be told to give up: cancelling the future does so. */
export class HostOperation<T> extends Future<T> {
  readonly #giveUp: () => void;

  /**
   * @param start - begins, and returns what gives up; an outcome that comes after the end is handed to `discard`
   */
  constructor(loop: EventLoop, start: (outcome: Outcome<T>) => () => void, discard?: (value: T) => void) {
    super({ loop });
    this.#giveUp = start({
      resolve: (value) => {
        if (this.done()) discard?.(value);
        else futureInternals.settleValue(this, value);
      },
      reject: (error) => {
        if (!this.done()) futureInternals.settleError(this, error);
      },
    });
  }

  override cancel(message?: string): boolean {
    if (!super.cancel(message)) return false;
    this.#giveUp();
    return true;
  }
}

/** What the host does at once, for a contract that would let it take its time: there is nothing to give up. */
export function doneAtOnce<T>(loop: EventLoop, act: () => T): Future<T> {
  const future = new Future<T>({ loop });
  try {
    futureInternals.settleValue(future, act());
  } catch (error) {
    futureInternals.settleError(future, error);
  }
  return future;
}

/**
 * Awaits something that has to be closed. If a cancellation takes its place at the last moment, it is closed here, because nobody
 * else will ever see it.
 */
export function claim<T extends { destroy(): void }>(operation: Future<T>): Promise<T> {
  return claimOr(operation, (value) => value.destroy());
}

/** The same for what is closed in another way. */
export async function claimOr<T>(operation: Future<T>, discard: (value: T) => void): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    if (operation.done() && !operation.cancelled() && futureInternals.peekError(operation) === null)
      discard(operation.result());
    throw error;
  }
}
