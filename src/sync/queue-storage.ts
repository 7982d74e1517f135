/** Where a queue keeps its items, which decides the order in which it gives them. */

import { describe } from "../core/arguments.ts";
import { ArgumentTypeError } from "../core/errors.ts";
import { brief } from "../core/inspect.ts";

/** What {@link Queue} asks of its storage: write one to make a queue with an order of its own. */
export interface QueueStorage<T> extends Iterable<T> {
  readonly length: number;
  add(item: T): void;
  /** Removes the item that is next; only called when there is one. */
  take(): T;
}

const MOST_SHOWN = 10; // items
const INITIAL_CAPACITY = 8; // a power of two, so that positions wrap with a mask
const KEPT_CAPACITY = 4096; // a ring that grew beyond this is given back when it runs empty

/** First in, first out: a ring that doubles when it is full, so that nothing is moved. */
export class Fifo<T> implements QueueStorage<T> {
  #ring: (T | undefined)[] = ring(INITIAL_CAPACITY);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(item: T): void {
    if (this.#length === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#length++) & (this.#ring.length - 1)] = item;
  }

  take(): T {
    const item = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#length--;
    if (this.#length === 0 && this.#ring.length > KEPT_CAPACITY) this.#ring = ring(INITIAL_CAPACITY);
    return item as T; // which may be undefined itself, so that only the length can tell
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let i = 0; i < this.#length; i++) yield this.#ring[(this.#head + i) & (this.#ring.length - 1)] as T;
  }

  #grow(): void {
    const items = [...this];
    this.#ring = ring(this.#ring.length * 2);
    for (const [index, item] of items.entries()) this.#ring[index] = item;
    this.#head = 0;
  }
}

function ring<T>(capacity: number): (T | undefined)[] {
  return new Array<T | undefined>(capacity).fill(undefined);
}

/** Last in, first out. */
export class Stack<T> implements QueueStorage<T> {
  readonly #items: T[] = [];

  get length(): number {
    return this.#items.length;
  }

  add(item: T): void {
    this.#items.push(item);
  }

  take(): T {
    return this.#items.pop() as T;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#items.values();
  }
}

export function requireStorage(value: unknown, where: string): asserts value is QueueStorage<unknown> {
  const { add, take, length } = Object(value) as Partial<QueueStorage<unknown>>;
  if (typeof add === "function" && typeof take === "function" && typeof length === "number") return;
  throw new ArgumentTypeError(
    `${where} expects a storage with length, add(item), take() and an iterator, but got ${describe(value)}.`,
  );
}

/** The first items, for logs. */
export function showItems(storage: QueueStorage<unknown>): string {
  const shown: string[] = [];
  for (const item of storage) {
    if (shown.length === MOST_SHOWN) break;
    shown.push(brief(item));
  }
  const more = storage.length - shown.length;
  return [...shown, ...(more > 0 ? [`<${more} more>`] : [])].join(", ");
}
