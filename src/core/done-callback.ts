import type { Handle } from "./handle.ts";
import type { Reaction } from "./reaction.ts";

/** A user's callback on a future. */
export class DoneCallback implements Reaction {
  next: Reaction | null = null;
  previous: Reaction | null = null;
  readonly callback: (future: never) => void;
  readonly #handle: Handle;

  constructor(callback: (future: never) => void, handle: Handle) {
    this.callback = callback;
    this.#handle = handle;
  }

  run(): void {
    this.#handle.run();
  }

  toString(): string {
    return this.#handle.toString();
  }
}
