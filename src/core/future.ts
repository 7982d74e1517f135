/**
 * A result that is not there yet. `Future` is a thenable and not a subclass of `Promise`, for two reasons: awaiting a
 * subclass costs twice as much, and the `then` of a thenable is called in the awaiting function's async context, which is
 * where the task that waits is found.
 */

import { requireFunction, requireMethod } from "./arguments.ts";
import { DoneCallback } from "./done-callback.ts";
import {
  CancelledError,
  cancellationOf,
  deliveredCancellation,
  InvalidStateError,
  RuntimeError,
} from "./errors.ts";
import type { EventLoop } from "./event-loop.ts";
import { provideFutureInternals, type Reject, type Resolve } from "./future-internals.ts";
import { Handle } from "./handle.ts";
import { brief, inspectSymbol, nameOf } from "./inspect.ts";
import { currentLoop } from "./loops.ts";
import { isNativeResolver } from "./native-resolver.ts";
import {
  drainReactions,
  listReactions,
  type Reaction,
  type Reactions,
  withoutReaction,
  withReaction,
} from "./reaction.ts";
import { currentScope } from "./scope.ts";
import { captureSite, firstFrame } from "./sites.ts";
import { Waiter } from "./waiter.ts";

type State = "pending" | "finished" | "failed" | "cancelled";

/**
 * A result that somebody will set. Await it, or add callbacks.
 *
 * @param options.loop - the loop that calls back; the running one by default
 * @example
 * const future = new Future<number>();
 * getRunningLoop().callSoon(() => future.setResult(42));
 * console.log(await future); // => 42
 *
 * Python: `asyncio.Future`. Cancelling a task that awaits a future cancels the future.
 */
export class Future<T = unknown> implements Promise<T> {
  readonly #loop: EventLoop;
  readonly #site: string | null;
  #state: State = "pending";
  /** By state: the value, the error, or the cancellation's message or error. */
  #outcome: unknown = undefined;
  #reactions: Reactions = null;
  #acknowledgeError: (() => void) | null = null;
  #awaitSite: string | null = null;

