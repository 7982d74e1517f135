import { requireCoroutine, requireFunction } from "../core/arguments.ts";
import { JointFuture } from "../core/dependency.ts";
import { CancelledError, cancellationOf, RuntimeError } from "../core/errors.ts";
import { futureInternals } from "../core/future-internals.ts";
import { Future } from "../core/future.ts";
import { inspectSymbol } from "../core/inspect.ts";
import type { Awaitable, Coroutine, Task, TaskOptions } from "../core/task.ts";
import { Watcher } from "../core/watcher.ts";
import { createTask, currentTask } from "./current.ts";
import { ExceptionGroup } from "./exception-group.ts";

export interface TaskGroupStatistics {
  readonly tasks: number;
  readonly errors: number;
  readonly state: GroupState;
}

/** What the body threw, in a box, since anything can be thrown. */
interface Failure {
  readonly error: unknown;
}

/** - `closing`: the body has ended, tasks may still run and start others */
type GroupState = "created" | "open" | "closing" | "finished";

/**
 * Tasks that live and die together: the group ends when all have ended, and when one fails, the others are cancelled.
 * Use it through {@link taskGroup}.
 *
 * Python: `asyncio.TaskGroup`, as of 3.14, with `cancel()` of 3.15 and `start()` of trio.
 */
export class TaskGroup {
  readonly #tasks = new Set<Task<unknown>>();
  readonly #errors: unknown[] = [];
  #state: GroupState = "created";
  #aborting = false;
  #cancelled = false;
  #parent: Task<unknown> | null = null;
  #parentCancelled = false;
  #allDone: Future<void> | null = null;

  /**
   * Runs an async function as a task of the group.
   *
   * @throws RuntimeError `GYRE_INVALID_STATE` - the group does not run, is finished, or is shutting down; nothing was started
   */
  createTask<T>(coroutine: Coroutine<T>, options: TaskOptions = {}): Task<T> {
    requireCoroutine(coroutine, "group.createTask(coroutine)");
    return this.#spawn(coroutine, options, (error) => this.#onChildError(error));
  }

  /**
   * Starts a task that first gets something ready, and waits until it is: a server that listens, a worker that is connected.
   *
   * @param coroutine - is given `started`, to be called once with a value; goes on as a task of the group after that
   * @returns the value given to `started`
   * @throws what the task throws before it calls `started`; the group does not see that error
   * @throws RuntimeError `GYRE_INVALID_STATE` - the task ended without calling `started`; and as `createTask`
   * @example
   * await taskGroup(async (group) => {
   *   const port = await group.start<number>(async (started) => {
   *     started(8080);
   *   });
   *   console.log(port); // => 8080
   * });
   *
   * Cancel safety: a task that has not started yet is cancelled. Python: none; trio has `nursery.start`.
   */
  async start<T>(coroutine: (started: (value: T) => void, task: Task<void>) => Awaitable<void>): Promise<T> {
    requireFunction(coroutine, "group.start(coroutine)");
    const ready = new Future<T>();
    const started = (value: T): void => {
      if (!ready.cancelled()) ready.setResult(value); // else nobody waits for it any more
    };
    const task = this.#spawn<void>(
      (self) => coroutine(started, self),
      {},
      (error) => (ready.done() ? this.#onChildError(error) : futureInternals.fail(ready, error)),
    );
    const ended = new Watcher(task, () => {
      if (!ready.done())
        futureInternals.fail(ready, task.cancelled() ? new CancelledError() : neverStarted(task));
    });
    futureInternals.attach(task, ended);
    try {
      return await ready;
    } catch (error) {
      task.cancel();
      throw error;
    }
  }

