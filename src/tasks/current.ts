import type { EventLoop } from "../core/event-loop.ts";
import { currentLoop } from "../core/loops.ts";
import { currentScope } from "../core/scope.ts";
import type { Coroutine, Task, TaskOptions } from "../core/task.ts";

/**
 * The loop that runs this code; outside of every `run()`, the ambient loop of the thread.
 *
 * Python: `asyncio.get_running_loop`, which raises where this answers the ambient loop.
 */
export function getRunningLoop(): EventLoop {
  return currentLoop();
}

/** The task that runs this code, or null in a callback and outside. Python: `asyncio.current_task`. */
export function currentTask(): Task<unknown> | null {
  const scope = currentScope()?.task;
  return scope?.open ? scope.owner : null;
}

/** The tasks of a loop that are not done. Python: `asyncio.all_tasks`. */
export function allTasks(loop: EventLoop = currentLoop()): Set<Task<unknown>> {
  return loop.tasks.all();
}

/**
 * Runs an async function as a task of the running loop, from the loop's next turn on.
 *
 * @param coroutine - a function that starts the work; it is given its task
 * @throws TypeError `GYRE_INVALID_ARGUMENT` - not a function; a promise has started already, and nothing could cancel it
 * @example
 * const task = createTask(async () => {
 *   await sleep(10);
 *   return "done";
 * });
 * console.log(await task); // => done
 *
 * Python: `asyncio.create_task`, which takes a coroutine object where this takes a function. A task that runs is never
 * collected, so the result need not be kept. An error that nobody looks at is reported.
 */
export function createTask<T>(coroutine: Coroutine<T>, options?: TaskOptions): Task<T> {
  return currentLoop().createTask(coroutine, options);
}
