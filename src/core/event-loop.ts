/** The event loop: what every loop offers, whatever it runs on. */

import { requireCoroutine, requireDelay, requireFunction } from "./arguments.ts";
import { AsyncGenerators } from "./async-generators.ts";
import { deadlockError } from "./deadlock.ts";
import type { LoopDriver } from "./driver.ts";
import { ensureFuture, type Waitable } from "./ensure-future.ts";
import { ArgumentTypeError, RuntimeError } from "./errors.ts";
import { type ExceptionContext, type ExceptionHandler, formatExceptionContext } from "./exception-handler.ts";
import { Future } from "./future.ts";
import { Handle, TimerHandle } from "./handle.ts";
import { inspectSymbol } from "./inspect.ts";
import { OutsideWork } from "./outside-work.ts";
import { Resources } from "./resources.ts";
import { Scheduler } from "./scheduler.ts";
import { currentScope } from "./scope.ts";
import { slowCallbackReporter } from "./slow-callbacks.ts";
import { StuckTasks } from "./stuck-tasks.ts";
import { TaskRegistry } from "./task-registry.ts";
import { type Coroutine, Task, type TaskOptions } from "./task.ts";
import { warnIfCollected } from "./unclosed.ts";
import { UnretrievedErrors } from "./unretrieved.ts";

/** A loop as programs see it: its core, and what the layers above add. `loops/base/event-loop.ts` puts it together. */
export interface EventLoop extends LoopCore {}

export type TaskFactory = <T>(loop: EventLoop, coroutine: Coroutine<T>, options: TaskOptions) => Task<T>;

export interface LoopStatistics {
  readonly driver: string;
  readonly running: boolean;
  /** Handles that wait for the next turn. */
  readonly ready: number;
  /** Timers that are scheduled and not cancelled. */
  readonly timers: number;
  /** Tasks that are not done. */
  readonly tasks: number;
  /** Turns since the loop was made. */
  readonly turns: number;
}

const SLOW_CALLBACK = 100; // ms
const NO_OPTIONS: TaskOptions = {};

/** What a loop can do without I/O: run, schedule, make futures and tasks, report errors. */
export abstract class LoopCore implements AsyncDisposable {
  /** From this many milliseconds on, debug mode reports a callback or a task's step as slow. */
  slowCallbackDuration = SLOW_CALLBACK;
  /** @internal */
  readonly scheduler: Scheduler;
  /** @internal */
  readonly tasks = new TaskRegistry();
  /** @internal */
  readonly resources = new Resources();
  /** @internal */
  readonly outsideWork = new OutsideWork();
  /** @internal */
  readonly stuckTasks = new StuckTasks(this.assembled());
  /** @internal */
  readonly unretrieved = new UnretrievedErrors((context) => this.callExceptionHandler(context));
  readonly #ambient: boolean;
  readonly #noteClosed: () => void;
  readonly #asyncgens = new AsyncGenerators();
  #running = false;
  #stopRequested = false;
  #onStopped: (() => void) | null = null;
  #debug = false;
  #exceptionHandler: ExceptionHandler | null = null;
  #taskFactory: TaskFactory | null = null;

  /** @internal This loop with everything that the layers above add: only the assembled class can say so. */
  abstract assembled(): EventLoop;

