import { describe } from "../core/arguments.ts";
import { type Dependency, type Dependent, dependencySymbol } from "../core/dependency.ts";
import { ensureFuture, otherLoop, requireWaitable, type Waitable } from "../core/ensure-future.ts";
import { ArgumentTypeError, CancelledError } from "../core/errors.ts";
import type { EventLoop } from "../core/event-loop.ts";
import { futureInternals } from "../core/future-internals.ts";
import { Future, isFuture } from "../core/future.ts";
import { currentLoop } from "../core/loops.ts";
import { Watcher } from "../core/watcher.ts";

type Result<A> = A extends Waitable<infer T> ? T : never;

/** The results of `gather` in the order of its arguments. */
export type Results<A extends readonly unknown[]> = { -readonly [K in keyof A]: Result<A[K]> };

/**
 * Runs things side by side and gives their results in the order in which they were passed.
 *
 * The first error is thrown at once; the others run on (a task group would cancel them). With `returnExceptions`, errors are
 * results. A function that is passed twice runs twice; a future or promise is waited for once.
 *
 * @param aws - futures, tasks, promises, or functions, which become tasks
 * @throws TypeError `GYRE_INVALID_ARGUMENT` - one of them cannot be waited for
 * @throws RuntimeError `GYRE_OTHER_LOOP` - they belong to several loops
 * @example
 * const [a, b] = await gather([async () => 1, async () => "two"]);
 * console.log(a, b); // => 1 two
 *
 * Cancel safety: cancels all that are not done. Python: `asyncio.gather(*aws)`.
 */
export function gather<const A extends readonly Waitable<unknown>[]>(
  aws: A,
  options?: { readonly returnExceptions?: false },
): Future<Results<A>>;
export function gather<const A extends readonly Waitable<unknown>[]>(
  aws: A,
  options: { readonly returnExceptions?: boolean },
): Future<{ -readonly [K in keyof A]: Result<A[K]> | Error }>;
export function gather(
  aws: readonly Waitable<unknown>[],
  options: { readonly returnExceptions?: boolean } = {},
): Future<unknown[]> {
  if (!Array.isArray(aws)) {
    throw new ArgumentTypeError(
      `gather(aws) expects one array, as in gather([a, b]), but got ${describe(aws)}.`,
    );
  }
  const loop = aws.find((aw) => isFuture(aw))?.getLoop() ?? currentLoop();
  const children = toFutures(aws, loop);
  const gathering = new Gathering(children, options.returnExceptions === true, loop);
  gathering.start();
  return gathering;
}

/** One future for each argument. A promise that comes twice is wrapped once; a function is called each time. */
function toFutures(aws: readonly Waitable<unknown>[], loop: EventLoop): Future<unknown>[] {
  for (const aw of aws) {
    requireWaitable(aw, "gather(aws)"); // all of them before any is started
    if (isFuture(aw) && aw.getLoop() !== loop) throw otherLoop(aw);
  }
  const futures = new Map<Waitable<unknown>, Future<unknown>>();
  return aws.map((aw) => {
    if (typeof aw === "function") return loop.createTask(aw);
    const future = futures.get(aw) ?? ensureFuture(aw, { loop });
    futures.set(aw, future);
    return future;
  });
}

class Gathering extends Future<unknown[]> implements Dependent {
  readonly #children: readonly Future<unknown>[];
  readonly #returnExceptions: boolean;
  #unfinished: number;
  #cancellation: { readonly message: string | undefined } | null = null;

  constructor(children: readonly Future<unknown>[], returnExceptions: boolean, loop: EventLoop) {
    super({ loop });
    this.#children = children;
    this.#returnExceptions = returnExceptions;
    this.#unfinished = new Set(children).size;
  }

  start(): void {
    if (this.#unfinished === 0) futureInternals.settleValue(this, []);
    // Those that are done already are looked at now, so that a gathering of finished work is finished (row TASK-34).
    const distinct = new Set(this.#children);
    for (const child of distinct)
      if (!child.done()) futureInternals.attach(child, new Watcher(child, this.#onChildDone));
    for (const child of distinct) if (child.done()) this.#onChildDone(child);
  }

  /** Cancels the children; the gathering ends when they have. */
  override cancel(message?: string): boolean {
    if (this.done()) return false;
    let accepted = false;
    for (const child of this.#children) accepted = child.cancel(message) || accepted;
    if (accepted) this.#cancellation = { message };
    return accepted;
  }

  [dependencySymbol](): Dependency {
    const through = this.#children.filter((child) => !child.done());
    return { kind: "gather()", resource: this, relation: "of", through };
  }

  readonly #onChildDone = (child: Future<unknown>): void => {
    this.#unfinished--;
    if (this.done()) {
      futureInternals.markRetrieved(child);
      return;
    }
    if (!this.#returnExceptions) {
      const error = outcomeError(child);
      if (error !== null) {
        futureInternals.settleError(this, error);
        return;
      }
    }
    if (this.#unfinished === 0) this.#finish();
  };

  #finish(): void {
    if (this.#cancellation !== null) {
      futureInternals.settleError(this, new CancelledError(this.#cancellation.message));
      return;
    }
    futureInternals.settleValue(
      this,
      this.#children.map((child) => outcomeError(child) ?? child.result()),
    );
  }
}

/** What a done future throws, or null. */
function outcomeError(future: Future<unknown>): unknown {
  if (!future.cancelled()) return future.exception();
  try {
    return future.exception();
  } catch (error) {
    return error;
  }
}
