/** Random numbers that a seed determines, the same on every host: sfc32 (Chris Doty-Humphrey's PractRand). */
export class Random {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  /** @param seed - any integer or text */
  constructor(seed: number | string) {
    for (const character of String(seed)) {
      this.#a = (Math.imul(this.#a ^ character.charCodeAt(0), 0x01000193) + 0x9e3779b9) | 0;
    }
    for (let round = 0; round < 12; round++) this.#next(); // so that neighbouring seeds part
  }

  /** From 0 to just below 1. */
  fraction(): number {
    return (this.#next() >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 to just below `limit`. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  #next(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + result;
    return result;
  }
}
