import type { QueueStorage } from "./queue-storage.ts";

/** Negative when `a` comes before `b`. */
export type Compare<T> = (a: T, b: T) => number;

/**
 * The least item first: a binary heap. All comparisons come before the first change, so that a `compare` that throws loses nothing.
 * Items that compare as equal come in the same order as from Python's `heapq`.
 */
export class Heap<T> implements QueueStorage<T> {
  readonly #items: T[] = [];
  readonly #compare: Compare<T>;

  constructor(compare: Compare<T>) {
    this.#compare = compare;
  }

  get length(): number {
    return this.#items.length;
  }

  add(item: T): void {
    const items = this.#items;
    let place = items.length;
    while (place > 0 && this.#isBefore(item, items[parentOf(place)] as T)) place = parentOf(place);
    for (let i = items.length; i > place; i = parentOf(i)) items[i] = items[parentOf(i)] as T;
    items[place] = item;
  }

  /** The gap at the top sinks to the bottom, always to the lesser child; the last item fills it and rises to its place. */
  take(): T {
    const items = this.#items;
    const end = items.length - 1;
    const last = items[end] as T;
    let place = this.#bottomOfLeastPath(end);
    while (place > 0 && this.#isBefore(last, items[place] as T)) place = parentOf(place);
    let item = last;
    for (let i = place; i > 0; i = parentOf(i)) [item, items[i]] = [items[i] as T, item];
    [item, items[0]] = [items[0] as T, item];
    items.length = end;
    return item;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#items.values();
  }

  #bottomOfLeastPath(end: number): number {
    const items = this.#items;
    let place = 0;
    for (let child = 1; child < end; child = 2 * place + 1) {
      const right = child + 1;
      const rightIsLess = right < end && !this.#isBefore(items[child] as T, items[right] as T);
      place = rightIsLess ? right : child;
    }
    return place;
  }

  #isBefore(a: T, b: T): boolean {
    return this.#compare(a, b) < 0;
  }
}

function parentOf(place: number): number {
  return (place - 1) >> 1;
}
