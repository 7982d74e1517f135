import type { Future } from "../core/future.ts";
import type { ModuleFunction } from "./functions/module-function.ts";

/** What can be sent to a worker: a function that is complete in itself, or the name of one that a module exports. */
export type ExecutorFunction<A extends readonly unknown[], T> =
  | ((...args: A) => T)
  | ModuleFunction<(...args: A) => T>;

export interface ShutdownOptions {
  /** Whether to wait until the jobs are done and the workers have ended; true by default. */
  readonly wait?: boolean;
  /** Whether to cancel the jobs that have not begun; false by default. */
  readonly cancelFutures?: boolean;
}

export interface MapOptions {
  /** How many items one job takes: more than one saves round trips when each takes little time. 1 by default. */
  readonly chunksize?: number;
  /** How many items may be under way or finished before they are asked for. By default four for each worker. */
  readonly buffersize?: number;
  /** For all of it, in milliseconds, from the first item on; null or missing: no limit. */
  readonly timeout?: number | null;
}

/**
 * Runs functions somewhere else. Whatever has these three methods can be given to `loop.runInExecutor` and
 * `loop.setDefaultExecutor`.
 *
 * Python: `concurrent.futures.Executor`.
 */
export interface Executor {
  /** Starts `fn(...args)`, or queues it. Cancelling the future takes it out of the queue, or stops it where that is possible. */
  submit<A extends unknown[], T>(fn: ExecutorFunction<A, T>, ...args: A): Future<Awaited<T>>;
  /** Calls `fn` for each item, several at a time; gives the results in the order of the items. */
  map<I, T>(
    fn: ExecutorFunction<[item: I], T>,
    items: Iterable<I> | AsyncIterable<I>,
    options?: MapOptions,
  ): AsyncIterableIterator<Awaited<T>>;
  /** Takes no more jobs; those that it has still run. */
  shutdown(options?: ShutdownOptions): PromiseLike<void>;
}