  constructor(driver: LoopDriver, options: { readonly ambient?: boolean } = {}) {
    this.scheduler = new Scheduler(driver);
    this.#ambient = options.ambient === true;
    this.#noteClosed = this.#ambient ? () => undefined : warnIfCollected(this);
    if (this.#ambient) this.scheduler.start();
    this.setDebug(Boolean(globalThis.process?.env["GYRE_DEBUG"]));
  }

  // Life cycle

  /**
   * Runs until `stop()` is called.
   *
   * @throws RuntimeError `GYRE_LOOP_RUNNING` - this loop runs already, or another one runs the code that asks
   * @throws RuntimeError `GYRE_LOOP_CLOSED`
   */
  async runForever(): Promise<void> {
    this.requireCanRun();
    this.scheduler.driver.hold(); // as in asyncio, to wait for ever is to wait, and not to exit
    try {
      await this.#runUntilStopped();
    } finally {
      this.scheduler.driver.release();
    }
  }

  /**
   * Runs until `aw` is done.
   *
   * @param aw - a future of this loop, a promise, or a function to run as a task
   * @returns its result
   * @throws RuntimeError `GYRE_LOOP_STOPPED` - `stop()` ended the loop first; the future stays pending
   * @throws RuntimeError `GYRE_LOOP_RUNNING`, `GYRE_LOOP_CLOSED`, `GYRE_OTHER_LOOP`
   * @throws DeadlockError `GYRE_DEADLOCK` - nothing in the process could ever wake the loop again
   */
  async runUntilComplete<T>(aw: Waitable<T>): Promise<T> {
    this.requireCanRun();
    const future = ensureFuture(aw, { loop: this.assembled() });
    let stall: Error | null = null;
    const stop = (): void => this.stop();
    future.addDoneCallback(stop);
    this.scheduler.driver.watchForStall((outside) => {
      stall = typeof outside === "string" ? deadlockError(this.assembled(), outside) : outside;
      this.stop();
    });
    try {
      await this.#runUntilStopped();
    } finally {
      this.scheduler.driver.watchForStall(null);
      future.removeDoneCallback(stop);
    }
    if (stall !== null) throw stall;
    if (!future.done()) {
      throw new RuntimeError(
        "GYRE_LOOP_STOPPED",
        `The loop was stopped before ${future} was done. Run it again to go on.`,
      );
    }
    return future.result();
  }

  /** Ends `runForever` after the handles that are ready now. Called before the loop runs, it lets it run one turn. */
  stop(): void {
    if (this.#ambient) {
      throw new RuntimeError(
        "GYRE_LOOP_RUNNING",
        "The ambient loop belongs to the whole thread and cannot be stopped.",
      );
    }
    if (this.#running) this.scheduler.stop(() => this.#onStopped?.());
    else this.#stopRequested = true;
  }

  isRunning(): boolean {
    return this.#ambient || this.#running;
  }

  isClosed(): boolean {
    return this.scheduler.closed;
  }

  /**
   * Drops everything that is scheduled, for ever. May be called again.
   *
   * @throws RuntimeError `GYRE_LOOP_RUNNING` - stop it first
   */
  async close(): Promise<void> {
    if (this.isClosed()) return;
    if (this.isRunning()) {
      throw new RuntimeError(
        "GYRE_LOOP_RUNNING",
        "A running loop cannot be closed. Call stop() and let runForever() end first.",
      );
    }
    for (const task of this.tasks.all()) {
      this.callExceptionHandler({ message: `${task.name} was still pending when its loop was closed`, task });
    }
    this.resources.close();
    this.unretrieved.reportAll();
    this.#noteClosed();
    this.scheduler.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Names an async generator to the loop, which then closes it in `shutdownAsyncgens()`. @returns the generator */
  trackAsyncgen<G extends AsyncGenerator<unknown, unknown, unknown>>(generator: G): G {
    this.#asyncgens.add(generator);
    return generator;
  }

  /** Closes the async generators that `trackAsyncgen` named, all at once; what fails is reported. */
  shutdownAsyncgens(): Promise<void> {
    return this.#asyncgens.closeAll((context) => this.callExceptionHandler(context));
  }

  // Callbacks and time

  /**
   * Calls `callback(...args)` on the loop's next turn, in a copy of the current context; first come, first served.
   *
   * @throws RuntimeError `GYRE_LOOP_CLOSED`
   * @example
   * getRunningLoop().callSoon(console.log, "soon");
   */
  callSoon<A extends readonly unknown[]>(callback: (...args: A) => unknown, ...args: A): Handle {
    this.#requireCallback(callback, "loop.callSoon(callback)");
    const handle = new Handle(callback, args, this.assembled());
    this.scheduler.enqueue(handle);
    return handle;
  }

  /** The same as `callSoon` on the loop's own thread, which is where it can be called. */
  callSoonThreadsafe<A extends readonly unknown[]>(callback: (...args: A) => unknown, ...args: A): Handle {
    return this.callSoon(callback, ...args);
  }

  /**
   * Calls `callback(...args)` after `delay` milliseconds; never earlier.
   *
   * @param delay - in milliseconds; zero or less: on the next turn, after what is ready already
   */
  callLater<A extends readonly unknown[]>(
    delay: number,
    callback: (...args: A) => unknown,
    ...args: A
  ): TimerHandle {
    requireDelay(delay, "loop.callLater(delay, callback)");
    return this.callAt(this.time() + delay, callback, ...args);
  }

  /** Calls `callback(...args)` when the loop's clock shows `when`. Equal moments: first come, first served. */
  callAt<A extends readonly unknown[]>(
    when: number,
    callback: (...args: A) => unknown,
    ...args: A
  ): TimerHandle {
    requireDelay(when, "loop.callAt(when, callback)", "when");
    this.#requireCallback(callback, "loop.callAt(when, callback)");
    const timer = new TimerHandle(when, callback, args, this.assembled());
    this.scheduler.addTimer(timer);
    return timer;
  }

  /** Milliseconds on a clock that never goes back; only differences mean something. */
  time(): number {
    return this.scheduler.time();
  }

  // Futures and tasks

  createFuture<T>(): Future<T> {
    return new Future<T>({ loop: this.assembled() });
  }

  /**
   * Runs an async function as a task of this loop. See `createTask`.
   *
   * @throws TypeError `GYRE_INVALID_ARGUMENT` - not a function; a promise has started already
   * @throws RuntimeError `GYRE_LOOP_CLOSED`
   */
  createTask<T>(coroutine: Coroutine<T>, options: TaskOptions = NO_OPTIONS): Task<T> {
    this.requireOpen();
    if (this.#taskFactory === null)
      return new Task(
        coroutine,
        options === NO_OPTIONS ? { loop: this.assembled() } : { ...options, loop: this.assembled() },
      );
    requireCoroutine(coroutine, "createTask(coroutine)");
    return this.#taskFactory(this.assembled(), coroutine, options);
  }

  /** `factory(loop, coroutine, options)` makes every task from now on; null: the default. */
  setTaskFactory(factory: TaskFactory | null): void {
    if (factory !== null)
      requireFunction(factory, "loop.setTaskFactory(factory)", "Pass null for the default.");
    this.#taskFactory = factory;
  }

  getTaskFactory(): TaskFactory | null {
    return this.#taskFactory;
  }

  // Errors that no caller can be given

  /** `handler(loop, context)` gets them from now on; null: the default, which writes them to standard error. */
  setExceptionHandler(handler: ExceptionHandler | null): void {
    if (handler !== null)
      requireFunction(handler, "loop.setExceptionHandler(handler)", "Pass null for the default.");
    this.#exceptionHandler = handler;
  }

  getExceptionHandler(): ExceptionHandler | null {
    return this.#exceptionHandler;
  }

  defaultExceptionHandler(context: ExceptionContext): void {
    process.stderr.write(`${formatExceptionContext(context)}\n`);
  }

  /** Reports an error. Never throws; runs the handler in the context of the task, future or handle that failed. */
  callExceptionHandler(context: ExceptionContext): void {
    const handler = this.#exceptionHandler;
    const report = (): unknown =>
      handler === null ? this.defaultExceptionHandler(context) : handler(this.assembled(), context);
    try {
      const task = context.task ?? (context.future instanceof Task ? context.future : undefined);
      const own = task?.context ?? context.handle?.getContext();
      if (own === undefined) report();
      else own.run(report);
    } catch (exception) {
      this.#reportBrokenHandler({ message: "Unhandled error in exception handler", exception, context });
    }
  }

  // Debugging

  getDebug(): boolean {
    return this.#debug;
  }

  /**
   * Debug mode runs one handle at a time, in exactly CPython's order; reports slow callbacks and swallowed cancellations; and
   * remembers where futures, tasks and handles were created and awaited.
   */
  setDebug(enabled: boolean): void {
    this.#debug = enabled;
    this.scheduler.observe(this.#debug ? slowCallbackReporter(this) : null);
  }

  statistics(): LoopStatistics {
    const { driver, readyCount: ready, timerCount: timers, turns } = this.scheduler;
    return { driver: driver.name, running: this.isRunning(), ready, timers, tasks: this.tasks.size, turns };
  }

  toString(): string {
    return `<${this.constructor.name} running=${this.isRunning()} closed=${this.isClosed()} debug=${this.#debug}>`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }

  #runUntilStopped(): Promise<void> {
    this.#running = true;
    return new Promise((resolve) => {
      this.#onStopped = () => {
        this.#running = false;
        this.#onStopped = null;
        resolve();
      };
      this.scheduler.start();
      if (this.#stopRequested) this.scheduler.stop(this.#onStopped);
      this.#stopRequested = false;
    });
  }

  /** @internal */
  requireCanRun(): void {
    this.requireOpen();
    if (this.isRunning())
      throw new RuntimeError("GYRE_LOOP_RUNNING", `This loop is already running: ${this}.`);
    LoopCore.requireNoOuterLoop();
  }

  /** @internal No loop can be run by code that another one runs; the ambient loop does not count. */
  static requireNoOuterLoop(): void {
    const outer = currentScope()?.loop;
    if (outer?.isRunning() && !outer.#ambient) {
      throw new RuntimeError(
        "GYRE_LOOP_RUNNING",
        `${outer} runs this code, so another loop cannot be run from here. Await the work, or run the loop outside.`,
      );
    }
  }

  /** @internal */
  requireOpen(): void {
    if (this.isClosed())
      throw new RuntimeError("GYRE_LOOP_CLOSED", "This loop is closed. Make a new one with newEventLoop().");
  }

  #requireCallback(callback: unknown, where: string): void {
    requireFunction(callback, where);
    this.requireOpen();
    if (this.#debug && Object.prototype.toString.call(callback) === "[object AsyncFunction]") {
      throw new ArgumentTypeError(
        `${where}: an async function's errors would be lost there. Use loop.createTask(fn).`,
      );
    }
  }

  #reportBrokenHandler(context: ExceptionContext): void {
    try {
      this.defaultExceptionHandler(context);
    } catch (exception) {
      console.error(
        "Exception in default exception handler while handling an error in a custom one",
        exception,
        context,
      );
    }
  }
}
