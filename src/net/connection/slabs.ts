import { markAsUntransferable } from "node:worker_threads";
import { noteOutsideMemory } from "./outside-memory.ts";

const SIZE = 131_072; // bytes that pieces share. Who keeps one keeps them all, only up to so much:
export const LARGEST_PIECE = SIZE / 4;
const ALIGNMENT = 8;

/** Memory to be cut up. */
export interface Slab {
  readonly bytes: Buffer;
}

export interface Piece<S extends Slab> {
  readonly slab: S;
  /** Where it begins. */
  readonly start: number;
}

/** Cuts pieces off one slab after another. A piece belongs to whoever is given it, and is never used again. */
export class Slabs<S extends Slab> {
  readonly #make: (size: number) => S;
  #current: S | null = null;
  #used = 0;

  constructor(make: (size: number) => S) {
    this.#make = make;
  }

  /** @param size - of the piece, at most `LARGEST_PIECE` */
  cut(size: number): Piece<S> {
    const slab = this.#withRoom(size);
    const start = this.#used;
    this.#used = Math.ceil((start + size) / ALIGNMENT) * ALIGNMENT;
    return { slab, start };
  }

  #withRoom(size: number): S {
    // one that somebody has detached has no bytes any more
    if (this.#current !== null && this.#used + size <= this.#current.bytes.length) return this.#current;
    this.#current = this.#make(SIZE);
    this.#used = 0;
    markAsUntransferable(this.#current.bytes.buffer); // else one piece could take the others with it to another thread
    noteOutsideMemory(SIZE);
    return this.#current;
  }
}
