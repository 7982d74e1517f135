import { requireDelay } from "../core/arguments.ts";
import type { EventLoop } from "../core/event-loop.ts";
import { futureInternals } from "../core/future-internals.ts";
import { Future } from "../core/future.ts";
import { currentLoop } from "../core/loops.ts";
import { nextTurn } from "../core/next-turn.ts";
import { NOT_WAITING, type Timer } from "../core/timers.ts";

/**
 * Done after `delay` milliseconds, never earlier. Cancelling it, or the task that awaits it, releases the timer.
 *
 * @param delay - in milliseconds; zero or less: one turn of the loop; `Infinity`: until it is cancelled
 * @param result - what awaiting it gives
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` - not a number, or NaN
 * @example
 * console.log(await sleep(10, "rested")); // => rested
 *
 * Cancel safety: nothing is lost. Python: `asyncio.sleep`, in seconds; a coroutine there, a future here.
 */
export function sleep(delay: number): Future<void>;
export function sleep<T>(delay: number, result: T): Future<T>;
export function sleep<T>(delay: number, result?: T): Future<T | undefined> {
  requireDelay(delay, "sleep(delay)");
  return delay <= 0 ? nextTurn(result) : new Sleep(delay, result, currentLoop());
}

/**
 * Lets everything else that is ready run once, and delivers a cancellation that is pending.
 *
 * Cancel safety: nothing is lost. Python: `await asyncio.sleep(0)`.
 */
export function checkpoint(): Future<void> {
  return nextTurn(undefined);
}

/** The future and its timer in one, since a program may hold a million of them. */
class Sleep<T> extends Future<T> implements Timer {
  readonly deadline: number;
  sequence = NOT_WAITING;
  readonly #result: T;

  constructor(delay: number, result: T, loop: EventLoop) {
    super({ loop });
    this.deadline = loop.time() + delay;
    this.#result = result;
    loop.scheduler.addTimer(this);
  }

  run(): void {
    if (!this.done()) futureInternals.settleValue(this, this.#result);
  }

  /** For reports. */
  forFuture(): this {
    return this;
  }

  override cancel(message?: string): boolean {
    if (!super.cancel(message)) return false;
    this.getLoop().scheduler.noteTimerCancelled(this);
    return true;
  }
}