  constructor(options: { readonly loop?: EventLoop } = {}) {
    this.#loop = options.loop ?? currentLoop();
    requireMethod(this.#loop, "getDebug", "The option loop must be an event loop");
    this.#site = this.#loop.getDebug() ? captureSite() : null;
  }

  get [Symbol.toStringTag](): string {
    return this.constructor.name;
  }

  getLoop(): EventLoop {
    return this.#loop;
  }

  done(): boolean {
    return this.#state !== "pending";
  }

  cancelled(): boolean {
    return this.#state === "cancelled";
  }

  /**
   * The value, if there is one.
   *
   * @throws the future's error, if it failed
   * @throws CancelledError `GYRE_CANCELLED` - it was cancelled
   * @throws InvalidStateError `GYRE_INVALID_STATE` - it is not done yet
   */
  result(): T {
    this.#acknowledge();
    switch (this.#state) {
      case "finished":
        return this.#outcome as T; // the only type that settleValue stores
      case "failed":
        throw this.#outcome;
      case "cancelled":
        throw this.#cancelledError();
      default:
        throw notDone("result");
    }
  }

  /**
   * The error, or null if there is a value.
   *
   * @throws CancelledError `GYRE_CANCELLED` - it was cancelled
   * @throws InvalidStateError `GYRE_INVALID_STATE` - it is not done yet
   */
  exception(): unknown {
    this.#acknowledge();
    if (this.#state === "cancelled") throw this.#cancelledError();
    if (this.#state === "pending") throw notDone("exception");
    return this.#state === "failed" ? this.#outcome : null;
  }

  /** @throws InvalidStateError `GYRE_INVALID_STATE` - it is done already */
  setResult(value: T): void {
    this.#requirePending("setResult");
    this.#settle("finished", value);
  }

  /**
   * @param error - what awaiting the future throws; an error class is instantiated
   * @throws InvalidStateError `GYRE_INVALID_STATE` - it is done already
   */
  setException(error: unknown): void {
    this.#requirePending("setException");
    this.#settleError(isErrorClass(error) ? new error() : error);
  }

  /**
   * Cancels the future: who awaits it gets a `CancelledError`.
   *
   * @param message - travels in the `CancelledError`
   * @returns false if it was done already
   */
  cancel(message?: string): boolean {
    this.#acknowledge();
    if (this.#state !== "pending") return false;
    this.#settle("cancelled", message);
    return true;
  }

  /**
   * Calls `callback(future)` soon after the future is done, in a copy of the current context; never at once.
   *
   * Python: `add_done_callback`; for its `context=`, call this inside `context.run(…)`.
   */
  addDoneCallback(callback: (future: this) => void): void {
    requireFunction(callback, "future.addDoneCallback(callback)");
    this.#attach(new DoneCallback(callback, new Handle(callback, [this], this.#loop)));
  }

  /** Removes every registration of `callback`, and tells how many there were. */
  removeDoneCallback(callback: (future: this) => void): number {
    const found = this.#callbacks().filter((reaction) => reaction.callback === callback);
    for (const reaction of found) this.#reactions = withoutReaction(this.#reactions, reaction);
    return found.length;
  }

  /** `await` calls this; see {@link Promise.prototype.then} for the rest. What it returns is a future of the same loop. */
  get then(): Promise<T>["then"] {
    // The getter runs where the `await` stands, the function one microtask later.
    if (this.#site !== null) this.#awaitSite = captureSite();
    return this.#then as Promise<T>["then"]; // oxlint-disable-line typescript/unbound-method -- who asks calls it on this
  }

  catch<R = never>(onrejected?: ((reason: unknown) => R | PromiseLike<R>) | null): Promise<T | R> {
    return this.then(undefined, onrejected);
  }

  finally(onfinally?: (() => void) | null): Promise<T> {
    if (typeof onfinally !== "function") return this.then();
    const settle = async (): Promise<void> => onfinally();
    return this.then(
      (value) => settle().then(() => value),
      async (error) => {
        await settle();
        throw error;
      },
    );
  }

  toString(): string {
    const parts = [this.constructor.name, ...this.describe()];
    if (this.#site !== null) parts.push(`created at ${firstFrame(this.#site)}`);
    return `<${parts.join(" ")}>`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }

  /** The words of `toString` between the class and the creation site. */
  protected describe(): string[] {
    const parts: string[] = [this.#state === "failed" ? "finished" : this.#state];
    if (this.#state === "finished") parts.push(`result=${brief(this.#outcome)}`);
    if (this.#state === "failed") parts.push(`exception=${brief(this.#outcome)}`);
    const callbacks = this.#callbacks().map((reaction) => nameOf(reaction.callback));
    if (callbacks.length > 2) callbacks.splice(1, callbacks.length - 2, `<${callbacks.length - 2} more>`);
    if (callbacks.length > 0) parts.push(`cb=[${callbacks.join(", ")}]`);
    return parts;
  }

  /** Whether a wait for it delivers a pending cancellation though it is done. */
  protected isCheckpoint(): boolean {
    return false;
  }

  /** Cancels on behalf of a task that waits for this future. */
  protected cancelForTask(message: string | undefined): boolean {
    return this.cancel(message);
  }

  #then(onfulfilled?: unknown, onrejected?: unknown): unknown {
    if (isNativeResolver(onfulfilled) && typeof onrejected === "function") {
      return this.#wait(onfulfilled, onrejected as Reject);
    }
    return this.#chain(onfulfilled, onrejected);
  }

  /** `await` and its kin: nothing needs to be captured, because the awaiting function brings its own context. */
  #wait(resolve: Resolve, reject: Reject): PromiseLike<void> {
    const scope = currentScope()?.task;
    const task = scope?.open ? scope : null;
    if (this.#state !== "pending") {
      const cancellation = task !== null && this.isCheckpoint() ? task.takePending() : null;
      if (cancellation !== null) reject(deliveredCancellation(cancellation.message));
      else this.#deliver(resolve, reject);
      return alreadyOver;
    }
    const mistake = task === null ? null : this.#mistake(task.owner);
    if (mistake !== null) {
      reject(mistake);
      return alreadyOver;
    }
    const waiter = new Waiter(this, resolve, reject, task, this.#awaitSite);
    this.#attach(waiter);
    task?.add(waiter);
    return waiter;
  }

  #mistake(task: Future<unknown>): RuntimeError | null {
    if (task === this) {
      return new RuntimeError(
        "GYRE_AWAITS_ITSELF",
        `${this} awaits itself, which could never end. Await another task.`,
      );
    }
    if (task.getLoop() === this.#loop) return null;
    return new RuntimeError(
      "GYRE_OTHER_LOOP",
      `${task} awaits ${this}, which belongs to another loop. Create the future on the loop that awaits it, ` +
        "or hand its result over with loop.callSoonThreadsafe().",
    );
  }

  /** The promise methods as users call them: a native promise runs the callbacks, in their context; a future reports errors. */
  #chain(onfulfilled: unknown, onrejected: unknown): Future<unknown> {
    const derived = new ChainedFuture(this);
    const settled = new Promise<unknown>((resolve, reject) => {
      if (this.#state === "pending") this.#attach(new Waiter(this, resolve, reject, null, null));
      else this.#deliver(resolve, reject);
    });
    const noteCalled = (): void => derived.noteCalled();
    settled.then(noteCalled, noteCalled); // first, so that it runs just before the callbacks
    settled.then(onfulfilled as Resolve, onrejected as Reject).then(
      (value) => derived.done() || derived.#settle("finished", value),
      (error) => derived.done() || derived.#fail(error),
    );
    return derived;
  }

  #deliver(resolve: Resolve, reject: Reject): void {
    if (this.#state === "finished") {
      resolve(this.#outcome);
      return;
    }
    this.#acknowledge();
    reject(this.#state === "failed" ? this.#outcome : this.#cancelledError()); // pending: see Waiter.withdraw
  }

  #attach(reaction: Reaction): void {
    if (this.#state !== "pending") {
      this.#loop.scheduler.enqueue(reaction);
      return;
    }
    this.#reactions = withReaction(this.#reactions, reaction);
  }

  #settle(state: State, outcome: unknown): void {
    this.#state = state;
    this.#outcome = outcome;
    const reactions = this.#reactions;
    if (reactions === null) return;
    this.#reactions = null;
    const scheduler = this.#loop.scheduler;
    drainReactions(reactions, (reaction) => scheduler.enqueue(reaction));
  }

  #settleError(error: unknown): void {
    // Until V8 has put a stack into words, it holds the receivers of its calls, and through them this very future.
    if (this.#reactions === null && error instanceof Error) void error.stack;
    this.#acknowledgeError = this.#loop.unretrieved.watch(this, error, this.constructor.name, this.#site);
    this.#settle("failed", error);
  }

  /** A cancellation that comes as an error makes the future cancelled. */
  #fail(error: unknown): void {
    const cancellation = cancellationOf(error);
    if (cancellation === null) this.#settleError(error);
    else this.#settle("cancelled", cancellation);
  }

  #acknowledge(): void {
    this.#acknowledgeError?.();
    this.#acknowledgeError = null;
  }

  #cancelledError(): CancelledError {
    if (this.#outcome instanceof CancelledError) return this.#outcome;
    return deliveredCancellation(this.#outcome as string | undefined);
  }

  #requirePending(method: string): void {
    if (this.#state === "pending") return;
    throw new InvalidStateError(
      `${method}() needs a future that is still pending, but this one is done: ${this}. Check done() first.`,
    );
  }

  #callbacks(): DoneCallback[] {
    return listReactions(this.#reactions).filter((reaction) => reaction instanceof DoneCallback);
  }

  static {
    provideFutureInternals({
      settleValue: (future, value) => future.#settle("finished", value),
      settleError: (future, error) => future.#settleError(error),
      fail: (future, error) => future.#fail(error),
      settleCancelled: (future, message) => future.#settle("cancelled", message),
      settleNow: (future, value) => {
        const reactions = future.#reactions;
        future.#reactions = null;
        future.#settle("finished", value);
        drainReactions(reactions, (reaction) => reaction.run());
      },
      attach: (future, reaction) => future.#attach(reaction),
      detach: (future, reaction) => {
        future.#reactions = withoutReaction(future.#reactions, reaction);
      },
      wait: (future, resolve, reject) => void future.#wait(resolve, reject),
      cancelForTask: (future, message) => future.cancelForTask(message),
      markRetrieved: (future) => future.#acknowledge(),
      deliver: (future, resolve, reject) => future.#deliver(resolve, reject),
      reactions: (future) => listReactions(future.#reactions),
      creationSite: (future) => future.#site,
      peekError: (future) => (future.#state === "failed" ? future.#outcome : null),
    });
  }
}

/** What `then`, `catch` and `finally` return: cancelling it cancels the future that it waits for. */
class ChainedFuture extends Future<unknown> {
  readonly #source: Future<unknown>;
  /** The source is done, and the callbacks have been called. */
  #called = false;

  constructor(source: Future<unknown>) {
    super({ loop: source.getLoop() });
    this.#source = source;
  }

  noteCalled(): void {
    this.#called = true;
  }

  /** A source that was cancelled a moment ago has yet to tell the callbacks, which may take the cancellation. */
  override cancel(message?: string): boolean {
    if (this.done()) return false;
    if (this.#source.cancel(message)) return true;
    return (this.#source.cancelled() && !this.#called) || super.cancel(message);
  }
}

const alreadyOver: PromiseLike<void> = Promise.resolve();
function isErrorClass(value: unknown): value is new () => Error {
  return typeof value === "function" && value.prototype instanceof Error;
}

function notDone(method: string): InvalidStateError {
  return new InvalidStateError(`${method}() needs a future that is done. Await it, or check done() first.`);
}

/** Whether `value` is a future or a task of gyre. Python: `asyncio.isfuture`. */
export function isFuture(value: unknown): value is Future<unknown> {
  return value instanceof Future;
}
