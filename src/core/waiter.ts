import { deliveredCancellation } from "./errors.ts";
import { futureInternals, type Reject, type Resolve } from "./future-internals.ts";
import type { Future } from "./future.ts";
import type { Reaction } from "./reaction.ts";
import { Wake } from "./scheduler.ts";
import type { TaskScope } from "./task-scope.ts";
import type { Task } from "./task.ts";

/** An `await` on a future: holds the two functions that make the awaiting code go on. */
export class Waiter extends Wake implements Reaction, PromiseLike<void> {
  next: Reaction | null = null;
  previous: Reaction | null = null;
  readonly future: Future<unknown>;
  /** Where the `await` stands; known in debug mode only. */
  readonly site: string | null;
  readonly #resolve: Resolve;
  readonly #reject: Reject;
  readonly #task: TaskScope | null;

  constructor(
    future: Future<unknown>,
    resolve: Resolve,
    reject: Reject,
    task: TaskScope | null,
    site: string | null,
  ) {
    super();
    this.future = future;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#task = task;
    this.site = site;
  }

  run(): void {
    const cancellation = this.#task?.remove(this) ?? null;
    if (cancellation === null || this.future.cancelled()) {
      futureInternals.deliver(this.future, this.#resolve, this.#reject);
      return;
    }
    futureInternals.markRetrieved(this.future); // the cancellation takes the place of its error
    this.#reject(deliveredCancellation(cancellation.message));
  }

  /** Cancels what is awaited. False if it is done already or cannot be cancelled. */
  interrupt(message: string | undefined): boolean {
    return futureInternals.cancelForTask(this.future, message);
  }

  /** Goes on without the future, by the cancellation that is pending. */
  withdraw(): void {
    futureInternals.detach(this.future, this);
    this.future.getLoop().scheduler.enqueue(this);
  }

  /** For reports. */
  forTask(): Task<unknown> | null {
    return this.#task?.owner ?? null;
  }

  /** For the report on slow steps. */
  override toString(): string {
    return String(this.#task?.owner ?? this.future);
  }

  /** For the rare caller who passes a promise's own `resolve` and `reject` to `then` and goes on with what that returns. */
  then<A = void, B = never>(
    onfulfilled?: ((value: undefined) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    return this.future.then(ignore, ignore).then(onfulfilled, onrejected);
  }
}

function ignore(): undefined {}
