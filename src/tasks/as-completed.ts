import { requireDelay } from "../core/arguments.ts";
import { JointFuture } from "../core/dependency.ts";
import { ensureFuture, otherLoop, type Waitable } from "../core/ensure-future.ts";
import { TimeoutError } from "../core/errors.ts";
import type { EventLoop } from "../core/event-loop.ts";
import { futureInternals } from "../core/future-internals.ts";
import { type Future, isFuture } from "../core/future.ts";
import type { Handle } from "../core/handle.ts";
import { currentLoop } from "../core/loops.ts";
import { Watcher } from "../core/watcher.ts";
import { requireCollection } from "./collection.ts";
import type { Results } from "./gather.ts";

/**
 * The same things, in the order in which they end. Async iteration gives the futures and tasks themselves (for a function,
 * its task; TypeScript takes them for their results, so `await` them); plain iteration gives promises of the next result.
 * It survives `break` and can be resumed.
 *
 * @param aws - futures, promises, or functions, which become tasks at once; duplicates count once
 * @param options.timeout - milliseconds for all together, after which iteration throws; null for none
 * @throws TimeoutError `GYRE_TIMEOUT` - while iterating; nothing is cancelled
 * @throws TypeError `GYRE_INVALID_ARGUMENT` - not a collection
 * @example
 * const naps = [30, 10, 20].map((ms) => createTask(() => sleep(ms, ms)));
 * const order: number[] = [];
 * for await (const nap of asCompleted(naps)) order.push(await nap);
 * console.log(order.join(" ")); // => 10 20 30
 *
 * Cancel safety: a completion that was not handed over is kept for the next step. Python: `asyncio.as_completed`.
 */
export function asCompleted<const A extends readonly Waitable<unknown>[]>(
  aws: A,
  options?: { readonly timeout?: number | null },
): AsyncIterable<Future<Results<A>[number]>> & Iterable<Promise<Results<A>[number]>>;
export function asCompleted<T>(
  aws: Iterable<Waitable<T>>,
  options?: { readonly timeout?: number | null },
): AsyncIterable<Future<T>> & Iterable<Promise<T>>;
export function asCompleted<T>(
  aws: Iterable<Waitable<T>>,
  options: { readonly timeout?: number | null } = {},
): AsyncIterable<Future<T>> & Iterable<Promise<T>> {
  const { timeout = null } = options;
  if (timeout !== null) requireDelay(timeout, "asCompleted(aws, { timeout })", "timeout");
  requireCollection(aws, "asCompleted(aws) expects a collection, as in asCompleted([a, b])");
  const loop = currentLoop();
  const distinct = withoutRepeats(aws);
  for (const aw of distinct) if (isFuture(aw) && aw.getLoop() !== loop) throw otherLoop(aw);
  return new Completions(
    distinct.map((aw) => ensureFuture(aw, { loop })),
    timeout,
    loop,
  );
}

/** A future or promise that comes twice is waited for once; a function is called each time. */
function withoutRepeats<T>(aws: Iterable<Waitable<T>>): Waitable<T>[] {
  const seen = new Set<Waitable<T>>();
  return [...aws].filter((aw) => {
    if (typeof aw !== "function" && seen.has(aw)) return false;
    seen.add(aw);
    return true;
  });
}

/** What a step of the iteration gets. In a box, because whatever resolves to a future itself would wait for it. */
interface Completion<T> {
  /** The next future that ended; null when the time is up. */
  readonly future: Future<T> | null;
}

class Completions<T> implements AsyncIterable<Future<T>>, Iterable<Promise<T>> {
  readonly #loop: EventLoop;
  readonly #running = new Map<Future<T>, Watcher<T>>();
  readonly #completed: Completion<T>[] = [];
  readonly #waiting: Future<void>[] = [];
  readonly #alarm: Handle | null;
  /** Steps that have not been asked for. */
  #left: number;

  constructor(futures: readonly Future<T>[], timeout: number | null, loop: EventLoop) {
    this.#loop = loop;
    this.#left = futures.length;
    for (const future of futures)
      this.#running.set(future, new Watcher(future, (done) => this.#onDone(done)));
    for (const [future, watcher] of this.#running) futureInternals.attach(future, watcher);
    this.#alarm =
      timeout === null || futures.length === 0 ? null : loop.callLater(timeout, () => this.#onTimeout());
  }

  [Symbol.asyncIterator](): AsyncIterator<Future<T>> {
    return { next: () => this.#nextFuture() };
  }

  [Symbol.iterator](): Iterator<Promise<T>> {
    return {
      next: () => {
        if (this.#left === 0) return { done: true, value: undefined };
        this.#left--;
        return {
          done: false,
          value: this.#loop.createTask(async () => futureOf(await this.#take()).result()),
        };
      },
    };
  }

  async #nextFuture(): Promise<IteratorResult<Future<T>>> {
    if (this.#left === 0) return { done: true, value: undefined };
    this.#left--;
    return { done: false, value: futureOf(await this.#take()) };
  }

  /** The next completion. If the wait for it is cancelled, the step counts as not made, and nothing is lost. */
  async #take(): Promise<Completion<T>> {
    for (;;) {
      const completion = this.#completed.shift();
      if (completion !== undefined) return completion;
      const turn = new JointFuture<void>("asCompleted()", () => this.#running.keys(), this.#loop);
      this.#waiting.push(turn);
      try {
        await turn;
      } catch (error) {
        this.#left++;
        if (!turn.cancelled()) this.#wakeNext(); // woken and cancelled at once: the next in line takes it
        throw error;
      }
    }
  }

  #onDone(future: Future<T>): void {
    if (!this.#running.delete(future)) return; // after the time-out
    if (this.#running.size === 0) this.#alarm?.cancel();
    this.#complete({ future });
  }

  #onTimeout(): void {
    for (const [future, watcher] of this.#running) {
      futureInternals.detach(future, watcher);
      this.#complete({ future: null });
    }
    this.#running.clear();
  }

  #complete(completion: Completion<T>): void {
    this.#completed.push(completion);
    this.#wakeNext();
  }

  #wakeNext(): void {
    for (let turn = this.#waiting.shift(); turn !== undefined; turn = this.#waiting.shift()) {
      if (turn.done()) continue; // cancelled
      futureInternals.settleValue(turn, undefined);
      return;
    }
  }
}

function futureOf<T>(completion: Completion<T>): Future<T> {
  if (completion.future === null)
    throw new TimeoutError("asCompleted(): the time was up before everything had ended");
  return completion.future;
}
