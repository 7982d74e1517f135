import { describe, isPromiseLike, requireCoroutine } from "./arguments.ts";
import { ArgumentTypeError, RuntimeError } from "./errors.ts";
import type { EventLoop } from "./event-loop.ts";
import { futureInternals } from "./future-internals.ts";
import { Future, isFuture } from "./future.ts";
import { currentLoop } from "./loops.ts";
import type { Coroutine } from "./task.ts";

/** Whatever can be waited for: a future or task, a promise, or a function to run as a task. */
export type Waitable<T> = Future<T> | PromiseLike<T> | Coroutine<T>;

/**
 * A future for anything that can be waited for: a future as it is, a function as a new task, a promise wrapped.
 *
 * @param aw - what to wait for
 * @param options.loop - the loop of the task or wrapper; the running one by default
 * @throws TypeError `GYRE_INVALID_ARGUMENT` - none of the three
 * @throws RuntimeError `GYRE_OTHER_LOOP` - a future of another loop than the one given
 *
 * Python: `asyncio.ensure_future`.
 */
export function ensureFuture<T>(aw: Waitable<T>, options: { readonly loop?: EventLoop } = {}): Future<T> {
  if (isFuture(aw)) {
    if (options.loop !== undefined && options.loop !== aw.getLoop()) throw otherLoop(aw);
    return aw; // isFuture cannot carry the element type over
  }
  requireWaitable(aw, "ensureFuture(aw)");
  const loop = options.loop ?? currentLoop();
  return typeof aw === "function" ? loop.createTask(aw) : wrapFuture(aw, { loop });
}

/** @throws TypeError `GYRE_INVALID_ARGUMENT` */
export function requireWaitable(aw: unknown, where: string): asserts aw is Waitable<unknown> {
  if (typeof aw === "function") requireCoroutine(aw, where);
  else if (!isPromiseLike(aw)) {
    throw new ArgumentTypeError(
      `${where} expects something to wait for (a future, a task, a promise or an async function), but got ${describe(aw)}.`,
    );
  }
}

/**
 * A future that ends as a promise does. Cancelling it ends the wait at once; the promise runs on, and its outcome is dropped.
 *
 * @param promise - a promise or other thenable; a future is returned as it is
 * @throws TypeError `GYRE_INVALID_ARGUMENT` - not a promise
 * @example
 * const text = await wrapFuture(Promise.resolve("done"));
 * console.log(text); // => done
 *
 * Python: `asyncio.wrap_future`, for futures of threads.
 */
export function wrapFuture<T>(
  promise: PromiseLike<T>,
  options: { readonly loop?: EventLoop } = {},
): Future<T> {
  if (isFuture(promise)) return promise as Future<T>; // isFuture cannot carry the element type over
  if (!isPromiseLike(promise)) {
    throw new ArgumentTypeError(`wrapFuture(promise) expects a promise, but got ${describe(promise)}.`);
  }
  const future = new Future<T>(options);
  promise.then(
    (value) => {
      if (!future.done()) futureInternals.settleValue(future, value);
    },
    (error) => {
      if (!future.done()) futureInternals.fail(future, error);
    },
  );
  return future;
}

export function otherLoop(future: Future<unknown>): RuntimeError {
  return new RuntimeError(
    "GYRE_OTHER_LOOP",
    `${future} belongs to another loop. Everything that is waited for together must belong to the loop that waits.`,
  );
}
