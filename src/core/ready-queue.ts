import type { Future } from "./future.ts";
import type { Task } from "./task.ts";

/**
 * A unit of work for the loop. `run` must not throw.
 */
export interface Ready {
  /** Entries of one lane keep their order in every schedule. */
  readonly lane?: object;
  run(): void;
  /** What debug mode calls it. */
  toString(): string;
  /** For reports: the task that it starts or lets go on. */
  forTask?(): Task<unknown> | null;
  /** For reports: the future that it settles, or reacts to. */
  forFuture?(): Future<unknown>;
}

/** What waits to be run. The order is first in, first out, unless a driver brings another that breaks no promise. */
export interface ReadyEntries {
  readonly length: number;
  push(entry: Ready): void;
  /** What `shift` will give. */
  peek(): Ready | undefined;
  shift(): Ready | undefined;
  clear(): void;
}

const INITIAL_CAPACITY = 16; // a power of two, so that positions wrap with a mask
const KEPT_CAPACITY = 4096; // a ring that grew beyond this is given back when it runs empty

/** First in, first out, without moving elements: a ring that doubles when it is full. */
export class ReadyQueue implements ReadyEntries {
  #ring: (Ready | undefined)[] = new Array<Ready | undefined>(INITIAL_CAPACITY).fill(undefined);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(entry: Ready): void {
    if (this.#length === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#length) & (this.#ring.length - 1)] = entry;
    this.#length++;
  }

  peek(): Ready | undefined {
    return this.#ring[this.#head];
  }

  shift(): Ready | undefined {
    const entry = this.#ring[this.#head];
    if (entry === undefined) return undefined;
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#length--;
    if (this.#length === 0 && this.#ring.length > KEPT_CAPACITY) this.clear();
    return entry;
  }

  clear(): void {
    this.#ring = new Array<Ready | undefined>(INITIAL_CAPACITY).fill(undefined);
    this.#head = 0;
    this.#length = 0;
  }

  #grow(): void {
    const capacity = this.#ring.length;
    const ring = new Array<Ready | undefined>(capacity * 2).fill(undefined);
    for (let i = 0; i < this.#length; i++) ring[i] = this.#ring[(this.#head + i) & (capacity - 1)];
    this.#ring = ring;
    this.#head = 0;
  }
}
