import { RuntimeError } from "../core/errors.ts";
import { Future } from "../core/future.ts";
import { currentLoop } from "../core/loops.ts";
import type { Executor, ExecutorFunction, MapOptions, ShutdownOptions } from "./executor.ts";
import { ModuleFunction } from "./functions/module-function.ts";
import { mapThrough } from "./map.ts";

/**
 * Runs functions on the loop's own thread, one after the other: for tests, where they may use what is around them and the order
 * is always the same.
 *
 * @example
 * const executor = new InlineExecutor();
 * const greeting = "hello";
 * console.log(await executor.submit(() => greeting)); // => hello
 */
export class InlineExecutor implements Executor {
  #shutDown = false;

  submit<A extends unknown[], T>(fn: ExecutorFunction<A, T>, ...args: A): Future<Awaited<T>> {
    const started: Future<unknown> = this.#start(async () => await (await callable(fn))(...args));
    return started as Future<Awaited<T>>; // the compiler does not see that awaiting T gives Awaited<T>
  }

  map<I, T>(
    fn: ExecutorFunction<[item: I], T>,
    items: Iterable<I> | AsyncIterable<I>,
    options: MapOptions = {},
  ): AsyncIterableIterator<Awaited<T>> {
    const start = (chunk: I[]): Future<Awaited<T>[]> =>
      this.#start(async () => {
        const call = await callable(fn);
        const results: Awaited<T>[] = [];
        for (const item of chunk) results.push(await call(item));
        return results;
      });
    return mapThrough(start, items, options, 1);
  }

  async shutdown(_options: ShutdownOptions = {}): Promise<void> {
    this.#shutDown = true;
  }

  #start<T>(job: () => Promise<T>): Future<T> {
    const loop = currentLoop();
    if (!this.#shutDown) return loop.createTask(job);
    const refused = new Future<T>({ loop });
    refused.setException(
      new RuntimeError(
        "GYRE_EXECUTOR_SHUT_DOWN",
        "This executor has been shut down and takes no more jobs. Make a new one.",
      ),
    );
    return refused;
  }
}

async function callable<A extends unknown[], T>(fn: ExecutorFunction<A, T>): Promise<(...args: A) => T> {
  if (!(fn instanceof ModuleFunction)) return fn;
  const module: Record<string, unknown> = await import(fn.url);
  return module[fn.name] as (...args: A) => T; // as the type of the ModuleFunction says
}
