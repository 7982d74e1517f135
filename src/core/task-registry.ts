/** The tasks of one loop that are not done. They are held strongly: a running task cannot vanish, as it can in asyncio. */

import type { TaskScope } from "./task-scope.ts";
import type { Task } from "./task.ts";

/** A linked list through the tasks' scopes, in order of creation: joining and leaving it costs a tenth of what a Set does. */
export class TaskRegistry {
  #first: TaskScope | null = null;
  #last: TaskScope | null = null;
  #size = 0;
  #waiting = 0;
  #number = 0;
  /** Called when the last task that ran, or waited for a foreign promise, has come to wait for something of the loop's, or has ended. */
  onAllWaiting: (() => void) | null = null;
  #circle = false;

  /** For a task without a name of its own. */
  nextNumber(): number {
    return ++this.#number;
  }

  /** A cancellation on its way along the waits has come back to where it began. */
  noteCircle(): void {
    this.#circle = true;
  }

  takeCircle(): boolean {
    const circle = this.#circle;
    this.#circle = false;
    return circle;
  }

  get size(): number {
    return this.#size;
  }

  /** How many of them wait for something of the loop's. The others run, are ready, or wait for a foreign promise. */
  get waiting(): number {
    return this.#waiting;
  }

  beginWaiting(): void {
    this.#waiting++;
    if (this.#waiting === this.#size) this.onAllWaiting?.();
  }

  endWaiting(): void {
    this.#waiting--;
  }

  add(scope: TaskScope): void {
    scope.previous = this.#last;
    if (this.#last === null) this.#first = scope;
    else this.#last.next = scope;
    this.#last = scope;
    this.#size++;
  }

  /** To be called once for each task that was added. */
  remove(scope: TaskScope): void {
    if (scope.previous === null) this.#first = scope.next;
    else scope.previous.next = scope.next;
    if (scope.next === null) this.#last = scope.previous;
    else scope.next.previous = scope.previous;
    scope.next = scope.previous = null;
    this.#size--;
    if (this.#waiting === this.#size) this.onAllWaiting?.();
  }

  all(): Set<Task<unknown>> {
    const tasks = new Set<Task<unknown>>();
    for (let scope = this.#first; scope !== null; scope = scope.next) tasks.add(scope.owner);
    return tasks;
  }
}
