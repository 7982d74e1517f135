import type { Future } from "./future.ts";
import type { Reaction } from "./reaction.ts";

export type Resolve = (value: unknown) => void;
export type Reject = (error: unknown) => void;

/** What the rest of the core may do to a future, and users may not. */
export interface FutureInternals {
  settleValue<T>(future: Future<T>, value: T): void;
  settleError(future: Future<unknown>, error: unknown): void;
  /** As `settleError`, but a `CancelledError` makes the future cancelled. */
  fail(future: Future<unknown>, error: unknown): void;
  settleCancelled(future: Future<unknown>, message: string | undefined): void;
  /** Settles from within the ready queue: who waits goes on in this very turn. */
  settleNow<T>(future: Future<T>, value: T): void;
  attach(future: Future<unknown>, reaction: Reaction): void;
  detach(future: Future<unknown>, reaction: Reaction): void;
  /** Registers a wait of the current task; `resolve` or `reject` is called when it is over. */
  wait(future: Future<unknown>, resolve: Resolve, reject: Reject): void;
  cancelForTask(future: Future<unknown>, message: string | undefined): boolean;
  deliver(future: Future<unknown>, resolve: Resolve, reject: Reject): void;
  /** Nobody will look at its error, and that is in order. */
  markRetrieved(future: Future<unknown>): void;
  reactions(future: Future<unknown>): readonly Reaction[];
  creationSite(future: Future<unknown>): string | null;
  /** The error of a failed future, else null; does not count as retrieving it. */
  peekError(future: Future<unknown>): unknown;
}
export let futureInternals: FutureInternals;

/** For the class `Future`, which alone can reach its private fields. */
export function provideFutureInternals(internals: FutureInternals): void {
  futureInternals = internals;
}
