import { isPromiseLike } from "../core/arguments.ts";
import { JointFuture } from "../core/dependency.ts";
import { ensureFuture, otherLoop, type Waitable, wrapFuture } from "../core/ensure-future.ts";
import { ArgumentRangeError, CancelledError } from "../core/errors.ts";
import type { EventLoop } from "../core/event-loop.ts";
import { futureInternals } from "../core/future-internals.ts";
import { type Future, isFuture } from "../core/future.ts";
import { currentLoop } from "../core/loops.ts";
import { Watcher } from "../core/watcher.ts";
import { requireCollection } from "./collection.ts";
import type { Results } from "./gather.ts";
import { wait } from "./wait.ts";

interface Runner<T> {
  readonly future: Future<T>;
  /** Started by the race, and so ended by it. */
  readonly owned: boolean;
}

/**
 * The result, or the error, of the first to finish. The losers that the race started itself are cancelled and waited for;
 * the others run on, and nothing of the race stays with them.
 *
 * @param aws - at least one: functions, which the race starts as tasks and owns; futures, tasks and promises, which it does not
 * @throws the error of the first to finish, if it failed
 * @throws RangeError `GYRE_OUT_OF_RANGE` - nothing to race
 * @example
 * const fastest = await race([() => sleep(60_000, "slow"), () => sleep(5, "fast")]);
 * console.log(fastest); // => fast
 *
 * Cancel safety: what the race started is cancelled and has ended. Python: none; `wait(FIRST_COMPLETED)` comes nearest.
 */
export function race<const A extends readonly Waitable<unknown>[]>(aws: A): Promise<Results<A>[number]>;
export function race<T>(aws: Iterable<Waitable<T>>): Promise<T>;
export function race<T>(aws: Iterable<Waitable<T>>): Promise<T> {
  requireCollection(aws, "race(aws) expects a collection, as in race([a, b])");
  return runRace([...aws]);
}

async function runRace<T>(aws: readonly Waitable<T>[]): Promise<T> {
  if (aws.length === 0)
    throw new ArgumentRangeError("race(aws) expects at least one to wait for, but the collection is empty.");
  const loop = currentLoop();
  const runners = aws.map((aw) => enter(aw, loop));
  try {
    const winner = runners.find(({ future }) => future.done()) ?? (await firstDone(runners, loop));
    return winner.future.result();
  } finally {
    await endLosers(runners);
  }
}

function enter<T>(aw: Waitable<T>, loop: EventLoop): Runner<T> {
  if (isFuture(aw) && aw.getLoop() !== loop) throw otherLoop(aw);
  if (typeof aw === "function") return { future: ensureFuture(aw, { loop }), owned: true };
  const future = isPromiseLike(aw) && !isFuture(aw) ? sharedFuture(aw, loop) : ensureFuture(aw, { loop });
  return { future, owned: false };
}

/** In a box, because whatever resolves to a future itself would wait for it. */
async function firstDone<T>(runners: readonly Runner<T>[], loop: EventLoop): Promise<Runner<T>> {
  const first = new JointFuture<Runner<T>>("race()", () => runners.map(({ future }) => future), loop);
  const watchers = runners.map((runner) => {
    const watcher = new Watcher(runner.future, () => {
      if (!first.done()) futureInternals.settleValue(first, runner);
    });
    futureInternals.attach(runner.future, watcher);
    return () => futureInternals.detach(runner.future, watcher);
  });
  try {
    return await first;
  } finally {
    for (const withdraw of watchers) withdraw();
  }
}

async function endLosers(runners: readonly Runner<unknown>[]): Promise<void> {
  const losers = runners.filter(({ future, owned }) => owned && !future.done()).map(({ future }) => future);
  for (const loser of losers) loser.cancel();
  const cancellation = await ended(losers);
  for (const { future, owned } of runners) if (owned && future.done()) futureInternals.markRetrieved(future);
  if (cancellation !== null) throw cancellation;
}

/** Waits for all of them, however often it is cancelled meanwhile, and answers the last cancellation. */
async function ended(losers: readonly Future<unknown>[]): Promise<CancelledError | null> {
  let cancellation: CancelledError | null = null;
  while (losers.some((loser) => !loser.done())) {
    try {
      await wait(losers);
    } catch (error) {
      if (!(error instanceof CancelledError)) throw error;
      cancellation = error;
    }
  }
  return cancellation;
}

const shared = new WeakMap<PromiseLike<unknown>, Future<unknown>>();

/**
 * One future for a promise, however often it races: a promise keeps every callback that it was ever given, so that a
 * thousand races against one that never settles would keep a thousand.
 */
function sharedFuture<T>(promise: PromiseLike<T>, loop: EventLoop): Future<T> {
  const known = shared.get(promise);
  if (known?.getLoop() === loop) return known as Future<T>; // the future that was made for this very promise
  const future = wrapFuture(promise, { loop });
  shared.set(promise, future);
  return future;
}
