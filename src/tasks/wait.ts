import { describe, requireDelay } from "../core/arguments.ts";
import { JointFuture } from "../core/dependency.ts";
import { ensureFuture, otherLoop } from "../core/ensure-future.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../core/errors.ts";
import { futureInternals } from "../core/future-internals.ts";
import { type Future, isFuture } from "../core/future.ts";
import { currentLoop } from "../core/loops.ts";
import type { Coroutine } from "../core/task.ts";
import { Watcher } from "../core/watcher.ts";
import { requireCollection } from "./collection.ts";
import type { Results } from "./gather.ts";

export type ReturnWhen = "ALL_COMPLETED" | "FIRST_COMPLETED" | "FIRST_EXCEPTION";

export interface WaitOptions {
  /** Milliseconds, after which it returns with what is done; null for none. */
  readonly timeout?: number | null;
  readonly returnWhen?: ReturnWhen;
}

/** What `wait` gives. */
export interface Sorted<T> {
  done: Set<Future<T>>;
  pending: Set<Future<T>>;
}

/**
 * Waits for several futures and sorts them into done and pending. Throws no error of theirs, and cancels nothing.
 *
 * @param aws - at least one; functions become tasks
 * @returns two sets; a future that was done by the time of return is in `done`
 * @throws TypeError `GYRE_INVALID_ARGUMENT` - not a collection of futures
 * @throws RangeError `GYRE_OUT_OF_RANGE` - an empty one, or an unknown `returnWhen`
 * @example
 * const tasks = [createTask(() => sleep(5, "fast")), createTask(() => sleep(60_000, "slow"))];
 * const { done, pending } = await wait(tasks, { returnWhen: "FIRST_COMPLETED" });
 * console.log(done.size, pending.size); // => 1 1
 * for (const task of pending) task.cancel();
 *
 * Cancel safety: the futures go on. Python: `asyncio.wait`, which refuses coroutines; a function here becomes a task, found in
 * the sets.
 */
export function wait<const A extends readonly (Future<unknown> | Coroutine<unknown>)[]>(
  aws: A,
  options?: WaitOptions,
): Promise<Sorted<Results<A>[number]>>;
export function wait<T>(aws: Iterable<Future<T> | Coroutine<T>>, options?: WaitOptions): Promise<Sorted<T>>;
export async function wait<T>(
  aws: Iterable<Future<T> | Coroutine<T>>,
  options: WaitOptions = {},
): Promise<Sorted<T>> {
  const { timeout = null, returnWhen = "ALL_COMPLETED" } = options;
  if (timeout !== null) requireDelay(timeout, "wait(aws, { timeout })", "timeout");
  if (!["ALL_COMPLETED", "FIRST_COMPLETED", "FIRST_EXCEPTION"].includes(returnWhen)) {
    throw new ArgumentRangeError(
      `wait(aws, { returnWhen }): expected "ALL_COMPLETED", "FIRST_COMPLETED" or "FIRST_EXCEPTION", but got ${describe(returnWhen)}.`,
    );
  }
  const futures = requireFutures(aws);
  await enough(futures, timeout, returnWhen);
  const all = [...futures];
  return {
    done: new Set(all.filter((future) => future.done())),
    pending: new Set(all.filter((future) => !future.done())),
  };
}

function requireFutures<T>(aws: Iterable<Future<T> | Coroutine<T>>): Set<Future<T>> {
  requireCollection(aws, "wait(aws) expects a collection of futures, as in wait([task])");
  const loop = currentLoop();
  const futures = new Set<Future<T>>();
  for (const aw of aws) {
    if (!isFuture(aw) && typeof aw !== "function") {
      throw new ArgumentTypeError(
        `wait(aws) expects futures, tasks or functions in the collection, but found ${describe(aw)}.`,
      );
    }
    if (isFuture(aw) && aw.getLoop() !== loop) throw otherLoop(aw);
    futures.add(ensureFuture(aw as Future<T>, { loop }));
  }
  if (futures.size === 0)
    throw new ArgumentRangeError("wait(aws) expects at least one future, but the collection is empty.");
  return futures;
}

/** Ends when enough of the futures are done, or when the time is up. */
async function enough(
  futures: ReadonlySet<Future<unknown>>,
  limit: number | null,
  returnWhen: ReturnWhen,
): Promise<void> {
  const loop = currentLoop();
  const signal = new JointFuture<void>("wait()", () => futures, loop);
  const wake = (): void => {
    if (!signal.done()) futureInternals.settleValue(signal, undefined);
  };
  let unfinished = futures.size;
  const onDone = (future: Future<unknown>): void => {
    unfinished--;
    if (unfinished === 0 || returnWhen === "FIRST_COMPLETED") wake();
    else if (returnWhen === "FIRST_EXCEPTION" && futureInternals.peekError(future) !== null) wake();
  };
  const watchers = [...futures].map((future) => [future, new Watcher(future, onDone)] as const);
  for (const [future, watcher] of watchers) futureInternals.attach(future, watcher);
  const timer = limit === null ? null : loop.callLater(limit, wake);
  try {
    await signal;
  } finally {
    timer?.cancel();
    for (const [future, watcher] of watchers) futureInternals.detach(future, watcher);
  }
}
