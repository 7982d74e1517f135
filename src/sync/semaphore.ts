import { RuntimeError } from "../core/errors.ts";
import type { Awaitable } from "../core/task.ts";
import { requireCount } from "./arguments.ts";
import { holding } from "./exclusive.ts";
import { type Gate, Line } from "./line.ts";
import { Primitive, waitersSuffix } from "./primitive.ts";

export interface SemaphoreStatistics {
  /** How many could be acquired now. */
  readonly value: number;
  /** How many wait. */
  readonly waiters: number;
}

/**
 * A counter of what may be in use at once: `acquire` takes one and waits while there is none, first come, first served.
 *
 * @param value - how many there are: a whole number or `Infinity`; 1 by default
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` - not a number, negative, or a fraction
 * @example
 * const slots = new Semaphore(2);
 * const results = await gather([1, 2, 3].map((n) => () => slots.runExclusive(async () => n * n)));
 * console.log(results); // => [ 1, 4, 9 ]
 *
 * Python: `asyncio.Semaphore`; `async with` is `using _ = await semaphore.acquire()` or `semaphore.runExclusive(…)`.
 */
export class Semaphore extends Primitive {
  #value: number;
  #line: Line | null = null;
  #gate: Gate<Disposable> | null = null;

  constructor(value = 1) {
    super();
    if (value !== Number.POSITIVE_INFINITY) requireCount(value, 0, `new ${new.target.name}(value)`);
    this.#value = value;
  }

  /**
   * Takes one; waits while there is none. Without a wait it costs no turn of the loop.
   *
   * @returns a guard: disposing of it gives the one back, once
   * @throws CancelledError `GYRE_CANCELLED` - the task was cancelled while it waited
   * @throws RuntimeError `GYRE_OTHER_LOOP` - others wait for it on another loop
   * @example
   * const slots = new Semaphore(10);
   * using slot = await slots.acquire();
   *
   * Cancel safety: nothing is lost; what was just granted goes to the next. Python: `Semaphore.acquire`, which gives `True`.
   */
  acquire(): Promise<Disposable> {
    const guard = this.tryAcquire();
    return guard === null ? this.#wait() : Promise.resolve(guard);
  }

  /** @internal */
  get available(): number {
    return this.#value;
  }

  /** @internal Never overtakes those who wait. */
  tryAcquire(): Disposable | null {
    if (this.locked()) return null;
    this.#value--;
    return new SemaphoreGuard(this);
  }

  /** Gives one back, to the first waiter if there is one; may raise the value above the initial one. Python: `Semaphore.release`. */
  release(): void {
    this.#value++;
    this.#grant();
  }

  /** Whether `acquire()` would wait: there is none, or others came first. Python: `Semaphore.locked`. */
  locked(): boolean {
    return this.#value === 0 || (this.#line !== null && this.#line.length > 0);
  }

  /**
   * Calls `fn` while holding one, and gives it back however `fn` ends.
   *
   * @param fn - called at once if no wait is needed
   * @returns what `fn` returns
   * @throws TypeError `GYRE_INVALID_ARGUMENT` - not a function
   * @throws CancelledError `GYRE_CANCELLED` - the task was cancelled while it waited; `fn` was not called
   *
   * Cancel safety: what it holds is given back. Python: the body of `async with semaphore:`.
   */
  runExclusive<T>(fn: () => Awaitable<T>): Promise<T> {
    return holding(this, fn, "semaphore.runExclusive(fn)");
  }

  /** A snapshot for monitoring. */
  statistics(): SemaphoreStatistics {
    return { value: this.#value, waiters: this.#line?.length ?? 0 };
  }

  protected override describe(): string {
    return `${this.locked() ? "locked" : `unlocked, value:${this.#value}`}${waitersSuffix(this.#line?.length ?? 0)}`;
  }

  #wait(): Promise<Disposable> {
    this.#gate ??= {
      admit: () => {
        this.#grantRest();
        return new SemaphoreGuard(this);
      },
      dismiss: (error, granted) => {
        if (granted) this.#value++;
        this.#grantRest();
        throw error;
      },
    };
    this.#line ??= new Line(this, "a permit of");
    return this.#line.wait(this.#gate);
  }

  #grant(): boolean {
    if (this.#line === null || !this.#line.grant()) return false;
    this.#value--;
    return true;
  }

  /** Some may have queued although there was enough, because others had been granted theirs and not gone on. */
  #grantRest(): void {
    while (this.#value > 0 && this.#grant());
  }
}

/**
 * A semaphore that refuses to be released more often than it was acquired.
 *
 * @param value - as for {@link Semaphore}
 *
 * Python: `asyncio.BoundedSemaphore`.
 */
export class BoundedSemaphore extends Semaphore {
  readonly #bound: number;

  constructor(value = 1) {
    super(value);
    this.#bound = value;
  }

  /** @throws RuntimeError `GYRE_RELEASED_TOO_OFTEN` - nothing of it is held. Python: `ValueError`. */
  override release(): void {
    if (this.available >= this.#bound) {
      throw new RuntimeError(
        "GYRE_RELEASED_TOO_OFTEN",
        `This semaphore was released more often than it was acquired: all ${this.#bound} are there. Release once for each ` +
          "acquire(), or let the guard do it.",
      );
    }
    super.release();
  }
}

/** One hold of a semaphore; gives back once. */
class SemaphoreGuard implements Disposable {
  #semaphore: Semaphore | null;

  constructor(semaphore: Semaphore) {
    this.#semaphore = semaphore;
  }

  [Symbol.dispose](): void {
    const semaphore = this.#semaphore;
    this.#semaphore = null;
    semaphore?.release();
  }
}
