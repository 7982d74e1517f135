import type { Context } from "./context.ts";
import type { EventLoop } from "./event-loop.ts";
import { futureInternals } from "./future-internals.ts";
import type { Future } from "./future.ts";
import { Scope } from "./scope.ts";
import type { TaskRegistry } from "./task-registry.ts";
import type { Task } from "./task.ts";
import type { Waiter } from "./waiter.ts";

/** A cancellation that was asked for while the task waited for nothing that can be interrupted. */
export interface PendingCancellation {
  readonly message: string | undefined;
  /** The task's signal has just told it; see {@link TaskSignals.abort}. */
  handedOver: boolean;
  /** The task has been made to go on with it, since nothing else would. */
  readonly onItsWay?: boolean;
}

/** The scope of a task: what its code waits for, and a cancellation that could not reach it yet. */
export class TaskScope extends Scope {
  override readonly task: this = this;
  readonly owner: Task<unknown>;
  /** Neighbours among the loop's tasks; see {@link TaskRegistry}. */
  next: TaskScope | null = null;
  previous: TaskScope | null = null;
  /** One in nearly every task; several below a `Promise.all`. */
  #waiting: Waiter | Set<Waiter> | null = null;
  #pending: PendingCancellation | null = null;
  #closed = false;
  #interrupting = false;
  readonly #registry: TaskRegistry;

  constructor(loop: EventLoop, context: Context, owner: Task<unknown>) {
    super(loop, context);
    this.owner = owner;
    this.#registry = loop.tasks;
  }

  /** False once the task has ended: what its code still awaits is nobody's wait. */
  get open(): boolean {
    return !this.#closed;
  }

  /** It is being cancelled, and so is what it waits for. Met again by that, it closes a circle of tasks that wait for each other. */
  get interrupting(): boolean {
    return this.#interrupting;
  }

  get pending(): PendingCancellation | null {
    return this.#pending;
  }

  get isEmpty(): boolean {
    return this.#waiting === null;
  }

  /** Registers a wait. A pending cancellation cancels the awaited future at once, as asyncio does. */
  add(waiter: Waiter): void {
    if (this.#waiting === null) {
      this.#waiting = waiter;
      this.#registry.beginWaiting();
    } else if (this.#waiting instanceof Set) this.#waiting.add(waiter);
    else this.#waiting = new Set([this.#waiting, waiter]);
    const pending = this.#pending;
    if (pending !== null && (pending.handedOver || waiter.interrupt(pending.message))) this.#pending = null;
  }

  /** Ends a wait; answers the pending cancellation, which takes the place of whatever the future had to say. */
  remove(waiter: Waiter): PendingCancellation | null {
    if (this.#waiting === waiter) this.#endWaiting();
    else if (this.#waiting instanceof Set && this.#waiting.delete(waiter) && this.#waiting.size === 0)
      this.#endWaiting();
    return this.takePending();
  }

  /** The request was taken back. */
  dropPending(): void {
    if (this.#pending?.onItsWay !== true) this.#pending = null;
  }

  takePending(): PendingCancellation | null {
    const pending = this.#pending;
    this.#pending = null;
    return pending;
  }

  /** Cancels everything that is waited for. True if any of it accepted; else the cancellation is kept as pending. */
  cancel(message: string | undefined): boolean {
    if (this.#pending?.onItsWay === true) {
      this.#pending = { ...this.#pending, message };
      return false;
    }
    let accepted = false;
    this.#interrupting = true;
    for (const waiter of this) accepted = waiter.interrupt(message) || accepted;
    this.#interrupting = false;
    const inCircle = this.#registry.takeCircle();
    if (accepted) return true;
    const [waiter] = this;
    // What this task waits for waits for it, so that nothing else would ever deliver the cancellation.
    const onItsWay = inCircle && waiter?.future.done() === false;
    this.#pending = { message, handedOver: false, onItsWay };
    if (onItsWay) waiter.withdraw();
    return false;
  }

  /** The task has ended, and so have its waits. */
  close(): void {
    if (this.#waiting !== null) this.#endWaiting();
    this.#closed = true;
    this.#pending = null;
  }

  /** The task has ended, and its code runs on: what it waits for at this moment is still cancelled, and nothing after that. */
  abandon(): void {
    if (this.#waiting !== null) this.#registry.endWaiting();
    this.#closed = true;
  }

  /** Where the task waits; known in debug mode only. What waits on a primitive of ours was made there and then. */
  site(): string | null {
    const [waiter] = this;
    return waiter === undefined ? null : (waiter.site ?? futureInternals.creationSite(waiter.future));
  }

  /** The futures that are waited for, in the order of their waits. */
  futures(): Future<unknown>[] {
    return [...this].map((waiter) => waiter.future);
  }

  #endWaiting(): void {
    this.#waiting = null;
    if (!this.#closed) this.#registry.endWaiting(); // an abandoned task has left the registry
  }

  *[Symbol.iterator](): IterableIterator<Waiter> {
    if (this.#waiting instanceof Set) yield* this.#waiting;
    else if (this.#waiting !== null) yield this.#waiting;
  }
}
