import type { Ready } from "../../core/ready-queue.ts";
import { byPriority, type PriorityOptions } from "./priorities.ts";
import { Random } from "./random.ts";

/** Says which of the entries is next; `index` counts its earlier choices. 0 is what would have come without any choosing. */
export type Strategy = (entries: readonly Ready[], index: number) => number;

/** A choice that differs from the ordinary order. */
export interface OutOfOrder {
  /** The number of the step, from 1. */
  readonly step: number;
  readonly ran: Ready;
  /** What would have run. */
  readonly before: Ready;
}

/** Where several things may come next, says which. The choices are kept, so that they can be shown, replayed and shortened. */
export class Schedule {
  readonly choices: number[] = [];
  /** Is told of each choice but the ordinary one, before it runs. */
  onOutOfOrder: ((choice: OutOfOrder) => void) | null = null;
  /** Is told of each step before it runs. */
  onStep: ((entry: Ready) => void) | null = null;
  readonly #strategy: Strategy;

  private constructor(strategy: Strategy) {
    this.#strategy = strategy;
  }

  /** First in, first out: CPython's own order. */
  static inOrder(): Schedule {
    return new Schedule(() => 0);
  }

  /** Each choice for itself. */
  static seeded(seed: number | string): Schedule {
    const random = new Random(seed);
    return new Schedule((entries) => random.below(entries.length));
  }

  /** The task with the highest priority goes on, for as long as it can. */
  static byPriority(seed: number | string, options: PriorityOptions): Schedule {
    return new Schedule(byPriority(seed, options));
  }

  /** The choices of an earlier run, and no further ones. */
  static replay(choices: readonly number[]): Schedule {
    return new Schedule((entries, index) => Math.min(choices[index] ?? 0, entries.length - 1));
  }

  /** Which of the entries is next; asked only where there are several. */
  choose(entries: readonly Ready[], step: number): number {
    const choice = this.#strategy(entries, this.choices.length);
    this.choices.push(choice);
    const [before] = entries;
    const ran = entries[choice];
    if (choice !== 0 && ran !== undefined && before !== undefined) this.onOutOfOrder?.({ step, ran, before });
    return choice;
  }
}
