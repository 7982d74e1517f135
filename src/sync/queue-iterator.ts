import { QueueShutDown } from "./errors.ts";
import type { Queue } from "./queue.ts";

/** Takes items until the queue has been shut down and is empty. Leaving the loop early leaves the rest to others. */
export class QueueIterator<T> implements AsyncIterator<T, undefined> {
  readonly #queue: Queue<T>;

  constructor(queue: Queue<T>) {
    this.#queue = queue;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return this.#queue.empty()
      ? this.#wait()
      : Promise.resolve({ done: false, value: this.#queue.getNowait() });
  }

  async #wait(): Promise<IteratorResult<T, undefined>> {
    try {
      return { done: false, value: await this.#queue.get() };
    } catch (error) {
      if (error instanceof QueueShutDown) return { done: true, value: undefined };
      throw error;
    }
  }
}
