/** AbortSignals around one task: the one that it hands out, and the one that cancels it. Made only where they are used. */

import { CancelledError, deliveredCancellation } from "./errors.ts";
import { runInRoot } from "./scope.ts";
import type { PendingCancellation } from "./task-scope.ts";

interface Cancellable {
  cancel(message?: string): boolean;
}

export class TaskSignals {
  #controller: AbortController | null = null;
  #stopListening: (() => void) | null = null;
  #handOver: NodeJS.Timeout | null = null;

  signal(aborted: boolean): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (aborted) this.#controller.abort(new CancelledError());
    }
    return this.#controller.signal;
  }

  /** Cancels `task` when `signal` aborts, or now if it has. The listener is gone when the task is done. */
  cancelOn(signal: AbortSignal, task: Cancellable): void {
    if (signal.aborted) task.cancel(reasonOf(signal));
    else this.#stopListening = Followers.of(signal).add(task);
  }

  /**
   * Aborts the signal that was handed out. Work that listens to it throws the reason into the task at once, and then the task
   * has been told: `pending` must not hit the awaits of its `finally` blocks as well. So a pending cancellation counts as
   * handed over if the task goes on before the host's next turn.
   */
  abort(message: string | undefined, pending: PendingCancellation | null): void {
    if (this.#controller === null || this.#controller.signal.aborted) return;
    if (pending !== null) {
      pending.handedOver = true;
      const retract = (): void => {
        pending.handedOver = false;
      };
      this.#handOver = runInRoot(() => setTimeout(retract, 0));
    }
    this.#controller.abort(deliveredCancellation(message));
  }

  /** The next signal asked for is a fresh one. */
  renew(): void {
    if (this.#controller?.signal.aborted) this.#controller = null;
  }

  close(): void {
    this.#stopListening?.();
    this.#stopListening = null;
    if (this.#handOver !== null) clearTimeout(this.#handOver);
  }
}

/** The tasks that one signal cancels. They share one listener: a signal warns of more than ten. */
class Followers {
  static readonly #all = new WeakMap<AbortSignal, Followers>();
  readonly #signal: AbortSignal;
  readonly #tasks = new Set<Cancellable>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  static of(signal: AbortSignal): Followers {
    const known = Followers.#all.get(signal);
    if (known !== undefined) return known;
    const followers = new Followers(signal);
    Followers.#all.set(signal, followers);
    return followers;
  }

  /** The answer is to be called when the task is done. */
  add(task: Cancellable): () => void {
    if (this.#tasks.size === 0) this.#signal.addEventListener("abort", this.#onAbort);
    this.#tasks.add(task);
    return () => {
      this.#tasks.delete(task);
      if (this.#tasks.size === 0) this.#signal.removeEventListener("abort", this.#onAbort);
    };
  }

  readonly #onAbort = (): void => {
    for (const task of this.#tasks) task.cancel(reasonOf(this.#signal));
  };
}

function reasonOf(signal: AbortSignal): string {
  return signal.reason instanceof Error ? signal.reason.message : String(signal.reason);
}
