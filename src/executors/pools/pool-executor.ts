/** What threads and processes have in common: the queue, the limits, the end. */

import type { TransferListItem } from "node:worker_threads";
import { RuntimeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import type { Future } from "../../core/future.ts";
import { inspectSymbol } from "../../core/inspect.ts";
import { currentLoop } from "../../core/loops.ts";
import { BrokenExecutorError } from "../errors.ts";
import type { Executor, ExecutorFunction, MapOptions, ShutdownOptions } from "../executor.ts";
import { type PortableFunction, portable } from "../functions/portable.ts";
import { mapThrough } from "../map.ts";
import { OpenRemotes } from "../remote/open-remotes.ts";
import { notCloneable } from "../transport/cloneable.ts";
import { JobFuture } from "../transport/job-future.ts";
import type { Reply } from "../transport/messages.ts";
import { unpackError } from "../transport/sent-errors.ts";
import { unwrap } from "../transport/transferring.ts";
import type { Assignment, Crew } from "./crew.ts";

export interface ExecutorStatistics {
  /** Workers that there are, idle or busy. They are started when they are needed. */
  readonly workers: number;
  readonly maxWorkers: number;
  readonly running: number;
  readonly queued: number;
  /** Jobs that came to an end by themselves, with a result or an error. */
  readonly completed: number;
}

interface Job {
  readonly fn: PortableFunction;
  readonly args: readonly unknown[];
  readonly many: boolean;
  readonly context: ReadonlyMap<string, unknown> | null;
  readonly future: JobFuture<unknown>;
}

/** What a job is, apart from its function and arguments. */
export interface JobOptions {
  readonly loop: EventLoop;
  /** Whether the arguments are a list of them, for one call each. */
  readonly many?: boolean;
  readonly context?: ReadonlyMap<string, unknown> | null;
}

export abstract class PoolExecutor implements Executor, AsyncDisposable {
  readonly #maxWorkers: number;
  readonly #makeCrew: () => Crew;
  #crew: Crew | null = null;
  readonly #queue = new Set<Job>();
  /** Null: the worker has answered, and there is nothing to stop any more. */
  readonly #running = new Map<Job, Assignment | null>();
  #completed = 0;
  #shutDown = false;
  #broken: BrokenExecutorError | null = null;
  #ended: Promise<void> | null = null;
  readonly #whenEmpty: (() => void)[] = [];

  /** @param makeCrew - called with the first job */
  constructor(maxWorkers: number, makeCrew: () => Crew) {
    this.#maxWorkers = maxWorkers;
    this.#makeCrew = makeCrew;
  }

  /**
   * Runs `fn(...args)` in a worker, or queues it until one is free; first come, first served.
   *
   * @param fn - a function that is complete in itself, since only its text is sent, or a `moduleFunction`. An async one is
   *   awaited in the worker
   * @param args - whatever structured clone can copy; see `transferring` for what is to be moved
   * @returns a future of the running loop. Cancelling it takes the job out of the queue, or ends its worker at once
   * @throws TypeError `GYRE_INVALID_ARGUMENT` - a function that cannot be sent: the message names what it uses
   * @throws RuntimeError `GYRE_EXECUTOR_SHUT_DOWN`, `GYRE_NOT_CLONEABLE` - from the future
   * @throws BrokenExecutorError `GYRE_BROKEN_EXECUTOR` - from the future: the worker ended in the middle of the job
   * @throws what the function throws, from the future: of its class, with its message, cause, properties and stack
   * @example
   * await using executor = new ThreadPoolExecutor({ maxWorkers: 2 });
   * console.log(await executor.submit((a: number, b: number) => a * b, 6, 7)); // => 42
   *
   * Python: `Executor.submit`, where a job that runs cannot be stopped.
   */
  submit<A extends unknown[], T>(fn: ExecutorFunction<A, T>, ...args: A): Future<Awaited<T>> {
    return this.start(portable(fn, "executor.submit(fn)"), args, { loop: currentLoop() });
  }

  /**
   * Calls `fn(item)` for each item in workers, several at a time.
   *
   * @param items - read as they are needed: at most `buffersize` of them are taken ahead of what was asked for
   * @returns the results in the order of the items. Leaving the loop cancels what is under way; so does an error, which ends it
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`; and what {@link submit} throws
   * @throws TimeoutError `GYRE_TIMEOUT` - from the iteration
   * @example
   * await using executor = new ThreadPoolExecutor();
   * const squares = await Array.fromAsync(executor.map((n: number) => n * n, [1, 2, 3])); // [1, 4, 9]
   *
   * Cancel safety: what is under way is cancelled. Python: `Executor.map`, which begins before it is asked for anything.
   */
  map<I, T>(
    fn: ExecutorFunction<[item: I], T>,
    items: Iterable<I> | AsyncIterable<I>,
    options: MapOptions = {},
  ): AsyncIterableIterator<Awaited<T>> {
    const sent = portable(fn, "executor.map(fn, items)");
    const start = (chunk: I[]): Future<Awaited<T>[]> =>
      this.start(sent, chunk, { loop: currentLoop(), many: true });
    return mapThrough(start, items, options, 4 * this.#maxWorkers);
  }

  /**
   * Takes no more jobs, lets those that it has come to their end, and ends the workers. May be called again.
   *
   * @param options.wait - false: does not wait for that
   * @param options.cancelFutures - cancels the jobs that have not begun
   * @example
   * const executor = new ThreadPoolExecutor();
   * await executor.shutdown({ cancelFutures: true });
   *
   * Cancel safety: the workers end all the same. Python: `Executor.shutdown`.
   */
  shutdown({ wait = true, cancelFutures = false }: ShutdownOptions = {}): Future<void> {
    this.#shutDown = true;
    if (cancelFutures) for (const { future } of this.#queue) future.cancel();
    const ended = this.#end();
    const future = new JobFuture<void>(currentLoop());
    if (wait) ended.then(future.succeed.bind(future), future.fail.bind(future));
    else future.succeed();
    return future;
  }

  /** Waits for the jobs and the workers to end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  statistics(): ExecutorStatistics {
    return {
      workers: this.#crew?.size ?? 0,
      maxWorkers: this.#maxWorkers,
      running: this.#running.size,
      queued: this.#queue.size,
      completed: this.#completed,
    };
  }

  toString(): string {
    const { running, queued, maxWorkers } = this.statistics();
    const state = this.#broken !== null ? "broken" : this.#shutDown ? "shut down" : "open";
    return `<${this.constructor.name} ${state} maxWorkers=${maxWorkers} running=${running} queued=${queued}>`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }

  /** @internal As `submit`, for a given loop. */
  start<T>(fn: PortableFunction, args: readonly unknown[], options: JobOptions): Future<T> {
    const { loop, many = false, context = null } = options;
    const future = new JobFuture<T>(loop);
    const refusal = this.#refusal();
    if (refusal !== null) {
      future.fail(refusal);
      return future;
    }
    const job: Job = { fn, args, many, context, future };
    future.onCancel(() => this.#callOff(job));
    this.#queue.add(job);
    this.#pump();
    return future;
  }

  /** @internal Ends everything at once: running jobs are cancelled. */
  kill(): void {
    this.#shutDown = true;
    for (const { future } of [...this.#queue, ...this.#running.keys()]) future.cancel();
    void this.#end();
  }

  #refusal(): Error | null {
    if (this.#broken !== null) return this.#broken;
    if (!this.#shutDown) return null;
    return new RuntimeError(
      "GYRE_EXECUTOR_SHUT_DOWN",
      "This executor has been shut down and takes no more jobs. Make a new one.",
    );
  }

  #pump(): void {
    for (const job of this.#queue) {
      if (this.#running.size >= this.#maxWorkers) return;
      this.#queue.delete(job);
      this.#assign(job);
    }
    if (this.#running.size > 0) return;
    for (const callback of this.#whenEmpty.splice(0)) callback();
  }

  #assign(job: Job): void {
    const remotes = new OpenRemotes(this.sharesMemory);
    try {
      const { fn, many, context } = job;
      const transfers: TransferListItem[] = [];
      const args = remotes.open(unwrap(job.args, transfers));
      this.#crew ??= this.#makeCrew();
      const request = { fn, args, many, remotes: remotes.places, context };
      const assignment = this.#crew.assign(request, [...transfers, ...remotes.ports]);
      this.#running.set(job, assignment);
      void this.#follow(job, assignment, remotes);
    } catch (error) {
      remotes.close();
      job.future.fail(error);
    }
  }

  /** @internal Whether ports can reach the workers. */
  protected get sharesMemory(): boolean {
    return true;
  }

  async #follow(job: Job, assignment: Assignment, remotes: OpenRemotes): Promise<void> {
    const outcome = await settled(assignment.reply);
    if (!("reply" in outcome)) remotes.close(); // else the worker has, when all that it had to say was said
    if (!this.#running.has(job) || job.future.cancelled()) return; // its place is free when its worker has ended
    this.#running.set(job, null);
    if ("reply" in outcome) await this.#settle(job, outcome.reply);
    else
      job.future.fail(
        isDataCloneError(outcome.error) ? notCloneable(job.args, "args", outcome.error) : outcome.error,
      );
    this.#completed++;
    this.#leave(job);
  }

  async #settle({ future }: Job, reply: Reply): Promise<void> {
    if ("value" in reply) future.succeed(reply.value);
    else if ("error" in reply) future.fail(await unpackError(reply.error));
    else this.#break(await unpackError(reply.unfit));
  }

  /** A cancelled job: out of the queue, or stopped. */
  #callOff(job: Job): void {
    if (this.#queue.delete(job)) {
      this.#pump();
      return;
    }
    const assignment = this.#running.get(job);
    if (assignment === undefined || assignment === null) return;
    const leave = (): void => this.#leave(job);
    assignment.stop().then(leave, leave);
  }

  #leave(job: Job): void {
    this.#running.delete(job);
    this.#pump();
  }

  /** The initialiser has failed, as it would in every other worker. */
  #break(cause: unknown): void {
    if (this.#broken !== null) return;
    this.#broken = new BrokenExecutorError(
      `The initializer of this executor failed: ${String(cause)}. No job can run.`,
      { cause },
    );
    for (const { future } of [...this.#queue, ...this.#running.keys()]) future.fail(this.#broken);
    this.#queue.clear();
    this.#running.clear();
    void this.#end();
  }

  #end(): Promise<void> {
    this.#ended ??= this.#whenIdle().then(() => this.#crew?.close());
    return this.#ended;
  }

  async #whenIdle(): Promise<void> {
    if (this.#queue.size === 0 && this.#running.size === 0) return;
    await new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
  }
}

async function settled(promise: Promise<Reply>): Promise<{ reply: Reply } | { error: unknown }> {
  try {
    return { reply: await promise };
  } catch (error) {
    return { error };
  }
}

function isDataCloneError(error: unknown): boolean {
  return error instanceof Error && error.name === "DataCloneError";
}
