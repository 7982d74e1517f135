/** How another thread reaches a loop: it calls by name what the loop's side has exposed. */

/** Functions that other threads may call. */
export type Exposed = Readonly<Record<string, (...args: never[]) => unknown>>;

/** What `runCoroutineThreadsafe` gives: the result of a task on another thread's loop. Python: `concurrent.futures.Future`. */
export interface RemoteCall<T> {
  /**
   * Blocks this thread until the task has ended.
   *
   * @param timeout - in milliseconds; null or missing: for as long as it takes
   * @throws TimeoutError `GYRE_TIMEOUT` - the task runs on
   * @throws CancelledError `GYRE_CANCELLED` - the task was cancelled
   * @throws RuntimeError `GYRE_LOOP_CLOSED` - there is no loop any more; `GYRE_NOT_SUPPORTED` - this is the loop's own thread
   * @throws what the task throws
   */
  result(timeout?: number | null): T;
  /** The same without blocking. Cancelling a task that waits for it leaves the remote one alone: call `cancel()` for that. */
  resultAsync(): Promise<T>;
  /** Cancels the task. @returns false if its end is known already */
  cancel(): boolean;
  /** Whether the end of the task is known here. */
  done(): boolean;
}

/**
 * A loop as other threads see it. `loop.remote({ name: fn })` makes one; pass it to a job of a `ThreadPoolExecutor` or to
 * `toThread`, which close it at the end of the job, or send `remote.open()` to a worker of your own, which calls `connectRemote`.
 *
 * Python: `loop.call_soon_threadsafe` and `asyncio.run_coroutine_threadsafe`, which reach every function, since threads share them.
 */
export interface LoopRemote<F extends Exposed = Exposed> extends Disposable {
  /**
   * Calls an exposed function on the loop, soon, and does not wait for it. What it throws is reported there.
   *
   * @throws TypeError `GYRE_INVALID_ARGUMENT` - nothing of this name is exposed
   * @throws RuntimeError `GYRE_LOOP_CLOSED`, `GYRE_NOT_CLONEABLE`
   */
  callSoonThreadsafe<K extends keyof F & string>(name: K, ...args: Parameters<F[K]>): void;
  /**
   * Runs an exposed function as a task of the loop.
   *
   * @throws TypeError `GYRE_INVALID_ARGUMENT` - nothing of this name is exposed
   * @throws RuntimeError `GYRE_LOOP_CLOSED`, `GYRE_NOT_CLONEABLE`
   */
  runCoroutineThreadsafe<K extends keyof F & string>(
    name: K,
    ...args: Parameters<F[K]>
  ): RemoteCall<Awaited<ReturnType<F[K]>>>;
  /** Ends the connection. Tasks that were started over it run on. */
  close(): void;
}
