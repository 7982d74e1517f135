/** What a loop can do with executors: each method leads into a file of `executors/`. */

import { describe, requireDelay } from "../../core/arguments.ts";
import { RuntimeError } from "../../core/errors.ts";
import type { Future } from "../../core/future.ts";
import { adopt, requireExecutor } from "../../executors/adopt.ts";
import type { Executor, ExecutorFunction } from "../../executors/executor.ts";
import { portable } from "../../executors/functions/portable.ts";
import { PoolExecutor } from "../../executors/pools/pool-executor.ts";
import { ExposedLoop } from "../../executors/remote/exposed-loop.ts";
import type { Exposed } from "../../executors/remote/loop-remote.ts";
import { ThreadPoolExecutor } from "../../executors/thread-pool-executor.ts";
import { knowErrors } from "../../executors/transport/error-classes.ts";
import { JobFuture } from "../../executors/transport/job-future.ts";
import * as netErrors from "../../net/errors.ts";
import { ProcessLoop } from "./process-loop.ts";

knowErrors(Object.values(netErrors));

export abstract class ExecutorLoop extends ProcessLoop {
  #defaultExecutor: Executor | null = null;
  #executorShutDown = false;

  /**
   * Runs a function in an executor.
   *
   * @param executor - null: the loop's default one, a `ThreadPoolExecutor` that is made with the first job
   * @param fn - a function that is complete in itself, since only its text is sent, or a `moduleFunction`
   * @param args - whatever structured clone can copy
   * @returns a future of this loop. Cancelling it takes the job out of the queue, or ends its worker at once
   * @throws TypeError `GYRE_INVALID_ARGUMENT` - no executor, or a function that cannot be sent: the message names what it uses
   * @throws RuntimeError `GYRE_EXECUTOR_SHUT_DOWN`, `GYRE_LOOP_CLOSED`, `GYRE_NOT_CLONEABLE` - from the future
   * @throws what the function throws, from the future
   * @example
   * const loop = getRunningLoop();
   * console.log(await loop.runInExecutor(null, (a: number, b: number) => a * b, 6, 7)); // => 42
   *
   * Context variables do not go along: see `toThread`. Python: `loop.run_in_executor`.
   */
  runInExecutor<A extends unknown[], T>(
    executor: Executor | null,
    fn: ExecutorFunction<A, T>,
    ...args: A
  ): Future<Awaited<T>> {
    const where = "loop.runInExecutor(executor, fn)";
    if (executor === null || executor === undefined) return this.runInDefaultExecutor(where, null, fn, args);
    requireExecutor(executor, where);
    return this.#run(executor, where, null, fn, args);
  }

  /**
   * Makes `executor` the one that `runInExecutor(null, …)` and `toThread` use. The loop shuts it down in the end.
   *
   * @throws TypeError `GYRE_INVALID_ARGUMENT` - no executor
   *
   * Python: `loop.set_default_executor`, which takes thread pools only.
   */
  setDefaultExecutor(executor: Executor): void {
    requireExecutor(executor, "loop.setDefaultExecutor(executor)");
    this.#defaultExecutor = executor;
  }

  /**
   * Lets the default executor take no more jobs, and waits until those that it has are done and its workers have ended. `run()`
   * does so in the end.
   *
   * @param timeout - how long to wait, in milliseconds; then the jobs are ended, with a warning. Null: for as long as it takes
   *
   * Cancel safety: it ends all the same. Python: `loop.shutdown_default_executor`, which leaves the threads alone.
   */
  async shutdownDefaultExecutor(timeout: number | null = null): Promise<void> {
    if (timeout !== null) requireDelay(timeout, "loop.shutdownDefaultExecutor(timeout)", "timeout");
    this.#executorShutDown = true;
    const executor = this.#defaultExecutor;
    if (executor === null) return;
    const ending = endWithin(executor, timeout);
    if (!this.isRunning()) return await ending;
    const future = new JobFuture<void>(this.assembled());
    ending.then(future.succeed.bind(future), future.fail.bind(future));
    await future;
  }

  /**
   * Gives other threads a way to this loop. See `LoopRemote`.
   *
   * @param functions - what they may call, by name. Arguments and results are copied
   * @returns to be passed to a job of a `ThreadPoolExecutor` or to `toThread`; or `open()` it for a worker of your own
   * @throws TypeError `GYRE_INVALID_ARGUMENT` - not an object of functions
   * @example
   * const remote = getRunningLoop().remote({ progress: (percent: number) => console.log(percent) });
   * await toThread((loop) => loop.callSoonThreadsafe("progress", 50), remote);
   *
   * Python needs none: its threads share their memory.
   */
  remote<F extends Exposed>(functions: F): ExposedLoop<F> {
    return new ExposedLoop(this.assembled(), functions);
  }

  override async close(): Promise<void> {
    const wasClosed = this.isClosed();
    await super.close();
    if (!wasClosed) void this.#defaultExecutor?.shutdown({ wait: false });
  }

  /** @internal */
  runInDefaultExecutor<A extends unknown[], T>(
    where: string,
    context: ReadonlyMap<string, unknown> | null,
    fn: ExecutorFunction<A, T>,
    args: A,
  ): Future<Awaited<T>> {
    if (this.#executorShutDown && !this.isClosed()) {
      portable(fn, where);
      return this.#refused(
        "GYRE_EXECUTOR_SHUT_DOWN",
        "The default executor of this loop has been shut down.",
      );
    }
    if (!this.isClosed()) this.#defaultExecutor ??= new ThreadPoolExecutor();
    return this.#run(this.#defaultExecutor, where, context, fn, args);
  }

  #run<A extends unknown[], T>(
    executor: Executor | null,
    where: string,
    context: ReadonlyMap<string, unknown> | null,
    fn: ExecutorFunction<A, T>,
    args: A,
  ): Future<Awaited<T>> {
    if (executor === null || this.isClosed())
      return this.#refused("GYRE_LOOP_CLOSED", "This loop is closed. Make a new one with newEventLoop().");
    const loop = this.assembled();
    if (executor instanceof PoolExecutor) return executor.start(portable(fn, where), args, { loop, context });
    return adopt(executor.submit(fn, ...args), loop);
  }

  #refused<T>(code: "GYRE_EXECUTOR_SHUT_DOWN" | "GYRE_LOOP_CLOSED", message: string): Future<T> {
    const future = this.createFuture<T>();
    future.setException(new RuntimeError(code, message));
    return future;
  }
}

/** Jobs run in real time: the clock of a virtual loop has nothing to say here. */
async function endWithin(executor: Executor, timeout: number | null): Promise<void> {
  const ended = Promise.resolve(executor.shutdown()).then(() => "ended" as const);
  if (timeout === null || timeout === Number.POSITIVE_INFINITY) return void (await ended);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), timeout);
  });
  const outcome = await Promise.race([ended, late]);
  clearTimeout(timer);
  if (outcome === "ended") return;
  process.emitWarning(
    `The jobs of ${describe(executor)} had not ended within ${timeout} ms of its shutdown, and are ended now.`,
    { type: "RuntimeWarning", code: "GYRE_EXECUTOR_LATE" },
  );
  if (executor instanceof PoolExecutor) executor.kill();
  else void executor.shutdown({ wait: false });
}
