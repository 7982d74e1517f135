/** An async function that the loop runs, that others can wait for, and that can be cancelled. */

import { describe, isPromiseLike, requireCoroutine } from "./arguments.ts";
import { Context } from "./context.ts";
import { ArgumentTypeError, RuntimeError } from "./errors.ts";
import type { EventLoop } from "./event-loop.ts";
import { futureInternals } from "./future-internals.ts";
import { Future, isFuture } from "./future.ts";
import { describeCall } from "./inspect.ts";
import { currentLoop } from "./loops.ts";
import type { Ready } from "./ready-queue.ts";
import { type CapturedContext, captureContext, currentScope, runCaptured } from "./scope.ts";
import { functionFrame, parseFrames, type StackFrame } from "./stack.ts";
import { TaskScope } from "./task-scope.ts";
import { TaskSignals } from "./task-signals.ts";

export type Awaitable<T> = T | PromiseLike<T>;

/** What a task runs: called when the task starts, and given the task. */
export type Coroutine<T> = (task: Task<never>) => Awaitable<T>; // no task can read its own result, so it has none here

export interface TaskOptions {
  /** For logs and inspection; `Task-<n>` by default. */
  readonly name?: string | undefined;
  /** The context variables to run with; a copy of the current ones by default. */
  readonly context?: Context | undefined;
  /** Start at once, inside the call, and not on the loop's next turn. */
  readonly eagerStart?: boolean | undefined;
  /** When cancelled, end at once; the work, if it cannot be interrupted, runs on detached, and its outcome is dropped. */
  readonly abandonOnCancel?: boolean | undefined;
  /** Cancels the task when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/** What the rest of the core may see of a task. */
export interface TaskInternals {
  scope(task: Task<unknown>): TaskScope;
  coroutine(task: Task<unknown>): Coroutine<unknown>;
  begin(task: Task<unknown>): void;
  complete(task: Task<unknown>, value: unknown): void;
  fail(task: Task<unknown>, error: unknown): void;
}
export let taskInternals: TaskInternals;

/**
 * A running async function. Make one with `createTask` or in a task group.
 *
 * @example
 * const task = createTask(() => sleep(1000), { name: "sleeper" });
 * task.cancel();
 * await task.catch((error) => console.log(isCancelled(error))); // => true
 *
 * Python: `asyncio.Task`, which takes a coroutine object where this takes a function.
 */
export class Task<T = unknown> extends Future<T> {
  readonly #scope: TaskScope;
  readonly #coroutine: Coroutine<T>;
  readonly #abandonOnCancel: boolean;
  #name: string | number;
  #started = false;
  #cancelRequests = 0;
  #signals: TaskSignals | null = null;

