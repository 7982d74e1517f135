/** What the jobs of all subjects share; cpython.py repeats it. */
import { settled } from "../lib/bare.ts";
import { Turns } from "../lib/jobs.ts";

/** Tasks that want the same lock. */
export const CONTENDERS = 10;

/** How many of the short jobs may run at once. */
export const LIMIT = 10;

/** What a lock protects. Counts the visits of those who come strictly in turn; two at a time are an error. */
export class Section {
  readonly #turns = new Turns();
  #occupied = false;

  get visits(): number {
    return this.#turns.changes;
  }

  /** Stays for a microtask, so that the others have to wait. */
  async visit(who: number): Promise<void> {
    if (this.#occupied) throw new Error("two at a time");
    this.#occupied = true;
    this.#turns.take(who);
    await settled;
    this.#occupied = false;
  }
}

/** The short jobs: each suspends once. */
export class Crowd {
  #inside = 0;
  #most = 0;

  /** The sum of what the jobs gave, if the limit was kept and used up. */
  evidence(results: readonly number[]): number {
    return this.#most === LIMIT ? total(results) : -this.#most;
  }

  async work(i: number): Promise<number> {
    this.#most = Math.max(this.#most, ++this.#inside);
    await settled;
    this.#inside--;
    return i;
  }
}

export function total(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** 0, 1, … */
export function numbersBelow(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
