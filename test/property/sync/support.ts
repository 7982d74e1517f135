import { it } from "node:test";
import { setImmediate as hostTurn } from "node:timers/promises";
import * as fc from "fast-check";
import { getRunningLoop, run, sleep, type Task } from "gyre";

/** Runs per property; `GYRE_PROPERTY_RUNS=100000` looks longer. A failure prints its seed. */
const RUNS = Number(process.env["GYRE_PROPERTY_RUNS"] ?? 2000);

/** A test of `body` with random programs, on one loop for all of them. */
export function property<T>(
  title: string,
  programs: fc.Arbitrary<T>,
  body: (program: T) => Promise<void>,
): void {
  it(title, () => run(() => fc.assert(fc.asyncProperty(programs, body), { numRuns: RUNS })));
}

/** A short list of steps. */
export function steps<T>(...kinds: readonly fc.Arbitrary<T>[]): fc.Arbitrary<T[]> {
  return fc.array(fc.oneof(...kinds), { minLength: 1, maxLength: 25 });
}

export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await sleep(0);
}

/** Until nothing goes on by itself any more: the host gets its turn when no microtask is left, and few turns need the host. */
export async function quiet(): Promise<void> {
  const loop = getRunningLoop();
  do await hostTurn();
  while (loop.statistics().ready > 0);
}

/** Ends what is left of a program, so that the next one starts clean. */
export async function cancelAll(tasks: Iterable<Task<unknown>>): Promise<void> {
  for (const task of tasks) task.cancel();
  await quiet();
  for (const task of tasks) if (!task.done()) throw new Error(`${task} cannot be cancelled`);
}
