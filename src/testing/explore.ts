import { describe, requireCoroutine, requireFunction } from "../core/arguments.ts";
import { ArgumentRangeError, LivelockError } from "../core/errors.ts";
import type { Coroutine } from "../core/task.ts";
import type { SimulatedNetwork } from "../loops/virtual/network/network.ts";
import { Schedule } from "../loops/virtual/schedule.ts";
import { attempt, type AttemptOptions, type Failure } from "./attempt.ts";
import { describeDeviations, type Deviation, replay } from "./deviations.ts";
import { shrink } from "./shrink.ts";

const RUNS = 1000;
const STEPS = 100_000;
const CHANGES = [0, 1, 2, 3]; // of priority, taken in turn

export interface ExploreOptions {
  /** How many schedules are tried; 1,000 by default, `Infinity` with `stopAfter`. */
  readonly runs?: number;
  /** Determines all of them; 0 by default. */
  readonly seed?: number | string;
  /** In real milliseconds: no further run is begun after that. */
  readonly stopAfter?: number;
  /** A run that takes more steps counts as endless; 100,000 by default. */
  readonly maxSteps?: number;
  /** Whether main has to return the same in each order (as `isDeepStrictEqual` sees it); false by default. */
  readonly sameResult?: boolean;
  /** Tries only this one, as an earlier error printed it. */
  readonly schedule?: readonly number[];
  /** Is called after each run that found nothing, with how many there were: for a sign of life. */
  readonly onProgress?: (runs: number) => void;
  /** Makes the network of a run; one with ordinary conditions by default. What it draws differs from run to run. */
  readonly network?: () => SimulatedNetwork;
}

export interface Exploration {
  readonly runs: number;
  /** How many of the runs differed from each other in their order. */
  readonly distinct: number;
}

/** A schedule was found under which the program fails. `cause` is what it failed with, with its own stack. */
export class ExplorationError extends Error {
  override readonly name = "ExplorationError";
  readonly code = "GYRE_EXPLORATION";
  /** The seed of the exploration. */
  readonly seed: number | string;
  /** Which run found it, from 1. */
  readonly run: number;
  /** What the network drew from in that run: the seed for a replay. */
  readonly networkSeed: number | string;
  /** For `runVirtual(main, { schedule })`, or `explore(main, { schedule })` where main itself does not fail. */
  readonly schedule: readonly number[];
  /** The same in words. */
  readonly deviations: readonly Deviation[];

  constructor(
    message: string,
    details: Pick<ExplorationError, "seed" | "run" | "networkSeed" | "schedule" | "deviations" | "cause">,
  ) {
    super(message, { cause: details.cause });
    this.seed = details.seed;
    this.run = details.run;
    this.networkSeed = details.networkSeed;
    this.schedule = details.schedule;
    this.deviations = details.deviations;
  }
}

/**
 * Runs a program under many schedules, and fails with the shortest that it finds to break it. A program is broken when it throws,
 * when all its tasks wait for each other, when it never ends, when tasks are left at its end, or when something was reported to
 * the exception handler.
 *
 * @param main - the program; called anew for every run, so that it must make its own state
 * @throws ExplorationError `GYRE_EXPLORATION` - with the seed, the schedule, and the line that replays it
 * @throws RangeError `GYRE_OUT_OF_RANGE` - an option that is not a positive number
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
 *
 * Python: none.
 */
export async function explore(main: Coroutine<unknown>, options: ExploreOptions = {}): Promise<Exploration> {
  requireCoroutine(main, "explore(main)");
  const { stopAfter = Number.POSITIVE_INFINITY, maxSteps = STEPS } = options;
  const { runs = options.stopAfter === undefined ? RUNS : Number.POSITIVE_INFINITY } = options;
  if (options.network !== undefined)
    requireFunction(options.network, "explore(main, { network })", "It makes a network for each run.");
  requirePositive({ runs, maxSteps, stopAfter });
  return new Explorer(main, { ...options, runs, maxSteps, stopAfter }).explore();
}

type Limits = Required<Pick<ExploreOptions, "runs" | "maxSteps" | "stopAfter">>;

class Explorer {
  readonly #main: Coroutine<unknown>;
  readonly #options: ExploreOptions & Limits;
  readonly #seed: number | string;
  #attemptOptions: AttemptOptions;
  /** The most choices that a run has had: over so many, changes of priority are spread. */
  #length = 0;

