/** The tasks of one loop that are not done. They are held strongly: a running task cannot vanish, as it can in asyncio. */

import type { Task } from "./task.ts";

export class TaskRegistry {
  readonly #pending = new Set<Task<unknown>>();
  #number = 0;

  /** For a task without a name of its own. */
  nextNumber(): number {
    return ++this.#number;
  }

  get size(): number {
    return this.#pending.size;
  }

  add(task: Task<unknown>): void {
    this.#pending.add(task);
  }

  remove(task: Task<unknown>): void {
    this.#pending.delete(task);
  }

  all(): Set<Task<unknown>> {
    return new Set(this.#pending);
  }
}
