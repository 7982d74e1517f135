/**
 * Every error that gyre raises by itself: a class to catch, a stable `code` to compare, and a message that says what was
 * expected, what came, and what to do next. Of an error the class and the code are the contract, never the text.
 */

import type { WaitLink } from "./wait-graph.ts";

export type ErrorCode =
  | "GYRE_CANCELLED"
  | "GYRE_TIMEOUT"
  | "GYRE_EXCEPTION_GROUP"
  | "GYRE_INVALID_STATE"
  | "GYRE_INVALID_ARGUMENT"
  | "GYRE_OUT_OF_RANGE"
  | "GYRE_NO_VALUE"
  | "GYRE_LOOP_CLOSED"
  | "GYRE_LOOP_RUNNING"
  | "GYRE_LOOP_STOPPED"
  | "GYRE_LOOP_UNKNOWN"
  | "GYRE_OTHER_LOOP"
  | "GYRE_RUNNER_CLOSED"
  | "GYRE_AWAITS_ITSELF"
  | "GYRE_NOT_FOR_TASKS"
  | "GYRE_NO_TASK"
  | "GYRE_TOKEN_USED"
  | "GYRE_DEADLOCK"
  | "GYRE_INTERRUPTED"
  | "GYRE_NOT_ACQUIRED"
  | "GYRE_RELEASED_TOO_OFTEN"
  | "GYRE_TASK_DONE_TOO_OFTEN"
  | "GYRE_QUEUE_EMPTY"
  | "GYRE_QUEUE_FULL"
  | "GYRE_QUEUE_SHUT_DOWN"
  | "GYRE_BROKEN_BARRIER"
  | "GYRE_NOT_SUPPORTED"
  | "GYRE_TRANSPORT_CLOSED"
  | "GYRE_EOF_WRITTEN"
  | "GYRE_EMPTY_BUFFER"
  | "GYRE_ALREADY_READING"
  | "GYRE_STREAM_ENDED"
  | "GYRE_INVALID_JSON"
  | "GYRE_INCOMPLETE_READ"
  | "GYRE_LIMIT_OVERRUN"
  | "GYRE_SENDFILE_NOT_AVAILABLE"
  | "GYRE_SENDFILE_RUNNING"
  | "GYRE_SERVER_CLOSED"
  | "GYRE_SERVER_RUNNING"
  | "GYRE_BROKEN_EXECUTOR"
  | "GYRE_EXECUTOR_SHUT_DOWN"
  | "GYRE_NOT_CLONEABLE"
  | "GYRE_NETWORK_IN_USE"
  | "GYRE_DESCRIPTOR_IN_USE"
  | "GYRE_ALREADY_REGISTERED"
  | "GYRE_NOT_REGISTERED"
  | "GYRE_SELECTOR_CLOSED"
  | "GYRE_PROCESS_FAILED";

/**
 * The work was cancelled. Let it pass: whoever catches it takes over the duty to end the work.
 *
 * Python: `asyncio.CancelledError` is a `BaseException`, so `except Exception` lets it pass. JavaScript has one `catch`;
 * use {@link isCancelled} in it.
 */
export class CancelledError extends Error {
  override readonly name = "CancelledError";
  readonly code = "GYRE_CANCELLED";

  constructor(message = "The work was cancelled", options?: ErrorOptions) {
    super(message, options);
  }
}

/**
 * The error of a cancellation that the loop delivers. It has no stack: that would show the loop at work, and capturing it takes
 * three times as long as everything else in a cancellation.
 */
export function deliveredCancellation(message: string | undefined): CancelledError {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const error = new CancelledError(message);
  Error.stackTraceLimit = limit;
  return error;
}

/**
 * The cancellation that an error stands for, if it does: itself, or the reason of the `AbortError` that the host throws where it
 * was given a task's signal.
 */
export function cancellationOf(error: unknown): CancelledError | null {
  if (error instanceof CancelledError) return error;
  const isAbort = error instanceof Error && error.name === "AbortError";
  return isAbort && error.cause instanceof CancelledError ? error.cause : null;
}

/** A deadline passed before the work was done. `cause` is the {@link CancelledError} that it replaced, if there was one. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
  readonly code = "GYRE_TIMEOUT";

  constructor(message = "The deadline passed before the work was done", options?: ErrorOptions) {
    super(message, options);
  }
}

/** A future was asked for a result that it does not have, or given one when it was already done. */
export class InvalidStateError extends Error {
  override readonly name = "InvalidStateError";
  readonly code = "GYRE_INVALID_STATE";
}

/** A call that is wrong in this state: a closed loop, a second runner, a future of another loop. Python: `RuntimeError`. */
export class RuntimeError extends Error {
  override readonly name = "RuntimeError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** An argument of the wrong type. */
export class ArgumentTypeError extends TypeError {
  readonly code = "GYRE_INVALID_ARGUMENT";
}

/** An argument of the right type with an impossible value. Python: `ValueError`. */
export class ArgumentRangeError extends RangeError {
  readonly code = "GYRE_OUT_OF_RANGE";
}

/** A `ContextVar` has neither a value here nor a default. */
export class LookupError extends Error {
  override readonly name = "LookupError";
  readonly code = "GYRE_NO_VALUE";
}

/** The user asked the program to stop (Ctrl-C), or a supervisor did (SIGTERM), and `run()` has wound it up. */
export class KeyboardInterrupt extends Error {
  override readonly name = "KeyboardInterrupt";
  readonly code = "GYRE_INTERRUPTED";
  /** The signal that asked. */
  readonly signal: "SIGINT" | "SIGTERM";
  /** What such a program exits with by convention: 130 for SIGINT, 143 for SIGTERM. */
  readonly exitCode: number;

  constructor(message: string, options: ErrorOptions & { readonly signal?: "SIGINT" | "SIGTERM" } = {}) {
    super(message, options);
    this.signal = options.signal ?? "SIGINT";
    this.exitCode = this.signal === "SIGINT" ? 130 : 143;
  }
}

/** Nothing that is left in the process could ever wake the main task. */
export class DeadlockError extends Error {
  override readonly name = "DeadlockError";
  readonly code = "GYRE_DEADLOCK";
  /** Those who wait for each other, if there is such a circle: each link's `next` is the waiter of the one after it. */
  readonly cycle: readonly WaitLink[];

  constructor(message: string, options: ErrorOptions & { readonly cycle?: readonly WaitLink[] } = {}) {
    super(message, options);
    this.cycle = options.cycle ?? [];
  }
}

/** The program does not come to an end: it has taken more steps than a run in virtual time was allowed. */
export class LivelockError extends Error {
  override readonly name = "LivelockError";
  readonly code = "GYRE_LIVELOCK";
}

/**
 * Tells whether an error is a cancellation, which a `catch` should let pass.
 *
 * @param error - whatever was caught
 * @example
 * try {
 *   await work();
 * } catch (error) {
 *   if (isCancelled(error)) throw error;
 *   console.error(error);
 * }
 */
export function isCancelled(error: unknown): error is CancelledError {
  return error instanceof CancelledError;
}
