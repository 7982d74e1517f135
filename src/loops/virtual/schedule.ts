import { Random } from "./random.ts";

/**
 * Where several things may come next, says which. The choices are kept, so that they can be shown, replayed and shortened; a
 * choice of 0 is what would have come without any choosing.
 */
export class Schedule {
  readonly choices: number[] = [];
  readonly #choose: (count: number, index: number) => number;

  private constructor(choose: (count: number, index: number) => number) {
    this.#choose = choose;
  }

  /** First in, first out: CPython's own order. */
  static inOrder(): Schedule {
    return new Schedule(() => 0);
  }

  static seeded(seed: number | string): Schedule {
    const random = new Random(seed);
    return new Schedule((count) => random.below(count));
  }

  /** The choices of an earlier run, and no further ones. */
  static replay(choices: readonly number[]): Schedule {
    return new Schedule((count, index) => Math.min(choices[index] ?? 0, count - 1));
  }

  /** Which of `count` things is next; asked only where there are several. */
  choose(count: number): number {
    const choice = this.#choose(count, this.choices.length);
    this.choices.push(choice);
    return choice;
  }
}
