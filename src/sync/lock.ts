import type { Dependency } from "../core/dependency.ts";
import { currentScope, type Scope } from "../core/scope.ts";
import type { TaskScope } from "../core/task-scope.ts";
import type { Awaitable } from "../core/task.ts";
import { notAcquired } from "./errors.ts";
import { holding } from "./exclusive.ts";
import { type Gate, Line, Onward } from "./line.ts";
import { Primitive, waitersSuffix } from "./primitive.ts";

export interface LockStatistics {
  readonly locked: boolean;
  /** How many wait for it. */
  readonly waiters: number;
}

/** What a condition does with its lock. */
export interface LockInternals {
  /** Lets go of the lock for a while; the guard stays good for when the lock is taken again. */
  lend(lock: Lock): Disposable | null;
  /** Takes the lock again, after a wait if need be; `then` says what follows. */
  retake<T>(lock: Lock, guard: Disposable | null, scope: Scope | undefined, then: Gate<T>): T | Onward<T>;
}
export let lockInternals: LockInternals;
let releaseFor: (lock: Lock, guard: Disposable) => void;

/**
 * Mutual exclusion: one holder at a time, and the others are served in the order in which they came.
 *
 * It is not reentrant, and not tied to a task: whoever holds the guard, or calls `release()`, releases.
 *
 * @example
 * const lock = new Lock();
 * {
 *   using _ = await lock.acquire();
 *   console.log(lock.locked()); // => true
 * }
 * console.log(lock.locked()); // => false
 *
 * Python: `asyncio.Lock`; `async with lock:` is `using _ = await lock.acquire()` or `lock.runExclusive(…)`.
 */
export class Lock extends Primitive {
  #holder: Disposable | null = null;
  /** Whose code took it, for reports: anybody may release it. */
  #taker: TaskScope | null = null;
  #line: Line | null = null;
  #gate: Gate<Disposable> | null = null;

  /**
   * Takes the lock; waits while it is held. A free lock that nobody waits for costs no turn of the loop.
   *
   * @returns a guard: disposing of it releases the lock, unless that has happened already
   * @throws CancelledError `GYRE_CANCELLED` - the task was cancelled while it waited
   * @throws RuntimeError `GYRE_OTHER_LOOP` - others wait for it on another loop
   * @example
   * const lock = new Lock();
   * using guard = await lock.acquire();
   *
   * Cancel safety: nothing is lost; a lock that was just granted goes to the next. Python: `Lock.acquire`, which gives `True`.
   */
  acquire(): Promise<Disposable> {
    const guard = this.tryAcquire();
    return guard === null ? this.#wait() : Promise.resolve(guard);
  }

  /** @internal Never overtakes: a lock that was released but is promised to a waiter is not free. */
  tryAcquire(): Disposable | null {
    return this.#isFree ? this.#take(new LockGuard(this), currentScope()) : null;
  }

  /**
   * Releases the lock and lets the first waiter go on.
   *
   * @throws RuntimeError `GYRE_NOT_ACQUIRED` - nobody holds it
   *
   * Python: `Lock.release`.
   */
  release(): void {
    if (this.#holder === null) {
      throw notAcquired(
        "lock.release() was called",
        "Release once for each acquire(), or let the guard do it.",
      );
    }
    this.#holder = null;
    this.#taker = null;
    this.#line?.grant();
  }

  /** Whether somebody holds it. False for a moment when it goes from one holder to the next. Python: `Lock.locked`. */
  locked(): boolean {
    return this.#holder !== null;
  }

  /**
   * Calls `fn` while holding the lock, and releases it however `fn` ends.
   *
   * @param fn - called at once if the lock is free
   * @returns what `fn` returns
   * @throws TypeError `GYRE_INVALID_ARGUMENT` - not a function
   * @throws CancelledError `GYRE_CANCELLED` - the task was cancelled while it waited; `fn` was not called
   * @example
   * const lock = new Lock();
   * console.log(await lock.runExclusive(async () => "alone")); // => alone
   *
   * Cancel safety: the lock is released. Python: the body of `async with lock:`.
   */
  runExclusive<T>(fn: () => Awaitable<T>): Promise<T> {
    return holding(this, fn, "lock.runExclusive(fn)");
  }

  /** A snapshot for monitoring. */
  statistics(): LockStatistics {
    return { locked: this.locked(), waiters: this.#line?.length ?? 0 };
  }

  override dependency(): Dependency {
    const through = this.#taker === null ? [] : [this.#taker.owner];
    return { ...super.dependency(), relation: "held by", through };
  }

  protected override describe(): string {
    return `${this.locked() ? "locked" : "unlocked"}${waitersSuffix(this.#line?.length ?? 0)}`;
  }

  #wait(): Promise<Disposable> {
    this.#gate ??= {
      admit: (scope) => this.#take(new LockGuard(this), scope),
      dismiss: (error, granted) => {
        if (granted) this.#queue().grant();
        throw error;
      },
    };
    return this.#queue().wait(this.#gate);
  }

  #take<G extends Disposable | null>(guard: G, scope: Scope | undefined): G {
    this.#holder = guard;
    this.#taker = scope?.task ?? null;
    return guard;
  }

  #queue(): Line {
    return (this.#line ??= new Line(this));
  }

  get #isFree(): boolean {
    return this.#holder === null && (this.#line === null || this.#line.length === 0);
  }

  static {
    releaseFor = (lock, guard) => {
      if (lock.#holder === guard) lock.release();
    };
    lockInternals = {
      lend: (lock) => {
        const guard = lock.#holder;
        lock.release();
        return guard;
      },
      retake: (lock, guard, scope, then) => {
        if (lock.#isFree) {
          lock.#take(guard, scope);
          return then.admit(scope);
        }
        const line = lock.#queue();
        return new Onward(line, {
          admit: (admitted) => {
            lock.#take(guard, admitted);
            return then.admit(admitted);
          },
          dismiss: (error, granted, dismissed) => {
            if (granted) line.grant();
            return then.dismiss(error, granted, dismissed);
          },
        });
      },
    };
  }
}

/** One hold of a lock. It releases that one and no later one, however often it is disposed of. */
class LockGuard implements Disposable {
  readonly #lock: Lock;

  constructor(lock: Lock) {
    this.#lock = lock;
  }

  [Symbol.dispose](): void {
    releaseFor(this.#lock, this);
  }
}
