import { requireCoroutine, requireMethod } from "../core/arguments.ts";
import type { EventLoop } from "../core/event-loop.ts";
import type { Future } from "../core/future.ts";
import { currentLoop } from "../core/loops.ts";
import type { Coroutine } from "../core/task.ts";
import { JobFuture } from "./transport/job-future.ts";

/**
 * Runs an async function as a task of another loop of this thread. See `loop.remote` for loops of other threads.
 *
 * @param coroutine - called when that loop runs
 * @param loop - the loop to run it on
 * @returns a future of the running loop. Cancelling it cancels the task
 * @throws TypeError `GYRE_INVALID_ARGUMENT` - not a function, not a loop
 * @throws RuntimeError `GYRE_LOOP_CLOSED` - from the future
 * @example
 * const loop = getRunningLoop();
 * console.log(await runCoroutineThreadsafe(async () => "done", loop)); // => done
 *
 * Python: `asyncio.run_coroutine_threadsafe`.
 */
export function runCoroutineThreadsafe<T>(coroutine: Coroutine<T>, loop: EventLoop): Future<T> {
  requireCoroutine(coroutine, "runCoroutineThreadsafe(coroutine, loop)");
  requireMethod(
    Object(loop),
    "callSoonThreadsafe",
    "runCoroutineThreadsafe(coroutine, loop): loop must be an event loop",
  );
  const future = new JobFuture<T>(currentLoop(), false);
  try {
    loop.callSoonThreadsafe(start, coroutine, loop, future);
  } catch (error) {
    future.fail(error);
  }
  return future;
}

function start<T>(coroutine: Coroutine<T>, loop: EventLoop, future: JobFuture<T>): void {
  if (future.done()) return;
  try {
    const task = loop.createTask(coroutine);
    future.onCancel(() => task.cancel());
    task.addDoneCallback(() => passOn(task, future));
  } catch (error) {
    future.fail(error);
  }
}

function passOn<T>(task: Future<T>, future: JobFuture<T>): void {
  try {
    future.succeed(task.result());
  } catch (error) {
    future.fail(error);
  }
}