  constructor(main: Coroutine<unknown>, options: ExploreOptions & Limits) {
    this.#main = main;
    this.#options = options;
    this.#seed = options.seed ?? 0;
    const { maxSteps, network } = options;
    this.#attemptOptions = { maxSteps, network, networkSeed: this.#seed };
  }

  async explore(): Promise<Exploration> {
    const { runs, stopAfter, schedule: given, onProgress } = this.#options;
    const end = performance.now() + stopAfter;
    const seen = new Set<string>();
    const last = given === undefined ? runs : 2;
    let run = 0;
    while (run < last && (run === 0 || performance.now() < end)) {
      const schedule = given !== undefined && run > 0 ? Schedule.replay(given) : this.#scheduleOf(run);
      if (given === undefined)
        this.#attemptOptions = { ...this.#attemptOptions, networkSeed: `${this.#seed}/${run}` };
      run++;
      await this.#attempt(schedule, run);
      seen.add(schedule.choices.join());
      this.#length = Math.max(this.#length, schedule.choices.length);
      onProgress?.(run);
    }
    return { runs: run, distinct: seen.size };
  }

  /** The ordinary order first; then single draws and priorities in turn, since each finds what the other hardly does. */
  #scheduleOf(run: number): Schedule {
    if (run === 0) return Schedule.inOrder();
    const seed = `${this.#seed}/${run}`;
    if (run % 2 === 1) return Schedule.seeded(seed);
    const changes = CHANGES[(run / 2) % CHANGES.length] ?? 0;
    return Schedule.byPriority(seed, { changes, length: this.#length });
  }

  async #attempt(schedule: Schedule, run: number): Promise<void> {
    const { failure, result } = await attempt(this.#main, schedule, this.#attemptOptions);
    if (failure !== null) throw await this.#describe(failure, run);
    if (run === 1 && this.#options.sameResult === true)
      this.#attemptOptions = { ...this.#attemptOptions, expected: { result } };
  }

  async #describe(found: Failure, run: number): Promise<ExplorationError> {
    const failure = await shrink(this.#main, found, this.#attemptOptions);
    const seen = await replay(this.#main, failure, this.#attemptOptions);
    const { error, choices: schedule } = failure;
    const { deviations } = seen;
    const message = [
      `Run ${run} of explore(${this.#name}, { seed: ${JSON.stringify(this.#seed)} }) broke the program:`,
      describeError(seen.error).replace(/^/gm, "  "),
      deviations.length === 0 ? "It fails in the ordinary order." : "It leaves the ordinary order here:",
      ...describeDeviations(deviations).map((line) => `  ${line}`),
      `Replay it with ${this.#replayLine(failure)}`,
    ].join("\n");
    const { networkSeed } = this.#attemptOptions;
    const where = { seed: this.#seed, run, networkSeed };
    return new ExplorationError(message, { ...where, schedule, deviations, cause: error });
  }

  get #name(): string {
    return this.#main.name === "" ? "main" : this.#main.name;
  }

  /** What happens around main only `explore` looks at. */
  #replayLine({ error, inMain, choices, drew }: Failure): string {
    const options = [`schedule: [${choices.join(", ")}]`];
    if (drew) options.push(`seed: ${JSON.stringify(this.#attemptOptions.networkSeed)}`);
    if (this.#options.network !== undefined) options.push("network");
    if (error instanceof LivelockError || this.#options.maxSteps !== STEPS)
      options.push(`maxSteps: ${this.#options.maxSteps}`);
    if (!inMain && this.#options.sameResult === true) options.push("sameResult: true");
    return `${inMain ? "runVirtual" : "explore"}(${this.#name}, { ${options.join(", ")} })`;
  }
}

/** Those in a group as well, which says how many they are and not what. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = `${error.name}: ${error.message}`;
  if (!("errors" in error) || !Array.isArray(error.errors)) return text;
  return [text, ...error.errors.map((one) => describeError(one).replace(/^/gm, "  "))].join("\n");
}

function requirePositive(options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (
      typeof value === "number" &&
      value >= 1 &&
      (Number.isInteger(value) || name === "stopAfter" || value === Number.POSITIVE_INFINITY)
    )
      continue;
    throw new ArgumentRangeError(
      `explore(main, { ${name} }): ${name} must be 1 or more, but it is ${describe(value)}.`,
    );
  }
}
