import type { Future } from "./future.ts";
import type { Reaction } from "./reaction.ts";

/** A reaction of the library itself: needs no context, must not throw, and can be withdrawn. */
export class Watcher<T> implements Reaction {
  next: Reaction | null = null;
  previous: Reaction | null = null;
  readonly #future: Future<T>;
  readonly #callback: (future: Future<T>) => void;

  constructor(future: Future<T>, callback: (future: Future<T>) => void) {
    this.#future = future;
    this.#callback = callback;
  }

  run(): void {
    this.#callback(this.#future);
  }

  /** For reports. */
  forFuture(): Future<unknown> {
    return this.#future;
  }

  toString(): string {
    return this.#future.toString();
  }
}
