import { describe, requireCoroutine } from "../core/arguments.ts";
import { ArgumentRangeError } from "../core/errors.ts";
import type { Coroutine } from "../core/task.ts";
import { Schedule } from "../loops/virtual/schedule.ts";
import { attempt, type Failure } from "./attempt.ts";
import { shrink } from "./shrink.ts";

const RUNS = 1000;

export interface ExploreOptions {
  /** How many schedules are tried; 1,000 by default. */
  readonly runs?: number;
  /** Determines all of them; 0 by default. */
  readonly seed?: number | string;
}

export interface Exploration {
  readonly runs: number;
  /** How many of the runs differed from each other in their order. */
  readonly distinct: number;
}

/** A schedule was found under which the program fails. `cause` is what it failed with. */
export class ExplorationError extends Error {
  override readonly name = "ExplorationError";
  readonly code = "GYRE_EXPLORATION";
  readonly seed: number | string;
  /** For `runVirtual(main, { schedule })`. */
  readonly schedule: readonly number[];

  constructor(message: string, seed: number | string, { error, choices }: Failure) {
    super(message, { cause: error });
    this.seed = seed;
    this.schedule = choices;
  }
}

/**
 * Runs a program under many schedules, and fails with the shortest that it finds to break it. A program is broken when it throws,
 * when all its tasks wait for each other, when tasks are left at its end, or when something was reported to the exception handler.
 *
 * @param main - the program; called anew for every run, so that it must make its own state
 * @throws ExplorationError `GYRE_EXPLORATION` - with the seed, the schedule, and the line that replays it
 * @example
 * await explore(async () => {
 *   let balance = 10;
 *   const withdraw = async () => {
 *     if (balance < 10) return;
 *     await checkpoint();
 *     balance -= 10;
 *   };
 *   await gather([withdraw, withdraw]);
 *   if (balance < 0) throw new Error("overdrawn");
 * }).catch((error) => console.log(error.cause.message)); // => overdrawn
 */
export async function explore(
  main: Coroutine<unknown>,
  { runs = RUNS, seed = 0 }: ExploreOptions = {},
): Promise<Exploration> {
  requireCoroutine(main, "explore(main)");
  if (!Number.isInteger(runs) || runs < 1)
    throw new ArgumentRangeError(
      `explore(main, { runs }): runs must be 1 or more, but it is ${describe(runs)}.`,
    );
  const seen = new Set<string>();
  for (let index = 0; index < runs; index++) {
    const runSeed = `${seed}/${index}`;
    const schedule = index === 0 ? Schedule.inOrder() : Schedule.seeded(runSeed);
    const failure = await attempt(main, schedule);
    if (failure !== null) throw await describeFailure(main, runSeed, index, failure);
    seen.add(schedule.choices.join());
  }
  return { runs, distinct: seen.size };
}

async function describeFailure(
  main: Coroutine<unknown>,
  seed: string,
  index: number,
  found: Failure,
): Promise<ExplorationError> {
  const failure = await shrink(main, found);
  const text =
    failure.error instanceof Error
      ? `${failure.error.name}: ${failure.error.message}`
      : String(failure.error);
  const message = [
    `Run ${index + 1} broke the program (seed ${JSON.stringify(seed)}):`,
    text.replace(/^/gm, "  "),
    `Replay it with runVirtual(main, { schedule: [${failure.choices.join(", ")}] })`,
  ].join("\n");
  return new ExplorationError(message, seed, failure);
}
