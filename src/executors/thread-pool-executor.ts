import type { ResourceLimits } from "node:worker_threads";
import {
  type PoolExecutorOptions,
  defaultThreads,
  readInitializer,
  requireCount,
  requireIdleTimeout,
} from "./pools/options.ts";
import { PoolExecutor } from "./pools/pool-executor.ts";
import { ThreadCrew } from "./pools/thread-crew.ts";

export interface ThreadPoolExecutorOptions<I extends unknown[] = unknown[]> extends PoolExecutorOptions<I> {
  /** Node's limits for each thread, such as `{ maxOldGenerationSizeMb: 64 }`: a thread that exceeds them ends, and its job fails. */
  readonly resourceLimits?: ResourceLimits;
}

/**
 * Worker threads for functions that compute. Each has its own memory: arguments and results are copied. Threads start when they
 * are needed, and keep nobody alive while they are idle.
 *
 * @param options.maxWorkers - the number of CPUs and 4, but at most 32, by default
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
 * @example
 * await using executor = new ThreadPoolExecutor({ maxWorkers: 4 });
 * const sum = await executor.submit((numbers: number[]) => numbers.reduce((a, b) => a + b, 0), [1, 2, 3]);
 * console.log(sum); // => 6
 *
 * Python: `concurrent.futures.ThreadPoolExecutor`; in what workers share, which is nothing, rather `InterpreterPoolExecutor`.
 */
export class ThreadPoolExecutor<I extends unknown[] = unknown[]> extends PoolExecutor {
  constructor(options: ThreadPoolExecutorOptions<I> = {}) {
    const maxWorkers = requireCount(options.maxWorkers ?? defaultThreads(), "maxWorkers");
    const idleTimeout = requireIdleTimeout(options.idleTimeout ?? Number.POSITIVE_INFINITY);
    const initializer = readInitializer(options);
    const { resourceLimits } = options;
    super(maxWorkers, () => new ThreadCrew({ maxWorkers, initializer, idleTimeout, resourceLimits }));
  }
}
