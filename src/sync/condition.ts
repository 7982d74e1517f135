import { describe, isPromiseLike, requireFunction } from "../core/arguments.ts";
import { ArgumentTypeError } from "../core/errors.ts";
import type { Scope } from "../core/scope.ts";
import type { Awaitable } from "../core/task.ts";
import { requireNumber } from "./arguments.ts";
import { notAcquired } from "./errors.ts";
import { type Gate, Line, type Onward } from "./line.ts";
import { Lock, lockInternals } from "./lock.ts";
import { Primitive, waitersSuffix } from "./primitive.ts";

export interface ConditionStatistics {
  readonly locked: boolean;
  /** How many wait to be notified, or were notified and have not gone on yet. */
  readonly waiters: number;
  /** How many wait for the lock, the notified among them. */
  readonly lockWaiters: number;
}

/** How a wait on a condition ended before the lock was taken back. */
type Ending = { readonly error: unknown } | null;

/**
 * Waits for a change of state that a lock protects: hold the lock, look, and `wait()` until somebody who changed the state says so.
 *
 * @param lock - the lock to use, which several conditions may share; one of its own by default
 * @throws TypeError `GYRE_INVALID_ARGUMENT` - not a lock
 * @example
 * const condition = new Condition();
 * let stock = 0;
 * const buyer = createTask(() => condition.runExclusive(() => condition.waitFor(() => stock > 0)));
 * await condition.runExclusive(() => {
 *   stock = 3;
 *   condition.notify();
 * });
 * console.log(await buyer); // => true
 *
 * Python: `asyncio.Condition`.
 */
export class Condition extends Primitive {
  readonly #lock: Lock;
  #line: Line | null = null;

  constructor(lock: Lock = new Lock()) {
    super();
    if (!(lock instanceof Lock))
      throw new ArgumentTypeError(`new Condition(lock) expects a Lock, but got ${describe(lock)}.`);
    this.#lock = lock;
  }

  /** Takes the lock: see {@link Lock.acquire}. The guard survives `wait()`. */
  acquire(): Promise<Disposable> {
    return this.#lock.acquire();
  }

  /** Releases the lock: see {@link Lock.release}. */
  release(): void {
    this.#lock.release();
  }

  /** Whether somebody holds the lock. */
  locked(): boolean {
    return this.#lock.locked();
  }

  /** Calls `fn` while holding the lock: see {@link Lock.runExclusive}. */
  runExclusive<T>(fn: () => Awaitable<T>): Promise<T> {
    requireFunction(fn, "condition.runExclusive(fn)");
    return this.#lock.runExclusive(fn);
  }

  /**
   * Releases the lock, waits to be notified, and takes the lock again. It may return without a reason: look at the state again,
   * or use `waitFor`.
   *
   * @returns true
   * @throws RuntimeError `GYRE_NOT_ACQUIRED` - the lock is not held
   * @throws CancelledError `GYRE_CANCELLED` - the task was cancelled; it holds the lock again all the same
   * @throws RuntimeError `GYRE_OTHER_LOOP` - others wait for it on another loop
   * @example
   * const condition = new Condition();
   * createTask(() => condition.runExclusive(() => condition.notifyAll()));
   * await condition.runExclusive(() => condition.wait());
   *
   * Cancel safety: nothing is lost; a notification goes to the next waiter. The lock is taken back first, which no cancellation
   * interrupts. Python: `Condition.wait`.
   */
  wait(): Promise<true> {
    let guard: Disposable | null;
    try {
      this.#requireLocked("condition.wait()");
      this.bind();
      guard = lockInternals.lend(this.#lock);
    } catch (error) {
      return Promise.reject(error);
    }
    this.#line ??= new Line(this, "a notification of");
    return this.#line.wait({
      admit: (scope) => this.#retake(guard, scope, null),
      dismiss: (error, _granted, scope) => this.#retake(guard, scope, { error }),
    });
  }

  /**
   * Waits until `predicate` gives something truthy. It is called while the lock is held: at once, and after each notification.
   *
   * @param predicate - synchronous
   * @returns what `predicate` gave last
   * @throws TypeError `GYRE_INVALID_ARGUMENT` - not a function, or one that gives a promise
   * @throws as `wait()`
   * @example
   * const condition = new Condition();
   * const found = await condition.runExclusive(() => condition.waitFor(() => ["first"].at(0)));
   * console.log(found); // => first
   *
   * Cancel safety: as `wait()`. Python: `Condition.wait_for`.
   */
  waitFor<T>(predicate: () => T): Promise<T> {
    requireFunction(predicate, "condition.waitFor(predicate)");
    return this.#waitFor(predicate);
  }

  /**
   * Wakes up to `n` of those who wait, the first to come first. They go on once they have the lock, which this does not release.
   *
   * @param n - 1 by default
   * @throws RuntimeError `GYRE_NOT_ACQUIRED` - the lock is not held
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` - not a number, or NaN
   *
   * Python: `Condition.notify`.
   */
  notify(n = 1): void {
    requireNumber(n, "condition.notify(n)");
    this.#requireLocked("condition.notify()");
    for (let count = 0; count < n && this.#line?.grant() === true; count++);
  }

  /** Wakes all who wait. Python: `Condition.notify_all`. @throws RuntimeError `GYRE_NOT_ACQUIRED` - the lock is not held */
  notifyAll(): void {
    this.notify(Number.POSITIVE_INFINITY);
  }

  /** A snapshot for monitoring. */
  statistics(): ConditionStatistics {
    const { locked, waiters } = this.#lock.statistics();
    return { locked, waiters: this.#line?.length ?? 0, lockWaiters: waiters };
  }

  protected override describe(): string {
    return `${this.locked() ? "locked" : "unlocked"}${waitersSuffix(this.#line?.length ?? 0)}`;
  }

  async #waitFor<T>(predicate: () => T): Promise<T> {
    for (;;) {
      const result = predicate();
      if (isPromiseLike(result)) {
        throw new ArgumentTypeError(
          "condition.waitFor(predicate) expects a synchronous predicate, but it gave a promise, which is always truthy. " +
            "For an asynchronous one, write the loop: while (!(await check())) await condition.wait().",
        );
      }
      if (result) return result;
      await this.wait();
    }
  }

  /** A cancellation while the lock is taken back does not stop that; the latest one is thrown afterwards. */
  #retake(guard: Disposable | null, scope: Scope | undefined, ending: Ending): true | Onward<true> {
    const then: Gate<true> = {
      admit: () => {
        if (ending === null) return true;
        this.#line?.grant(); // it may have been notified, and that must not be lost
        throw ending.error;
      },
      dismiss: (error, _granted, dismissed) => this.#retake(guard, dismissed, { error }),
    };
    return lockInternals.retake(this.#lock, guard, scope, then);
  }

  #requireLocked(action: string): void {
    if (this.#lock.locked()) return;
    throw notAcquired(
      `${action} was called`,
      "Call it inside condition.runExclusive(…), or after await condition.acquire().",
    );
  }
}
