import type { Ready } from "./ready-queue.ts";

/** What becomes ready at a moment. */
export interface Timer extends Ready {
  /** The moment on the loop's clock, in milliseconds. */
  readonly deadline: number;
  /** Makes equal deadlines first in, first out (asyncio leaves their order undefined); {@link NOT_WAITING} outside the heap. */
  sequence: number;
  cancelled(): boolean;
}

export const NOT_WAITING = -1;

const PURGE_MINIMUM = 100; // below this a purge costs more than the memory that it frees (asyncio's figure)

/**
 * A binary heap of timers, earliest first. Cancelling leaves the entry in the heap until it surfaces or until more than half
 * of the heap is cancelled: so schedule-and-cancel, what every timeout does, costs no search, and memory stays bounded by
 * twice the timers that are alive.
 */
export class Timers {
  #heap: Timer[] = [];
  #cancelled = 0;
  #sequence = 0;

  /** Timers that are scheduled and not cancelled. */
  get live(): number {
    return this.#heap.length - this.#cancelled;
  }

  add(timer: Timer): void {
    timer.sequence = this.#sequence++;
    this.#heap.push(timer);
    this.#up(this.#heap.length - 1);
  }

  /** To be called once for a timer that has just become cancelled. */
  noteCancelled(timer: Timer): void {
    if (timer.sequence === NOT_WAITING) return;
    timer.sequence = NOT_WAITING;
    this.#cancelled++;
    const length = this.#heap.length;
    if (length === this.#cancelled) this.clear();
    else if (length > PURGE_MINIMUM && this.#cancelled * 2 > length) this.#purge();
  }

  /** The earliest deadline, or null when nothing waits. */
  next(): number | null {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (!top.cancelled()) return top.deadline;
      this.#pop();
      this.#cancelled--;
    }
    return null;
  }

  /** Removes and returns the earliest timer whose moment has come by `now`. */
  takeDue(now: number): Timer | undefined {
    const when = this.next();
    if (when === null || when > now) return undefined;
    const timer = this.#pop();
    if (timer !== undefined) timer.sequence = NOT_WAITING;
    return timer;
  }

  clear(): void {
    for (const timer of this.#heap) timer.sequence = NOT_WAITING;
    this.#heap = [];
    this.#cancelled = 0;
  }

  #purge(): void {
    this.#heap = this.#heap.filter((timer) => !timer.cancelled());
    this.#cancelled = 0;
    for (let i = (this.#heap.length >> 1) - 1; i >= 0; i--) this.#down(i);
  }

  #pop(): Timer | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (last !== undefined && last !== top) {
      heap[0] = last;
      this.#down(0);
    }
    return top;
  }

  #up(start: number): void {
    const heap = this.#heap;
    const timer = heap[start];
    if (timer === undefined) return;
    let index = start;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || !isBefore(timer, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = timer;
  }

  #down(start: number): void {
    const heap = this.#heap;
    const timer = heap[start];
    if (timer === undefined) return;
    let index = start;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = heap[childIndex];
      if (child === undefined) break;
      const right = heap[childIndex + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        childIndex++;
      }
      if (!isBefore(child, timer)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = timer;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.deadline < b.deadline || (a.deadline === b.deadline && a.sequence < b.sequence);
}
