import type { EventLoop } from "../../core/event-loop.ts";
import { futureInternals } from "../../core/future-internals.ts";
import { Future } from "../../core/future.ts";

/** The result of work that is done outside of the loop: the loop knows of it, and cancelling calls the work off. */
export class JobFuture<T> extends Future<T> {
  #callOff: (() => void) | null = null;
  readonly #endOutside: () => void;

  /** @param outside - false: the work is a loop's of this thread after all */
  constructor(loop: EventLoop, outside = true) {
    super({ loop });
    if (outside) loop.outsideWork.begin();
    this.#endOutside = () => {
      if (outside) loop.outsideWork.end();
    };
  }

  /** What to do when the result is no longer wanted. */
  onCancel(callOff: () => void): void {
    this.#callOff = callOff;
  }

  override cancel(message?: string): boolean {
    if (!super.cancel(message)) return false;
    this.#endOutside();
    this.#callOff?.();
    return true;
  }

  succeed(value: T): void {
    if (!this.#end()) return;
    futureInternals.settleValue(this, value);
  }

  /** A `CancelledError` makes it cancelled. */
  fail(error: unknown): void {
    if (!this.#end()) return;
    futureInternals.fail(this, error);
  }

  /** What comes too late is dropped: after a cancellation, and after the end of the loop. */
  #end(): boolean {
    if (this.done()) return false;
    this.#endOutside();
    this.#callOff = null;
    return !this.getLoop().isClosed();
  }
}
