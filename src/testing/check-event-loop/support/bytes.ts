/** Bytes that tell a loss, a repetition or a change of order, and pieces of random sizes. The same on each run. */

const MULTIPLIER = 1_664_525; // a linear congruential generator, by Numerical Recipes
const INCREMENT = 1_013_904_223;

export class Numbers {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to just below `limit`. */
  below(limit: number): number {
    this.#state = (Math.imul(this.#state, MULTIPLIER) + INCREMENT) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }
}

export function patterned(length: number, seed = 1): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let state = seed >>> 0;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, MULTIPLIER) + INCREMENT) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** Most pieces are small, some are large. */
export function pieces(bytes: Buffer, seed: number): Buffer[] {
  const numbers = new Numbers(seed);
  const cut: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const size = 1 + numbers.below(10 ** (1 + numbers.below(6)));
    cut.push(bytes.subarray(start, start + size));
    start += size;
  }
  return cut;
}
