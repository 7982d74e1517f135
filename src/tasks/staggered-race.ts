import { requireCoroutine } from "../core/arguments.ts";
import type { EventLoop } from "../core/event-loop.ts";
import { Future } from "../core/future.ts";
import { currentLoop } from "../core/loops.ts";
import type { Coroutine } from "../core/task.ts";
import { TaskGroup } from "./task-group.ts";
import { wait } from "./wait.ts";

export interface StaggeredRaceOptions<T> {
  /** Gets the result of an attempt that succeeded too late, to release it. */
  readonly discard?: (value: T) => void;
}

export interface StaggeredRaceOutcome<T> {
  /** Null if all attempts failed. */
  readonly winner: { readonly index: number; readonly value: T } | null;
  /** The error of each attempt that was started, in their order; null for the winner and for those that were cancelled. */
  readonly errors: readonly unknown[];
}

/**
 * Starts attempts one after the other: the next one when the one before has failed, or has taken `delay` milliseconds. The first
 * success wins; the others are cancelled, and have ended when this returns.
 *
 * @param attempts - functions that start an attempt each
 * @param delay - in milliseconds; null: an attempt starts only when the one before has failed
 * @throws TypeError `GYRE_INVALID_ARGUMENT`
 * @example
 * const mirrors = [async () => sleep(50, "slow mirror"), async () => sleep(1, "fast mirror")];
 * const { winner } = await staggeredRace(mirrors, 10);
 * console.log(winner?.value); // => fast mirror
 *
 * Cancel safety: all attempts are cancelled and awaited. Python: `asyncio.staggered.staggered_race`, which returns a triple.
 */
export async function staggeredRace<T>(
  attempts: Iterable<Coroutine<T>>,
  delay: number | null,
  options: StaggeredRaceOptions<T> = {},
): Promise<StaggeredRaceOutcome<T>> {
  const race = new StaggeredRace<T>(options);
  const group = new TaskGroup();
  await group.run(() => race.start(group, attempts, delay));
  return race;
}

class StaggeredRace<T> implements StaggeredRaceOutcome<T> {
  winner: { readonly index: number; readonly value: T } | null = null;
  readonly errors: unknown[] = [];
  readonly #loop: EventLoop = currentLoop();
  readonly #discard: (value: T) => void;

  constructor({ discard }: StaggeredRaceOptions<T>) {
    this.#discard = discard ?? ignore;
  }

  async start(group: TaskGroup, attempts: Iterable<Coroutine<T>>, delay: number | null): Promise<void> {
    for (const attempt of attempts) {
      requireCoroutine(attempt, "staggeredRace(attempts)");
      const index = this.errors.push(null) - 1;
      const failed = new Future<void>({ loop: this.#loop });
      group.createTask(async (task) => {
        try {
          this.#succeed(index, await attempt(task), group);
        } catch (error) {
          if (task.cancelling() > 0) throw error;
          this.errors[index] = error;
          if (!failed.done()) failed.setResult();
        }
      });
      await wait([failed], { timeout: delay });
    }
  }

  #succeed(index: number, value: T, group: TaskGroup): void {
    if (this.winner !== null) {
      this.#discard(value);
      return;
    }
    this.winner = { index, value };
    group.cancel(); // the body as well, which starts no further attempt
  }
}

function ignore(): void {}
