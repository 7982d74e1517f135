import type { Coroutine } from "../core/task.ts";
import { Schedule } from "../loops/virtual/schedule.ts";
import { attempt, type AttemptOptions, type Failure } from "./attempt.ts";
import { kindOf } from "./deviations.ts";

const MOST_ATTEMPTS = 500;

/** Looks for a simpler schedule that fails as well: shorter, and with more steps in their ordinary order. */
export async function shrink(
  main: Coroutine<unknown>,
  failure: Failure,
  options: AttemptOptions,
): Promise<Failure> {
  const shrinker = new Shrinker(main, failure, options);
  await shrinker.run();
  return shrinker.best;
}

type Edit = (choices: readonly number[], start: number, size: number) => number[];

class Shrinker {
  readonly #main: Coroutine<unknown>;
  readonly #options: AttemptOptions;
  #best: Failure;
  #attempts = 0;

  constructor(main: Coroutine<unknown>, failure: Failure, options: AttemptOptions) {
    this.#main = main;
    this.#options = options;
    this.#best = { ...failure, choices: withoutTail(failure.choices) };
  }

  get best(): Failure {
    return this.#best;
  }

  /** Until nothing gets simpler: leaving choices out moves the later ones, so that an earlier edit may succeed now. */
  async run(): Promise<void> {
    let before: readonly number[];
    do {
      before = this.#best.choices;
      await this.#pass(straighten);
      await this.#pass(leaveOut);
      await this.#pass(lower, 1);
    } while (this.#best.choices !== before && this.#attempts < MOST_ATTEMPTS);
  }

  /** Edits so many choices at a time, fewer and fewer, and keeps each edit after which the program still fails in the same way. */
  async #pass(edit: Edit, largest = this.#best.choices.length): Promise<void> {
    for (let size = largest; size >= 1; size = Math.floor(size / 2)) {
      let start = 0;
      while (start < this.#best.choices.length) {
        const kept = await this.#try(edit(this.#best.choices, start, size));
        if (!kept || edit !== leaveOut) start += size;
      }
    }
  }

  async #try(edited: readonly number[]): Promise<boolean> {
    const choices = withoutTail(edited);
    if (!isSimpler(choices, this.#best.choices) || this.#attempts++ >= MOST_ATTEMPTS) return false;
    const { failure } = await attempt(this.#main, Schedule.replay(choices), this.#options);
    if (failure === null || kindOf(failure.error) !== kindOf(this.#best.error)) return false; // another find
    const made = withoutTail(failure.choices);
    if (!isSimpler(made, this.#best.choices)) return false;
    this.#best = { ...failure, choices: made };
    return true;
  }
}

/** Fewer steps out of order; else smaller choices, or the same after fewer. */
function isSimpler(choices: readonly number[], than: readonly number[]): boolean {
  return ranks(choices).reduce((sign, rank, index) => sign || rank - (ranks(than)[index] ?? 0), 0) < 0;
}

function ranks(choices: readonly number[]): number[] {
  const unusual = choices.filter((choice) => choice !== 0);
  return [unusual.length, unusual.reduce((sum, choice) => sum + choice, 0), choices.length];
}

const straighten: Edit = (choices, start, size) =>
  choices.map((choice, index) => (index >= start && index < start + size ? 0 : choice));

const leaveOut: Edit = (choices, start, size) => choices.toSpliced(start, size);

const lower: Edit = (choices, start) =>
  choices.map((choice, index) => (index === start && choice > 1 ? 1 : choice));

/** Choices that are missing count as 0. */
function withoutTail(choices: readonly number[]): readonly number[] {
  return choices.slice(0, choices.findLastIndex((choice) => choice !== 0) + 1);
}
