import { RuntimeError } from "../core/errors.ts";
import { type Gate, Line } from "./line.ts";
import type { Primitive } from "./primitive.ts";

/** Counts the items that were put into a queue and whose work is not done, and those who wait for none to be left. */
export class UnfinishedWork {
  readonly #owner: Primitive;
  #line: Line | null = null;
  #count = 0;

  constructor(owner: Primitive) {
    this.#owner = owner;
  }

  get count(): number {
    return this.#count;
  }

  add(): void {
    this.#count++;
  }

  /** @throws RuntimeError `GYRE_TASK_DONE_TOO_OFTEN` - there is none */
  done(): void {
    if (this.#count === 0) {
      throw new RuntimeError(
        "GYRE_TASK_DONE_TOO_OFTEN",
        "taskDone() was called more often than items were put into the queue. Call it once for each item that get() gave.",
      );
    }
    this.drop(1);
  }

  /** Those who wait are woken when none is left, even if there is work again by the time they go on. */
  drop(count: number): void {
    this.#count = Math.max(0, this.#count - count); // work may be reported as done before its item is taken
    if (this.#count === 0) this.#line?.grantAll();
  }

  join(): Promise<void> {
    if (this.#count === 0) return done;
    this.#line ??= new Line(this.#owner, "the end of the work of");
    return this.#line.wait(gate);
  }
}

const done: Promise<void> = Promise.resolve();

const gate: Gate<void> = {
  admit: () => undefined,
  dismiss: (error) => {
    throw error;
  },
};
