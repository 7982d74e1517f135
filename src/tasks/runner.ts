/** `run` and `Runner`: a program's frame. They make a loop, run the main task, and leave nothing behind. */

import { describe, requireCoroutine, requireFunction } from "../core/arguments.ts";
import { type Context, copyContext } from "../core/context.ts";
import type { StopSignal } from "../core/driver.ts";
import {
  ArgumentTypeError,
  CancelledError,
  DeadlockError,
  KeyboardInterrupt,
  LivelockError,
  RuntimeError,
} from "../core/errors.ts";
import { type EventLoop, LoopCore } from "../core/event-loop.ts";
import { futureInternals } from "../core/future-internals.ts";
import { loopProvider } from "../core/loops.ts";
import type { Coroutine, Task } from "../core/task.ts";
import { gather } from "./gather.ts";

const THREAD_JOIN_TIMEOUT = 300_000; // ms

export interface RunnerOptions {
  /** The kind of loop by name, or a loop to use, which is then not closed. Default: `GYRE_LOOP`, else "node". */
  readonly loop?: string | EventLoop;
  /** Makes the loop; instead of `loop`. */
  readonly loopFactory?: () => EventLoop;
  /** Debug mode on or off; as the environment's `GYRE_DEBUG` says by default. */
  readonly debug?: boolean;
  /**
   * Which signals cancel the main task: SIGINT, that is Ctrl-C, by default; false for none, or a list of them. Not those that the
   * program listens to itself.
   */
  readonly handleSignals?: boolean | readonly StopSignal[];
}

export interface RunOptions extends RunnerOptions {
  /** The name of the main task. */
  readonly name?: string;
}

/**
 * Runs an async function as a program's main task, on a loop of its own, and cleans up behind it: tasks that are left are
 * cancelled and waited for, async generators closed, the default executor shut down, the loop closed.
 *
 * Ctrl-C cancels the main task; pressed again, it ends the run at once, and only the clean-up still runs. With
 * `handleSignals: ["SIGINT", "SIGTERM"]` a supervisor's SIGTERM does the same. Where nobody catches the `KeyboardInterrupt`, the
 * process exits with 130, or 143 for SIGTERM.
 *
 * @param main - called when the loop runs; it is given its task
 * @returns what `main` returns, when everything is cleaned up
 * @throws TypeError `GYRE_INVALID_ARGUMENT` - not a function; a promise has started already
 * @throws RuntimeError `GYRE_LOOP_RUNNING` - called by code that a loop runs: await the work instead
 * @throws KeyboardInterrupt `GYRE_INTERRUPTED` - Ctrl-C was pressed
 * @throws DeadlockError `GYRE_DEADLOCK` - nothing in the process could ever wake the main task again
 * @example
 * const greeting = await run(async () => {
 *   await sleep(10);
 *   return "hello";
 * });
 * console.log(greeting); // => hello
 *
 * Python: `asyncio.run`, which blocks the thread where this gives a promise.
 */
export function run<T>(main: Coroutine<T>, options: RunOptions = {}): Promise<T> {
  requireCoroutine(main, "run(main)");
  return runOnce(new Runner(options), main, options);
}

async function runOnce<T>(runner: Runner, main: Coroutine<T>, options: RunOptions): Promise<T> {
  let result: T;
  try {
    result = await runner.run(main, options);
  } catch (error) {
    // What cannot be ended either, after a deadlock, is reported when the loop closes; the error to throw is the first one.
    await runner.close().catch((second: unknown) => {
      if (!(second instanceof DeadlockError || second instanceof LivelockError)) throw second;
    });
    throw error;
  }
  await runner.close();
  return result;
}

/**
 * Several main tasks one after the other, on one loop and in one context.
 *
 * @example
 * const runner = new Runner();
 * console.log(await runner.run(async () => "first")); // => first
 * console.log(await runner.run(async () => "second")); // => second
 * await runner.close();
 *
 * Python: `asyncio.Runner`.
 */
export class Runner implements AsyncDisposable {
  readonly #options: RunnerOptions;
  #loop: EventLoop | null = null;
  #context: Context | null = null;
  #closed = false;

  constructor(options: RunnerOptions = {}) {
    const { loop, loopFactory } = options;
    if (loop !== undefined && typeof loop !== "string" && !(loop instanceof LoopCore)) {
      throw new ArgumentTypeError(
        `The option loop must be a loop or the name of one, but it is ${describe(loop)}.`,
      );
    }
    if (loopFactory !== undefined)
      requireFunction(loopFactory, "The option loopFactory", "It makes the loop.");
    requireSignals(options.handleSignals);
    this.#options = options;
  }

  /**
   * Runs `main` as a task until it is done.
   *
   * @param options.context - the context variables to run with; by default one context for all runs of this runner
   * @throws RuntimeError `GYRE_RUNNER_CLOSED`; and what {@link run} throws
   */
  run<T>(
    main: Coroutine<T>,
    options: { readonly context?: Context; readonly name?: string } = {},
  ): Promise<T> {
    requireCoroutine(main, "runner.run(main)");
    return this.#run(main, options);
  }

