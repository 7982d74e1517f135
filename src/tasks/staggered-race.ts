import { requireCoroutine, requireDelay } from "../core/arguments.ts";
import { isCancelled } from "../core/errors.ts";
import type { EventLoop } from "../core/event-loop.ts";
import { Future } from "../core/future.ts";
import { currentLoop } from "../core/loops.ts";
import type { Coroutine } from "../core/task.ts";
import { requireCollection } from "./collection.ts";
import { TaskGroup } from "./task-group.ts";
import { wait } from "./wait.ts";

export interface StaggeredRaceOptions<T> {
  /** Gets the result of an attempt that succeeded too late, to release it; also the winner's, if nobody will see it. */
  readonly discard?: (value: T) => void;
}

export interface StaggeredRaceOutcome<T> {
  /** Null if all attempts failed. */
  readonly winner: { readonly index: number; readonly value: T } | null;
  /**
   * The error of each attempt that was started, in their order: a `CancelledError` where it lost, null where it succeeded.
   */
  readonly errors: readonly unknown[];
}

/**
 * Starts attempts one after the other: the next one when the one before has failed, or has taken `delay` milliseconds. The first
 * success wins; the others are cancelled, and have ended when this returns.
 *
 * @param attempts - functions that start an attempt each; they are taken one by one, so that a generator can make them
 * @param delay - in milliseconds; null: an attempt starts only when the one before has failed
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
 * @example
 * const mirrors = [async () => sleep(50, "slow mirror"), async () => sleep(1, "fast mirror")];
 * const { winner } = await staggeredRace(mirrors, 10);
 * console.log(winner?.value); // => fast mirror
 *
 * Cancel safety: all attempts are cancelled and awaited. Python: `asyncio.staggered.staggered_race`, which returns a triple.
 */
export function staggeredRace<T>(
  attempts: Iterable<Coroutine<T>>,
  delay: number | null,
  options: StaggeredRaceOptions<T> = {},
): Promise<StaggeredRaceOutcome<T>> {
  requireCollection(attempts, `${WHERE} expects a collection of functions`);
  if (delay !== null) requireDelay(delay, WHERE);
  return new StaggeredRace<T>(delay, options).run(attempts);
}

const WHERE = "staggeredRace(attempts, delay)";

class StaggeredRace<T> {
  readonly #loop: EventLoop = currentLoop();
  readonly #group = new TaskGroup();
  readonly #delay: number | null;
  readonly #discard: (value: T) => void;
  readonly #errors: unknown[] = [];
  #winner: StaggeredRaceOutcome<T>["winner"] = null;
  /** What was wrong with the attempts themselves. */
  #misuse: { readonly error: unknown } | null = null;

  constructor(delay: number | null, { discard }: StaggeredRaceOptions<T>) {
    this.#delay = delay;
    this.#discard = discard ?? ignore;
  }

  async run(attempts: Iterable<Coroutine<T>>): Promise<StaggeredRaceOutcome<T>> {
    try {
      await this.#group.run(() => this.#startAll(attempts));
    } catch (error) {
      if (this.#winner !== null) this.#discard(this.#winner.value); // nobody else will ever see it
      throw this.#misuse === null ? error : this.#misuse.error;
    }
    return { winner: this.#winner, errors: this.#errors };
  }

  async #startAll(attempts: Iterable<Coroutine<T>>): Promise<void> {
    try {
      for (const attempt of attempts) {
        requireCoroutine(attempt, WHERE);
        await wait([this.#start(attempt)], { timeout: this.#delay });
        if (this.#winner !== null) return; // it won in the moment between the end of the wait and this
      }
    } catch (error) {
      if (!isCancelled(error)) this.#misuse = { error };
      throw error;
    }
  }

  /** The future is done when the attempt has failed. */
  #start(attempt: Coroutine<T>): Future<void> {
    const index = this.#errors.push(null) - 1;
    const failed = new Future<void>({ loop: this.#loop });
    this.#group.createTask(async (task) => {
      let value: T;
      try {
        value = await attempt(task);
      } catch (error) {
        this.#errors[index] = error;
        failed.setResult();
        return;
      }
      this.#succeed(index, value);
    });
    return failed;
  }

  #succeed(index: number, value: T): void {
    if (this.#winner !== null) {
      this.#discard(value);
      return;
    }
    this.#winner = { index, value };
    this.#group.cancel(); // the body as well, which starts no further attempt
  }
}

function ignore(): void {}
