/** Errors of connections and streams. Those of the system keep Node's shape: `code`, `errno`, `syscall`, `address`, `port`. */

import { constants } from "node:os";
import { RuntimeError } from "../core/errors.ts";

type ConnectionErrorCode = "ECONNRESET" | "ECONNABORTED" | "EPIPE";

/**
 * A connection ended in a way that gyre noticed before the system said so. It has the shape of the system's errors, so that one
 * look at `code` serves for both.
 *
 * Python: `ConnectionResetError`, `ConnectionAbortedError`, `BrokenPipeError`.
 */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly code: ConnectionErrorCode;
  readonly errno: number;

  constructor(code: ConnectionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.errno = -constants.errno[code];
  }
}

/** The stream ended before what was asked for had come. Python: `asyncio.IncompleteReadError`. */
export class IncompleteReadError extends Error {
  override readonly name = "IncompleteReadError";
  readonly code = "GYRE_INCOMPLETE_READ";
  /** What came before the end. */
  readonly partial: Buffer;
  /** How many bytes were asked for; null where a separator was. */
  readonly expected: number | null;

  constructor(partial: Buffer, expected: number | null) {
    super(
      `The stream ended after ${partial.length} bytes of ${expected === null ? "a line without its separator" : `${expected}`}.`,
    );
    this.partial = partial;
    this.expected = expected;
  }
}

/** A separator did not come within the reader's limit. Python: `asyncio.LimitOverrunError`. */
export class LimitOverrunError extends RangeError {
  override readonly name = "LimitOverrunError";
  readonly code = "GYRE_LIMIT_OVERRUN";
  /** How many bytes of the buffer can be read without reaching a separator. */
  readonly consumed: number;

  constructor(message: string, consumed: number) {
    super(message);
    this.consumed = consumed;
  }
}

/** The system cannot send this file to that transport by itself, and no other way was allowed. Python: the same name. */
export class SendfileNotAvailableError extends RuntimeError {
  constructor(message: string) {
    super("GYRE_SENDFILE_NOT_AVAILABLE", message);
  }
}
