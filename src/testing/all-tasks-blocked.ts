import { requireDelay } from "../core/arguments.ts";
import { ArgumentRangeError } from "../core/errors.ts";
import type { EventLoop } from "../core/event-loop.ts";
import { futureInternals } from "../core/future-internals.ts";
import { Future } from "../core/future.ts";
import { currentLoop } from "../core/loops.ts";
import { VirtualDriver } from "../loops/virtual/driver.ts";
import { HostIdle } from "./host-idle.ts";

export interface AllTasksBlockedOptions {
  /** Milliseconds of the loop's clock for which nothing may have run; 0 by default. */
  readonly cushion?: number;
}

/**
 * Waits until every other task is blocked: nothing is ready, and each waits for something of the loop's. A timer that is still
 * to come does not count as work. It lets a test act at the right moment without knowing how many turns that takes.
 *
 * On the virtual loop this is exact. It comes before the clock moves; with a cushion, before the clock moves beyond it, and
 * a timer of that very moment goes first. Those whose cushion is the shortest wake together, which begins the others' anew.
 *
 * On a loop of the host it is as good as can be told from outside: the host has polled its I/O a few times and nothing came. A task that waits for
 * a promise which is not gyre's is at work for all we know, so that this goes on waiting, as it does on a virtual loop with `{ outside: "wait" }`.
 * Give a cushion where other processes are to answer.
 *
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` - the cushion is no number, or negative
 * @example
 * const lock = new Lock();
 * await lock.acquire();
 * const task = createTask(() => lock.acquire());
 * await waitAllTasksBlocked();
 * console.log(lock.statistics().waiters); // => 1
 * lock.release();
 * await task;
 *
 * Cancel safety: nothing is lost. trio: `trio.testing.wait_all_tasks_blocked`, whose cushion is in real seconds.
 */
export function waitAllTasksBlocked({ cushion = 0 }: AllTasksBlockedOptions = {}): Future<void> {
  const where = "waitAllTasksBlocked({ cushion })";
  requireDelay(cushion, where, "cushion");
  if (cushion < 0)
    throw new ArgumentRangeError(`${where}: cushion must not be negative, but it is ${cushion}.`);
  return new AllTasksBlocked(currentLoop(), cushion);
}

class AllTasksBlocked extends Future<void> {
  readonly #giveUp: () => void;

  constructor(loop: EventLoop, cushion: number) {
    super({ loop });
    const { driver } = loop.scheduler;
    const idle = driver instanceof VirtualDriver ? driver : HostIdle.of(loop);
    this.#giveUp = idle.whenIdle({
      cushion,
      wake: () => {
        if (!this.done()) futureInternals.settleValue(this, undefined);
      },
    });
  }

  override cancel(message?: string): boolean {
    if (!super.cancel(message)) return false;
    this.#giveUp();
    return true;
  }
}
