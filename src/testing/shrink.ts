import type { Coroutine } from "../core/task.ts";
import { Schedule } from "../loops/virtual/schedule.ts";
import { attempt, type Failure } from "./attempt.ts";

const MOST_ATTEMPTS = 200;

/** Looks for a simpler schedule that fails as well: shorter, and with more steps in their ordinary order. */
export async function shrink(main: Coroutine<unknown>, failure: Failure): Promise<Failure> {
  const shrinker = new Shrinker(main, failure);
  for (let size = Math.ceil(failure.choices.length / 2); size > 1; size = Math.ceil(size / 2))
    await shrinker.straighten(size);
  await shrinker.straighten(1);
  return shrinker.best;
}

class Shrinker {
  readonly #main: Coroutine<unknown>;
  #best: Failure;
  #attempts = 0;

  constructor(main: Coroutine<unknown>, { error, choices }: Failure) {
    this.#main = main;
    this.#best = { error, choices: withoutTail(choices) };
  }

  get best(): Failure {
    return this.#best;
  }

  /** Puts so many steps at a time into their ordinary order, wherever the program still fails in the same way. */
  async straighten(size: number): Promise<void> {
    for (let start = 0; start < this.#best.choices.length; start += size) {
      if (this.#best.choices.slice(start, start + size).every((choice) => choice === 0)) continue;
      if (this.#attempts++ >= MOST_ATTEMPTS) return;
      await this.#try(withZeros(this.#best.choices, start, size));
    }
  }

  async #try(choices: readonly number[]): Promise<void> {
    const found = await attempt(this.#main, Schedule.replay(choices));
    if (found === null || nameOf(found.error) !== nameOf(this.#best.error)) return; // another failure would be another find
    this.#best = { error: found.error, choices: withoutTail(choices) };
  }
}

/** Choices that are missing count as 0. */
function withoutTail(choices: readonly number[]): readonly number[] {
  return choices.slice(0, choices.findLastIndex((choice) => choice !== 0) + 1);
}

function withZeros(choices: readonly number[], start: number, count: number): number[] {
  return choices.map((choice, index) => (index >= start && index < start + count ? 0 : choice));
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
