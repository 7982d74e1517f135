import { requireDelay } from "../core/arguments.ts";
import { ensureFuture, otherLoop, requireWaitable, type Waitable } from "../core/ensure-future.ts";
import { CancelledError, TimeoutError } from "../core/errors.ts";
import { isFuture } from "../core/future.ts";
import { currentLoop } from "../core/loops.ts";
import type { Task } from "../core/task.ts";
import { createTask, currentTask } from "./current.ts";
import { timeout } from "./timeout.ts";

/**
 * Waits for something, but not longer than `limit`. Then a future is cancelled; a function, which runs in the current task, is
 * cancelled and waited for until its `finally` blocks have run; a promise runs on.
 *
 * @param aw - a future, a promise, or a function to call
 * @param limit - in milliseconds; null for none; with zero or less a function is not started
 * @throws TimeoutError `GYRE_TIMEOUT` - its `cause` is the `CancelledError` that ended the work
 * @example
 * const answer = await waitFor(async () => 42, 1000);
 * console.log(answer); // => 42
 *
 * Cancel safety: cancels what it waits for. Python: `asyncio.wait_for`, in seconds.
 */
export function waitFor<T>(aw: Waitable<T>, limit: number | null): Promise<T> {
  requireWaitable(aw, "waitFor(aw, limit)");
  if (limit !== null) requireDelay(limit, "waitFor(aw, limit)", "limit");
  if (isFuture(aw) && aw.getLoop() !== currentLoop()) return Promise.reject(otherLoop(aw));
  const run =
    limit !== null && limit <= 0 ? () => resultOrTimeout(aw) : () => timeout(limit, () => start(aw));
  return currentTask() === null ? Promise.resolve(createTask(run)) : run();
}

function start<T>(aw: Waitable<T>): PromiseLike<T> | T {
  const task = currentTask();
  if (typeof aw === "function" && task !== null) return aw(task as Task<never>); // no task can read its own result
  return ensureFuture(aw);
}

async function resultOrTimeout<T>(aw: Waitable<T>): Promise<T> {
  if (typeof aw === "function") throw new TimeoutError(undefined, { cause: new CancelledError() });
  const future = ensureFuture(aw);
  if (!future.done() && !isFuture(aw)) await Promise.resolve(); // a promise that is settled already says so
  if (future.done()) return future.result();
  future.cancel();
  try {
    return await future;
  } catch (error) {
    if (error instanceof CancelledError) throw new TimeoutError(undefined, { cause: error });
    throw error;
  }
}
