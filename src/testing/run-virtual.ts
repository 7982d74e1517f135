import { requireCoroutine } from "../core/arguments.ts";
import type { Coroutine } from "../core/task.ts";
import type { OutsidePolicy } from "../loops/virtual/driver.ts";
import { VirtualEventLoop } from "../loops/virtual/event-loop.ts";
import type { SimulatedNetwork } from "../loops/virtual/network/network.ts";
import { Schedule } from "../loops/virtual/schedule.ts";
import { run } from "../tasks/runner.ts";

export interface RunVirtualOptions {
  /** Draws the order of independent steps, and what happens in the network; without it the order is CPython's. Equal seeds give equal runs. */
  readonly seed?: number | string;
  /** The choices of an earlier run, as `explore` prints them; then the seed is for the network alone. */
  readonly schedule?: readonly number[];
  /** The network, or what makes it; one with ordinary conditions by default. It serves for one run. */
  readonly network?: SimulatedNetwork | (() => SimulatedNetwork);
  /** What happens when main waits for something outside of the loop: `fail` (the default) or `wait`. */
  readonly outside?: OutsidePolicy;
  /** After so many steps the run fails with a `LivelockError`; `Infinity` by default. */
  readonly maxSteps?: number;
  readonly debug?: boolean;
}

/**
 * Runs an async function on a loop with a virtual clock: what would take hours takes no time, and always happens in the same
 * order.
 *
 * @param main - called when the loop runs; it is given its task
 * @returns what `main` returns
 * @throws what `main` throws
 * @throws DeadlockError `GYRE_DEADLOCK` - every task waits, and nothing on the loop can wake them
 * @throws LivelockError `GYRE_LIVELOCK` - it took more than `maxSteps`
 * @example
 * const took = await runVirtual(async () => {
 *   const loop = getRunningLoop();
 *   await sleep(3_600_000);
 *   return loop.time();
 * });
 * console.log(took); // => 3600000
 */
export function runVirtual<T>(main: Coroutine<T>, options: RunVirtualOptions = {}): Promise<T> {
  requireCoroutine(main, "runVirtual(main)");
  const { outside = "fail", maxSteps = Number.POSITIVE_INFINITY, debug, network, seed } = options;
  const loopFactory = (): VirtualEventLoop =>
    new VirtualEventLoop({
      outside,
      maxSteps,
      schedule: scheduleOf(options),
      network: typeof network === "function" ? network() : network,
      seed,
    });
  return run(main, { loopFactory, ...(debug === undefined ? {} : { debug }) });
}

/** What the options of a virtual run say about its order; nothing: first in, first out, without anything to choose. */
export function scheduleOf({
  seed,
  schedule,
}: Pick<RunVirtualOptions, "seed" | "schedule">): Schedule | undefined {
  if (schedule !== undefined) return Schedule.replay(schedule);
  return seed === undefined ? undefined : Schedule.seeded(seed);
}
