import { describe, requireFunction } from "../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError, RuntimeError } from "../core/errors.ts";
import { futureInternals } from "../core/future-internals.ts";
import { Future } from "../core/future.ts";
import { inspectSymbol } from "../core/inspect.ts";
import type { Awaitable } from "../core/task.ts";

/** A block of the sequence failed or was cancelled, so that the order of the others means nothing any more. */
export class BrokenSequenceError extends Error {
  override readonly name = "BrokenSequenceError";
  readonly code = "GYRE_BROKEN_SEQUENCE";
}

/**
 * Lets blocks of several tasks run in an order that the test names: position 0 first, and each other one when the one before has
 * ended.
 *
 * @example
 * const sequence = new Sequencer();
 * await gather([
 *   () => sequence.at(1, () => console.log("second")),
 *   async () => {
 *     await sequence.at(0, () => console.log("first"));
 *     await sequence.at(2, () => console.log("third"));
 *   },
 * ]);
 *
 * trio: `trio.testing.Sequencer`, whose `async with` block is `block` here.
 */
export class Sequencer {
  readonly #claimed = new Set<number>();
  readonly #waiting = new Map<number, Future<void>>();
  /** The position that may run. */
  #next = 0;
  #broken: { readonly position: number; readonly reason: unknown } | null = null;

  /**
   * Waits until the block at `position - 1` has ended, and runs this one.
   *
   * @param position - a whole number from 0 on; each is there once
   * @param block - what to run; without it the sequence only passes this point
   * @returns what `block` returns
   * @throws RuntimeError `GYRE_INVALID_STATE` - the position was taken before
   * @throws BrokenSequenceError `GYRE_BROKEN_SEQUENCE` - another block failed, or was cancelled; `cause` says how
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
   *
   * Cancel safety: the cancellation passes, and breaks the sequence for the others, who could only wait for ever.
   */
  at(position: number): Promise<void>;
  at<T>(position: number, block: () => Awaitable<T>): Promise<T>;
  at<T>(position: number, block?: () => Awaitable<T>): Promise<T | undefined> {
    requirePosition(position);
    if (block !== undefined)
      requireFunction(block, "sequence.at(position, block)", "It runs when its turn has come.");
    return this.#at(position, block);
  }

  toString(): string {
    const state = this.#broken === null ? `at ${this.#next}` : `broken at ${this.#broken.position}`;
    const waiting = [...this.#waiting.keys()].toSorted((a, b) => a - b).join(", ");
    return `<Sequencer [${state}${waiting === "" ? "" : `, waiting: ${waiting}`}]>`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }

  async #at<T>(position: number, block?: () => Awaitable<T>): Promise<T | undefined> {
    this.#claim(position);
    try {
      await this.#turn(position);
      const result = await block?.();
      this.#pass(position);
      return result;
    } catch (error) {
      this.#break(position, error);
      throw error;
    }
  }

  #claim(position: number): void {
    if (this.#claimed.has(position))
      throw new RuntimeError(
        "GYRE_INVALID_STATE",
        `Position ${position} of the sequence was taken before. Each position is there once.`,
      );
    this.#claimed.add(position);
  }

  async #turn(position: number): Promise<void> {
    if (this.#broken !== null) throw this.#brokenError();
    if (position === this.#next) return;
    const turn = new Future<void>();
    this.#waiting.set(position, turn);
    try {
      await turn;
    } finally {
      this.#waiting.delete(position);
    }
    if (this.#broken !== null) throw this.#brokenError(); // it broke between the call and the turn
  }

  #pass(position: number): void {
    if (this.#broken !== null) return;
    this.#next = position + 1;
    wake(this.#waiting.get(this.#next));
  }

  #break(position: number, reason: unknown): void {
    if (this.#broken !== null) return;
    this.#broken = { position, reason };
    for (const turn of this.#waiting.values()) wake(turn);
  }

  #brokenError(): BrokenSequenceError {
    const { position, reason } = this.#broken ?? { position: this.#next, reason: undefined };
    return new BrokenSequenceError(
      `The sequence is broken: its block at position ${position} ended with ${String(reason)}.`,
      { cause: reason },
    );
  }
}

function wake(turn: Future<void> | undefined): void {
  if (turn !== undefined && !turn.done()) futureInternals.settleValue(turn, undefined);
}

function requirePosition(position: unknown): void {
  if (typeof position === "number" && Number.isInteger(position) && position >= 0) return;
  const problem = `sequence.at(position, block): position must be a whole number from 0 on, but it is ${describe(position)}.`;
  throw typeof position === "number" ? new ArgumentRangeError(problem) : new ArgumentTypeError(problem);
}
