import type { Future } from "../core/future.ts";
import { currentLoop } from "../core/loops.ts";
import { contextValues } from "./context-values.ts";
import type { ExecutorFunction } from "./executor.ts";

/**
 * Runs a function in a thread of the loop's default executor, with the current context variables.
 *
 * @param fn - a function that is complete in itself, since only its text is sent, or a `moduleFunction`
 * @param args - whatever structured clone can copy
 * @returns a future of the running loop. Cancelling it ends the thread at once
 * @throws TypeError `GYRE_INVALID_ARGUMENT` - a function that cannot be sent: the message names what it uses
 * @throws RuntimeError `GYRE_EXECUTOR_SHUT_DOWN`, `GYRE_NOT_CLONEABLE` - from the future
 * @throws what the function throws, from the future
 * @example
 * const sum = await toThread((numbers: number[]) => numbers.reduce((a, b) => a + b, 0), [1, 2, 3]);
 * console.log(sum); // => 6
 *
 * Of the context variables those go along whose values can be copied; in the thread they are known by their names. What the
 * function sets stays there. Python: `asyncio.to_thread`, where a thread cannot be stopped.
 */
export function toThread<A extends unknown[], T>(fn: ExecutorFunction<A, T>, ...args: A): Future<Awaited<T>> {
  return currentLoop().runInDefaultExecutor("toThread(fn)", contextValues(), fn, args);
}