  /** Ends the group early: its body and tasks are cancelled, and `taskGroup` returns without an error. No effect later. */
  cancel(message?: string): void {
    this.#cancelled = true;
    if (this.#aborting || this.#state === "created" || this.#state === "finished") return;
    this.#abort(message);
    this.#cancelParent(message);
  }

  statistics(): TaskGroupStatistics {
    const tasks = [...this.#tasks].filter((task) => !task.done()).length;
    return { tasks, errors: this.#errors.length, state: this.#state };
  }

  toString(): string {
    const words = ["TaskGroup"];
    if (this.#tasks.size > 0) words.push(`tasks=${this.#tasks.size}`);
    if (this.#errors.length > 0) words.push(`errors=${this.#errors.length}`);
    words.push(this.#aborting ? "cancelling" : this.#state);
    return `<${words.join(" ")}>`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }

  /**
   * Runs `body`, then waits for every task. A group runs once.
   *
   * @throws ExceptionGroup `GYRE_EXCEPTION_GROUP` - the errors of tasks and of the body, except cancellations
   * @throws CancelledError `GYRE_CANCELLED` - the caller was cancelled, and there was no other error
   * @throws RuntimeError `GYRE_INVALID_STATE` - the group was run before
   */
  run<T>(body: (group: TaskGroup) => Awaitable<T>): Promise<T> {
    requireFunction(body, "taskGroup(body)");
    const task = currentTask();
    return task === null
      ? Promise.resolve(createTask<T>((own) => this.#run(body, own)))
      : this.#run(body, task);
  }

  async #run<T>(body: (group: TaskGroup) => Awaitable<T>, parent: Task<unknown>): Promise<T> {
    if (this.#state !== "created") throw wrongState(this, "was run before", "Make a new one");
    this.#state = "open";
    this.#parent = parent;
    if (this.#cancelled) this.cancel();
    let value: T | undefined;
    let failure: Failure | null = null;
    try {
      value = await body(this);
    } catch (error) {
      failure = { error };
    }
    if (failure === null && this.#tasks.size === 0 && this.#errors.length === 0 && !this.#parentCancelled) {
      this.#state = "finished"; // without a suspension (row TG-03)
    } else await this.#close(parent, failure);
    return value as T; // undefined only when cancel() ended the body before it could return
  }

  async #close(parent: Task<unknown>, failure: Failure | null): Promise<void> {
    this.#state = "closing";
    if (failure !== null && !this.#aborting) this.#abort();
    const waited = await this.#waitForTasks(parent);
    this.#state = "finished";
    let cancellation = waited.aborting ?? cancellationOf(failure?.error);
    if (this.#parentCancelled) {
      // It was the group's own doing, unless somebody else asked for it as well.
      cancellation = parent.uncancel() === 0 ? null : (cancellation ?? waited.last);
    }
    if (failure !== null && cancellationOf(failure.error) === null) this.#errors.push(failure.error);
    if (cancellation !== null && this.#errors.length === 0) throw cancellation;
    if (this.#errors.length > 0) this.#throwErrors(parent);
  }

  #throwErrors(parent: Task<unknown>): never {
    if (parent.cancelling() > 0) {
      // Somebody else cancelled the parent too: the errors win, and its next wait is cancelled (row TG-08).
      parent.uncancel();
      parent.cancel();
    }
    const count = this.#errors.length === 1 ? "1 error" : `${this.#errors.length} errors`;
    throw new ExceptionGroup(this.#errors, `${count} in a task group`);
  }

  /** However often the parent is cancelled meanwhile. Answers the cancellation that made the group abort, and the last one. */
  async #waitForTasks(
    parent: Task<unknown>,
  ): Promise<{ aborting: CancelledError | null; last: CancelledError | null }> {
    let aborting: CancelledError | null = null;
    let last: CancelledError | null = null;
    while (this.#tasks.size > 0) {
      this.#allDone ??= new JointFuture("taskGroup()", () => this.#tasks, parent.getLoop());
      try {
        await this.#allDone;
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
        last = error;
        if (!this.#aborting) {
          aborting = error;
          this.#abort();
        }
      }
      this.#allDone = null;
    }
    return { aborting, last };
  }

  #spawn<T>(coroutine: Coroutine<T>, options: TaskOptions, onError: (error: unknown) => void): Task<T> {
    if (this.#state === "created") throw wrongState(this, "does not run yet", "Use it inside taskGroup()");
    if (this.#state === "finished" || (this.#state === "closing" && this.#tasks.size === 0)) {
      throw wrongState(this, "is finished", "Create the task before the body ends");
    }
    if (this.#aborting) throw wrongState(this, "is shutting down", "A task failed, or cancel() was called");
    const task = createTask(coroutine, options);
    this.#tasks.add(task);
    // Through the ready queue even if the task is done already, so that no error strikes inside this call (row TASK-34).
    const watcher = new Watcher(task, () => {
      this.#tasks.delete(task);
      if (this.#tasks.size === 0 && this.#allDone?.done() === false)
        futureInternals.settleValue(this.#allDone, undefined);
      if (task.cancelled()) return;
      const error = task.exception();
      if (error !== null) onError(error);
    });
    futureInternals.attach(task, watcher);
    if (this.#aborting) task.cancel(); // it started eagerly, and ended the group in that very step
    return task;
  }

  #onChildError(error: unknown): void {
    if (this.#parent?.done()) {
      const message = "A task of a group failed when the task that ran the group had ended already";
      this.#parent.getLoop().callExceptionHandler({ message, exception: error, task: this.#parent });
      return;
    }
    this.#errors.push(error);
    if (this.#aborting || this.#parentCancelled) return;
    this.#abort();
    this.#cancelParent();
  }

  #abort(message?: string): void {
    this.#aborting = true;
    for (const task of this.#tasks) task.cancel(message);
  }

  /** So that the body, or the wait for the tasks, ends too. Taken back when the group ends. */
  #cancelParent(message?: string): void {
    this.#parentCancelled = true;
    this.#parent?.cancel(message);
  }
}

/**
 * Runs tasks that live and die together. Returns when the body and all tasks have ended; when one fails, the rest is
 * cancelled and waited for, and the errors are thrown together.
 *
 * @param body - is given the group, whose `createTask` starts tasks
 * @returns what `body` returns; undefined if `group.cancel()` ended it early
 * @throws ExceptionGroup `GYRE_EXCEPTION_GROUP` - all errors but cancellations; always a group, even for one error
 * @throws CancelledError `GYRE_CANCELLED` - the caller was cancelled: the tasks were cancelled and have ended
 * @example
 * const total = await taskGroup(async (group) => {
 *   const a = group.createTask(() => sleep(10, 40));
 *   const b = group.createTask(() => sleep(5, 2));
 *   return (await a) + (await b);
 * });
 * console.log(total); // => 42
 *
 * Outside of every task the body runs in a task of its own. Cancel safety: nothing runs on. Python: `asyncio.TaskGroup`,
 * whose `async with` block is `body` here, because a disposable never learns whether its block failed.
 */
export function taskGroup<T>(body: (group: TaskGroup) => Awaitable<T>): Promise<T> {
  return new TaskGroup().run(body);
}

function wrongState(group: TaskGroup, state: string, remedy: string): RuntimeError {
  return new RuntimeError("GYRE_INVALID_STATE", `${group} ${state}. ${remedy}.`);
}

function neverStarted(task: Task<unknown>): RuntimeError {
  return new RuntimeError(
    "GYRE_INVALID_STATE",
    `${task.name} ended without calling started(). Call it when the task is ready.`,
  );
}
