/** What `explore` finds fault with, beyond what the program throws itself. */

import { inspect } from "node:util";
import { type ExceptionContext, formatExceptionContext } from "../core/exception-handler.ts";
import type { Task } from "../core/task.ts";

/** Tasks that were still there when main had ended. */
export class LeakedTasksError extends Error {
  override readonly name = "LeakedTasksError";
  readonly code = "GYRE_LEAKED_TASKS";

  constructor(tasks: readonly Task<unknown>[]) {
    super(
      `main ended and left ${tasks.length === 1 ? "a task" : `${tasks.length} tasks`} behind: ${tasks.join(", ")}. ` +
        "Await them, cancel them, or start them in a task group.",
    );
  }
}

/** Something was reported to the loop's exception handler. `cause` is the error that it was given, if any. */
export class ReportedError extends Error {
  override readonly name = "ReportedError";
  readonly code = "GYRE_REPORTED";

  constructor(context: ExceptionContext) {
    super(formatExceptionContext(context), { cause: context.exception });
  }
}

/** Two orders gave different results where they were to be the same. */
export class DifferentResultsError extends Error {
  override readonly name = "DifferentResultsError";
  readonly code = "GYRE_DIFFERENT_RESULTS";
  /** What main returned in the ordinary order. */
  readonly expected: unknown;
  /** What it returned in this one. */
  readonly actual: unknown;

  constructor(expected: unknown, actual: unknown) {
    super(
      `main returned ${inspect(actual)}, and in the ordinary order it returns ${inspect(expected)}. ` +
        "Make the result independent of the order, or leave sameResult out.",
    );
    this.expected = expected;
    this.actual = actual;
  }
}