  /**
   * The loop, made now if there is none yet.
   *
   * @throws RuntimeError `GYRE_RUNNER_CLOSED`
   * @throws RuntimeError `GYRE_LOOP_UNKNOWN` - the kind that was asked for by name is loaded by the first `run`
   */
  getLoop(): EventLoop {
    this.#requireOpen();
    const loop = this.#loop ?? this.#makeNow();
    if (loop === null) {
      throw new RuntimeError(
        "GYRE_LOOP_UNKNOWN",
        `The loop ${describe(this.#options.loop)} is loaded by the first run(). Ask after it.`,
      );
    }
    return this.#adopt(loop);
  }

  /** Cancels and awaits what is left, in asyncio's order, and closes the loop. May be called again. */
  async close(): Promise<void> {
    const loop = this.#loop;
    if (loop === null) return; // it has not begun, and still may (row RUN-08)
    this.#closed = true;
    this.#loop = null;
    if (loop.isClosed()) return;
    try {
      await cancelAllTasks(loop);
      await loop.shutdownAsyncgens();
      await loop.shutdownDefaultExecutor(THREAD_JOIN_TIMEOUT);
    } finally {
      if (loop !== this.#options.loop) await loop.close();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run<T>(
    main: Coroutine<T>,
    options: { readonly context?: Context; readonly name?: string },
  ): Promise<T> {
    this.#requireOpen();
    LoopCore.requireNoOuterLoop(); // before a loop is made, which nobody would close
    const made = this.#loop ?? this.#makeNow() ?? (await loopProvider().create(this.#loopName()));
    const loop = this.#adopt(made);
    loop.requireCanRun();
    this.#context ??= copyContext();
    const task = loop.createTask(main, { context: options.context ?? this.#context, name: options.name });
    const interrupts = new Interrupts(loop, task, this.#signals());
    try {
      return await loop.runUntilComplete(task);
    } catch (error) {
      if (!interrupts.explains(error)) throw error;
      const { signal } = interrupts;
      throw exitingBySignal(new KeyboardInterrupt("The program was interrupted", { cause: error, signal }));
    } finally {
      interrupts.stop();
    }
  }

  #signals(): readonly StopSignal[] {
    const { handleSignals = true } = this.#options;
    if (typeof handleSignals !== "boolean") return handleSignals;
    return handleSignals ? ["SIGINT"] : [];
  }

  #makeNow(): EventLoop | null {
    const { loop, loopFactory } = this.#options;
    if (loopFactory !== undefined) return loopFactory();
    return loop instanceof LoopCore ? loop : loopProvider().createNow(this.#loopName());
  }

  #loopName(): string | undefined {
    return typeof this.#options.loop === "string" ? this.#options.loop : undefined;
  }

  #adopt(loop: EventLoop): EventLoop {
    if (this.#loop === null && this.#options.debug !== undefined) loop.setDebug(this.#options.debug);
    this.#loop = loop;
    return loop;
  }

  #requireOpen(): void {
    if (this.#closed) throw new RuntimeError("GYRE_RUNNER_CLOSED", "This runner is closed. Make a new one.");
  }
}

/** @throws TypeError `GYRE_INVALID_ARGUMENT` */
function requireSignals(handled: RunnerOptions["handleSignals"]): void {
  if (handled === undefined || typeof handled === "boolean") return;
  if (Array.isArray(handled) && handled.every((signal) => signal === "SIGINT" || signal === "SIGTERM"))
    return;
  throw new ArgumentTypeError(
    `The option handleSignals must be true, false or a list of "SIGINT" and "SIGTERM", but it is ${describe(handled)}.`,
  );
}

/** Lets the process exit with the code of the signal if nobody catches the error. */
function exitingBySignal(error: KeyboardInterrupt): KeyboardInterrupt {
  const onUncaught = (uncaught: unknown): void => {
    if (uncaught === error) process.once("exit", () => (process.exitCode = error.exitCode));
  };
  process.once("uncaughtExceptionMonitor", onUncaught);
  return error;
}

/** Ctrl-C during a run: the first cancels the main task, the second stops the loop (row RUN-09). */
class Interrupts {
  readonly #task: Task<unknown>;
  readonly #stopListening: readonly ((() => void) | null)[];
  #count = 0;
  #signal: StopSignal = "SIGINT";

  constructor(loop: EventLoop, task: Task<unknown>, signals: readonly StopSignal[]) {
    this.#task = task;
    this.#stopListening = signals.map((signal) =>
      loop.scheduler.driver.onInterrupt(() => {
        this.#count++;
        this.#signal = signal;
        if (this.#count === 1) task.cancel();
        else loop.stop();
      }, signal),
    );
  }

  /** The last that came. */
  get signal(): StopSignal {
    return this.#signal;
  }

  /** Whether `error` is what became of the user's wish, and of nobody else's. */
  explains(error: unknown): boolean {
    if (this.#count === 0) return false;
    if (this.#count > 1 && !this.#task.done()) return true;
    return error instanceof CancelledError && this.#task.uncancel() === 0;
  }

  stop(): void {
    for (const stop of this.#stopListening) stop?.();
  }
}

async function cancelAllTasks(loop: EventLoop): Promise<void> {
  const tasks = [...loop.tasks.all()];
  if (tasks.length === 0) return;
  for (const task of tasks) task.cancel();
  await loop.runUntilComplete(gather(tasks, { returnExceptions: true }));
  for (const task of tasks) {
    const exception = futureInternals.peekError(task);
    if (exception !== null)
      loop.callExceptionHandler({ message: "Unhandled exception during run() shutdown", exception, task });
  }
}
