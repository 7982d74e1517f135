import { requireDelay, requireFunction } from "../core/arguments.ts";
import { cancellationOf, RuntimeError, TimeoutError } from "../core/errors.ts";
import type { EventLoop } from "../core/event-loop.ts";
import type { Handle } from "../core/handle.ts";
import { inspectSymbol } from "../core/inspect.ts";
import { currentLoop } from "../core/loops.ts";
import type { Awaitable, Task } from "../core/task.ts";
import { createTask, currentTask } from "./current.ts";
import { enterTimeout, timeoutPassed } from "./timeout-watch.ts";

type TimeoutState = "created" | "active" | "expiring" | "expired" | "finished";

/**
 * The deadline of a running `timeout` block.
 *
 * Python: `asyncio.Timeout`; where that is entered and left, this runs a function.
 */
export class Timeout {
  readonly #loop: EventLoop;
  #when: number | null;
  #state: TimeoutState = "created";
  #alarm: Handle | null = null;
  #task: Task<unknown> | null = null;
  #number = 0;

  constructor(when: number | null) {
    if (when !== null) requireDelay(when, "new Timeout(when)", "when");
    this.#loop = currentLoop();
    this.#when = when;
  }

  /** The deadline on the loop's clock, in milliseconds, or null for none. */
  when(): number | null {
    return this.#when;
  }

  /** True once the deadline has passed with the block still running. */
  expired(): boolean {
    return this.#state === "expiring" || this.#state === "expired";
  }

  /**
   * Moves the deadline; null removes it.
   *
   * @throws RuntimeError `GYRE_INVALID_STATE` - the block does not run, or its deadline has passed
   */
  reschedule(when: number | null): void {
    if (when !== null) requireDelay(when, "timeout.reschedule(when)", "when");
    if (this.#state !== "active") {
      throw new RuntimeError(
        "GYRE_INVALID_STATE",
        `The deadline of a timeout that is ${this.#state} cannot be moved.`,
      );
    }
    this.#when = when;
    this.#alarm?.cancel();
    this.#alarm = null;
    if (when === null) return;
    const expire = (): void => this.#expire();
    // A deadline in the past strikes on the next turn, before the body's first real wait can end (row TO-04).
    this.#alarm = when <= this.#loop.time() ? this.#loop.callSoon(expire) : this.#loop.callAt(when, expire);
  }

  /**
   * Runs `body` in the current task and cancels it when the deadline passes.
   *
   * @throws TimeoutError `GYRE_TIMEOUT` - the deadline passed and the body ended with the cancellation
   * @throws RuntimeError `GYRE_INVALID_STATE` - it was run before
   * @throws RuntimeError `GYRE_NO_TASK` - no task runs this code
   */
  async run<T>(body: (scope: Timeout) => Awaitable<T>): Promise<T> {
    requireFunction(body, "timeout.run(body)");
    const task = this.#enter();
    const cancellingBefore = task.cancelling();
    try {
      return await body(this);
    } catch (error) {
      this.#finish(task);
      const cancellation = cancellationOf(error);
      const isOurs = this.#state === "expired" && task.cancelling() <= cancellingBefore;
      if (!isOurs || cancellation === null) throw error;
      timeoutPassed(task, this.#number);
      throw new TimeoutError(undefined, { cause: cancellation });
    } finally {
      this.#finish(task);
    }
  }

  toString(): string {
    const when = this.#when === null ? "null" : this.#when.toFixed(3);
    const deadline = this.#state === "active" ? ` when=${when}` : "";
    return `<Timeout [${this.#state}]${deadline}>`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }

  #enter(): Task<unknown> {
    if (this.#state !== "created") {
      throw new RuntimeError(
        "GYRE_INVALID_STATE",
        "This timeout was run before. Make a new one for each block.",
      );
    }
    const task = currentTask();
    if (task === null) {
      throw new RuntimeError(
        "GYRE_NO_TASK",
        "A Timeout cancels the current task, and there is none. Use timeout(ms, body).",
      );
    }
    this.#state = "active";
    this.#task = task;
    this.#number = enterTimeout();
    this.reschedule(this.#when);
    return task;
  }

  #expire(): void {
    this.#state = "expiring";
    this.#alarm = null;
    this.#task?.cancel();
  }

  /** Takes back its own request to cancel, once. */
  #finish(task: Task<unknown>): void {
    if (this.#state === "expiring") {
      this.#state = "expired";
      task.uncancel();
    } else if (this.#state === "active") this.#state = "finished";
    this.#alarm?.cancel();
    this.#alarm = null;
  }
}

export interface TimeoutOptions {
  /** At the deadline, end at once, though the body may run on detached, and drop its outcome. */
  readonly abandonOnCancel?: boolean;
}

/**
 * Runs `body` in the current task with a deadline. When it passes, the body is cancelled and, once its `finally` blocks have
 * run, a `TimeoutError` is thrown.
 *
 * @param delay - in milliseconds from now; null for no deadline; zero or less cancels the body's first real wait
 * @param body - is given the {@link Timeout}, to look at the deadline or move it
 * @returns what `body` returns
 * @throws TimeoutError `GYRE_TIMEOUT` - its `cause` is the `CancelledError` that ended the body
 * @example
 * try {
 *   await timeout(10, () => sleep(60_000));
 * } catch (error) {
 *   console.log(error instanceof TimeoutError); // => true
 * }
 *
 * Outside of every task the body runs in a task of its own. Cancel safety: as safe as the body. Python: `asyncio.timeout`,
 * whose `async with` block is `body` here, because a disposable never learns whether its block failed.
 */
export function timeout<T>(
  delay: number | null,
  body: (scope: Timeout) => Awaitable<T>,
  options: TimeoutOptions = {},
): Promise<T> {
  if (delay !== null) requireDelay(delay, "timeout(delay, body)");
  return timeoutAt(delay === null ? null : currentLoop().time() + delay, body, options);
}

/** `timeout` with the deadline as a moment on the loop's clock: `loop.time() + ms`. Python: `asyncio.timeout_at`. */
export function timeoutAt<T>(
  when: number | null,
  body: (scope: Timeout) => Awaitable<T>,
  options: TimeoutOptions = {},
): Promise<T> {
  if (when !== null) requireDelay(when, "timeoutAt(when, body)", "when");
  requireFunction(
    body,
    "timeout(delay, body)",
    "The body is what the deadline is for: timeout(ms, async () => { … }).",
  );
  const run = async (): Promise<T> => {
    const scope = new Timeout(when);
    if (options.abandonOnCancel !== true) return scope.run(body);
    return scope.run(async () => createTask(() => body(scope), { abandonOnCancel: true }));
  };
  return currentTask() === null ? Promise.resolve(createTask(run)) : run();
}
