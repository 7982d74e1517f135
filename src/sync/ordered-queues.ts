import { requireFunction } from "../core/arguments.ts";
import { ascending } from "./ascending.ts";
import { Heap } from "./heap.ts";
import { Stack } from "./queue-storage.ts";
import { Queue } from "./queue.ts";

/**
 * A queue that gives the newest item first.
 *
 * @param maxsize - as for {@link Queue}
 * @example
 * const queue = new LifoQueue<number>();
 * for (const n of [1, 2, 3]) queue.putNowait(n);
 * console.log(queue.getNowait()); // => 3
 *
 * Python: `asyncio.LifoQueue`.
 */
export class LifoQueue<T> extends Queue<T> {
  constructor(maxsize = 0) {
    super(maxsize, { storage: new Stack<T>() });
  }
}

export interface PriorityQueueOptions<T> {
  /** Negative when `a` is to come before `b`. */
  readonly compare?: (a: T, b: T) => number;
}

/**
 * A queue that gives the least item first. Of items that compare as equal, either may be first.
 *
 * Without `compare` it orders numbers, strings, dates, and arrays of them element by element, as Python does tuples; other items
 * are refused by `put` with a TypeError `GYRE_INVALID_ARGUMENT`.
 *
 * @param maxsize - as for {@link Queue}
 * @param options.compare - the order of the items
 * @example
 * const queue = new PriorityQueue<[number, string]>();
 * queue.putNowait([2, "later"]);
 * queue.putNowait([1, "now"]);
 * console.log(queue.getNowait()[1]); // => now
 *
 * Python: `asyncio.PriorityQueue`, which orders with `<`.
 */
export class PriorityQueue<T> extends Queue<T> {
  constructor(maxsize = 0, options: PriorityQueueOptions<T> = {}) {
    const { compare = ascending } = options;
    requireFunction(compare, "new PriorityQueue(maxsize, { compare })");
    super(maxsize, { storage: new Heap<T>(compare) });
  }
}