  constructor(coroutine: Coroutine<T>, options: TaskOptions & { readonly loop?: EventLoop } = {}) {
    requireCoroutine(coroutine, "createTask(coroutine)");
    requireOptions(options);
    const loop = options.loop ?? currentLoop();
    super({ loop });
    this.#coroutine = coroutine;
    this.#name = options.name === undefined ? loop.tasks.nextNumber() : asText(options.name);
    this.#abandonOnCancel = options.abandonOnCancel === true;
    const context = options.context ?? currentScope()?.context.copy() ?? new Context();
    this.#scope = new TaskScope(loop, context, this);
    loop.tasks.add(this.#scope);
    if (options.signal !== undefined) this.#link().cancelOn(options.signal, this);
    const start = new TaskStart(this.#scope);
    if (options.eagerStart === true && loop.isRunning()) start.run();
    else loop.scheduler.enqueue(start);
  }

  get name(): string {
    return typeof this.#name === "number" ? `Task-${this.#name}` : this.#name;
  }

  set name(name: string) {
    this.#name = asText(name); // whatever it is, as in asyncio
  }

  /** The context variables that every step of the task runs with. */
  get context(): Context {
    return this.#scope.context;
  }

  /** The function that the task runs. */
  getCoro(): Coroutine<T> {
    return this.#coroutine;
  }

  /**
   * Aborts when the task is cancelled: hand it to work that gyre cannot interrupt. Created on first use. When `uncancel()`
   * has brought the count to zero, the next one asked for is fresh.
   */
  get signal(): AbortSignal {
    return this.#link().signal(this.#cancelRequests > 0);
  }

  /**
   * Asks the task to end: what it waits for is cancelled, or else the next future that it awaits. A request, not a state:
   * the task may clean up first, and `cancelled()` is true only when it has ended with a `CancelledError`.
   *
   * @param message - travels in the `CancelledError`
   * @returns false if the task was done already
   */
  override cancel(message?: string): boolean {
    if (this.done()) return false;
    if (this.#scope.interrupting) {
      this.getLoop().tasks.noteCircle();
      return false;
    }
    this.#cancelRequests++;
    const delivered = this.#scope.cancel(message);
    this.#signals?.abort(
      message,
      delivered || currentScope()?.task === this.#scope ? null : this.#scope.pending,
    );
    if (this.#abandonOnCancel && this.#started && !this.done()) this.#abandon(message);
    else if (this.#started) this.getLoop().stuckTasks.watch(this);
    return true;
  }

  /** How many requests to cancel have not been taken back by `uncancel()`. */
  cancelling(): number {
    return this.#cancelRequests;
  }

  /**
   * Takes back one request to cancel; at zero, a cancellation that was not delivered yet is dropped.
   *
   * @returns the number of requests that remain
   */
  uncancel(): number {
    if (this.#cancelRequests > 0 && --this.#cancelRequests === 0) {
      this.#scope.dropPending();
      this.#signals?.renew();
      this.getLoop().stuckTasks.unwatch(this);
    }
    return this.#cancelRequests;
  }

  /** Always refused: a task's result is what its function returns. */
  override setResult(_value: T): void {
    throw notForTasks("setResult", "Return the value from the task's function");
  }

  /** Always refused: a task's error is what its function throws. */
  override setException(_error: unknown): void {
    throw notForTasks("setException", "Throw the error in the task's function");
  }

  /**
   * Where the task is, oldest call first. Suspended: its `await`, in debug mode with the calls that led there. Failed: the
   * frames of the error. Otherwise empty.
   *
   * @param options.limit - at most so many frames: the newest of a suspended task, the oldest of an error
   */
  getStack(options: { readonly limit?: number } = {}): StackFrame[] {
    const { limit = Number.POSITIVE_INFINITY } = options;
    if (!this.done()) {
      const site = this.#scope.site() ?? futureInternals.creationSite(this);
      const frames = site === null ? [this.#definition()] : parseFrames(site);
      return frames.slice(-Math.min(limit, frames.length));
    }
    const error = futureInternals.peekError(this);
    return error instanceof Error
      ? parseFrames(error.stack ?? "").slice(0, Math.min(limit, Number.MAX_SAFE_INTEGER))
      : [];
  }

  /** Writes `getStack()` in readable form. @param options.file - what to write to; standard error by default */
  printStack(
    options: { readonly limit?: number; readonly file?: { write(text: string): unknown } } = {},
  ): void {
    const { file = process.stderr } = options;
    const frames = this.getStack(options);
    const title = this.done() ? "Traceback" : "Stack";
    if (frames.length === 0) file.write(`No stack for ${this}\n`);
    else file.write(`${title} for ${this} (most recent call last):\n`);
    for (const frame of frames) file.write(`  ${frame}\n`);
    const error = futureInternals.peekError(this);
    if (error !== null) file.write(`${error}\n`);
  }

  protected override describe(): string[] {
    const [state = "", ...rest] = super.describe();
    const words = [this.#cancelRequests > 0 && !this.done() ? "cancelling" : state];
    words.push(`name='${this.name}'`, `coro=<${describeCall(this.#coroutine, null)}>`);
    const waited = this.#scope
      .futures()
      .map((future) => `<${future.constructor.name} ${future.done() ? "done" : "pending"}>`);
    if (waited.length > 0) words.push(`wait_for=${waited.join(" ")}`);
    return [...words, ...rest];
  }

  #begin(): void {
    const cancellation = this.#scope.takePending();
    if (cancellation !== null) {
      this.#endCancelled(cancellation.message); // the function is never called (row TASK-16)
      return;
    }
    this.#started = true;
    let outcome: Awaitable<T>;
    try {
      outcome = this.#coroutine(this as Task<unknown> as Task<never>);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (isFuture(outcome)) futureInternals.wait(outcome, ...this.#settlers());
    else if (outcome instanceof Promise && outcome.then === Promise.prototype.then) {
      outcome.then(completeCurrent, failCurrent);
    } else if (isPromiseLike(outcome)) void outcome.then(...this.#settlers());
    else this.#complete(outcome);
  }

  #settlers(): [(value: unknown) => void, (error: unknown) => void] {
    return [(value) => this.#complete(value as T), (error) => this.#fail(error)]; // what its own awaitable resolves to
  }

  #complete(value: T): void {
    if (this.done()) return; // abandoned
    const cancellation = this.#scope.takePending();
    if (cancellation !== null) {
      this.#endCancelled(cancellation.message); // cancelled too late to be told: the value is lost (row TASK-17)
      return;
    }
    if (this.#cancelRequests > 0 && this.getLoop().getDebug()) this.#reportSwallowed();
    this.#scope.close();
    this.#end();
    futureInternals.settleValue(this, value);
  }

  #fail(error: unknown): void {
    if (this.done()) return; // abandoned
    this.#scope.close();
    this.#end();
    futureInternals.fail(this, error);
  }

  #endCancelled(message: string | undefined): void {
    this.#scope.close();
    this.#end();
    futureInternals.settleCancelled(this, message);
  }

  #abandon(message: string | undefined): void {
    this.#scope.abandon();
    this.#end();
    futureInternals.settleCancelled(this, message);
  }

  #end(): void {
    this.#signals?.close();
    const loop = this.getLoop();
    loop.tasks.remove(this.#scope);
    loop.stuckTasks.unwatch(this);
  }

  #link(): TaskSignals {
    this.#signals ??= new TaskSignals();
    return this.#signals;
  }

  #definition(): StackFrame {
    const place = this.getLoop().scheduler.driver.locate(this.#coroutine);
    return functionFrame(this.#coroutine, place);
  }

  #reportSwallowed(): void {
    this.getLoop().callExceptionHandler({
      message:
        `${this.name} was cancelled but ended normally: something caught its CancelledError and did not throw it again. ` +
        "If that was meant, call task.uncancel() there.",
      task: this,
    });
  }

  static {
    taskInternals = {
      scope: (task) => task.#scope,
      coroutine: (task) => task.#coroutine,
      begin: (task) => task.#begin(),
      complete: (task, value) => task.#complete(value),
      fail: (task, error) => task.#fail(error),
    };
  }
}

/**
 * What a task does with the native promise of its coroutine. A promise calls back in the context in which it was asked, so the
 * task is found there, and not one closure is made for it.
 */
function completeCurrent(value: unknown): void {
  const task = currentScope()?.task?.owner;
  if (task !== undefined) taskInternals.complete(task, value);
}

function failCurrent(error: unknown): void {
  const task = currentScope()?.task?.owner;
  if (task !== undefined) taskInternals.fail(task, error);
}

function begin(scope: TaskScope): void {
  taskInternals.begin(scope.owner);
}

/** The first step of a task, in the ready queue. */
class TaskStart implements Ready {
  readonly #captured: CapturedContext = captureContext();
  readonly #scope: TaskScope;

  constructor(scope: TaskScope) {
    this.#scope = scope;
  }

  run(): void {
    runCaptured(this.#captured, this.#scope, begin, this.#scope);
  }

  /** For reports. */
  forTask(): Task<unknown> {
    return this.#scope.owner;
  }

  /** For the report on slow steps. */
  toString(): string {
    return this.#scope.owner.toString();
  }
}

function asText(value: unknown): string {
  return String(value);
}

function requireOptions({ context, signal }: TaskOptions): void {
  if (context !== undefined && !(context instanceof Context)) {
    throw new ArgumentTypeError(
      `The option context must be a Context, as copyContext() gives, but it is ${describe(context)}.`,
    );
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new ArgumentTypeError(`The option signal must be an AbortSignal, but it is ${describe(signal)}.`);
  }
}

function notForTasks(method: string, remedy: string): RuntimeError {
  return new RuntimeError(
    "GYRE_NOT_FOR_TASKS",
    `task.${method}() is not supported. ${remedy}, or use a Future.`,
  );
}
