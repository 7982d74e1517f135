/** One run of a program under exploration, and everything that can be wrong with it. */

import type { ExceptionContext } from "../core/exception-handler.ts";
import { formatExceptionContext } from "../core/exception-handler.ts";
import type { Coroutine, Task } from "../core/task.ts";
import { VirtualEventLoop } from "../loops/virtual/event-loop.ts";
import type { Schedule } from "../loops/virtual/schedule.ts";
import { allTasks } from "../tasks/current.ts";
import { Runner } from "../tasks/runner.ts";

/** What a run under some schedule did wrong. */
export interface Failure {
  readonly error: unknown;
  /** The choices that led to it. */
  readonly choices: readonly number[];
}

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

/** Something was reported to the loop's exception handler. */
export class ReportedError extends Error {
  override readonly name = "ReportedError";
  readonly code = "GYRE_REPORTED";

  constructor(context: ExceptionContext) {
    super(formatExceptionContext(context), { cause: context.exception });
  }
}

/** Runs `main` once; null: all is well. */
export async function attempt(main: Coroutine<unknown>, schedule: Schedule): Promise<Failure | null> {
  const reports: ExceptionContext[] = [];
  const loop = new VirtualEventLoop({ outside: "fail", schedule });
  loop.setExceptionHandler((_loop, context) => void reports.push(context));
  const runner = new Runner({ loop, handleSignals: false });
  let error: unknown = null;
  try {
    await runner.run(async (task) => {
      await main(task);
      const left = [...allTasks()].filter((other) => other !== task);
      if (left.length > 0) throw new LeakedTasksError(left);
    });
  } catch (thrown) {
    error = thrown;
  } finally {
    await runner.close();
    await loop.close();
  }
  const [report] = reports;
  error ??= report === undefined ? null : new ReportedError(report);
  return error === null ? null : { error, choices: schedule.choices };
}
