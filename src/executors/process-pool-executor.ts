import { availableParallelism } from "node:os";
import {
  type PoolExecutorOptions,
  readInitializer,
  requireCount,
  requireIdleTimeout,
} from "./pools/options.ts";
import { PoolExecutor } from "./pools/pool-executor.ts";
import { ProcessCrew } from "./pools/process-crew.ts";

export interface ProcessPoolExecutorOptions<I extends unknown[] = unknown[]> extends PoolExecutorOptions<I> {
  /** After how many jobs a process ends and another takes its place; by default it stays. */
  readonly maxTasksPerChild?: number;
  /** Milliseconds that a process is given to end when its job is cancelled, until it is killed; 1000 by default. */
  readonly graceMs?: number;
}

const GRACE = 1000; // ms

/**
 * Worker processes: as threads, but one that crashes or eats all memory harms nobody else, and native code that is not made for
 * threads may run. They take longer to start, and nothing can be moved to them.
 *
 * @param options.maxWorkers - the number of CPUs by default
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
 * @example
 * await using executor = new ProcessPoolExecutor({ maxWorkers: 2, maxTasksPerChild: 100 });
 * console.log(await executor.submit(() => process.pid === process.ppid)); // => false
 *
 * Python: `concurrent.futures.ProcessPoolExecutor`.
 */
export class ProcessPoolExecutor<I extends unknown[] = unknown[]> extends PoolExecutor {
  constructor(options: ProcessPoolExecutorOptions<I> = {}) {
    const maxWorkers = requireCount(options.maxWorkers ?? availableParallelism(), "maxWorkers");
    const maxTasksPerChild = requireCount(
      options.maxTasksPerChild ?? Number.POSITIVE_INFINITY,
      "maxTasksPerChild",
    );
    const grace = requireCount(options.graceMs ?? GRACE, "graceMs");
    const idleTimeout = requireIdleTimeout(options.idleTimeout ?? Number.POSITIVE_INFINITY);
    const initializer = readInitializer(options);
    super(
      maxWorkers,
      () => new ProcessCrew({ maxWorkers, initializer, idleTimeout, maxTasksPerChild, grace }),
    );
  }

  /** @internal */
  protected override get sharesMemory(): boolean {
    return false;
  }
}
