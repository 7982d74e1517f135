/** The report on a loop that nothing can wake any more. */

import { DeadlockError } from "./errors.ts";
import type { EventLoop } from "./event-loop.ts";
import { futureInternals } from "./future-internals.ts";
import { describeCall } from "./inspect.ts";
import { firstFrame } from "./sites.ts";
import { type Task, taskInternals } from "./task.ts";

export function deadlockError(loop: EventLoop, outside: string): DeadlockError {
  return new DeadlockError(
    `Nothing can wake the main task any more: no callback is ready, no timer runs, and ${outside}. ${describeWaits(loop)}`,
  );
}

/** Which tasks there are and what each waits for, a line or a few for each. */
export function describeWaits(loop: EventLoop): string {
  const tasks = [...loop.tasks.all()];
  const lines = tasks.map((task) => `  - ${describeTask(task)}`);
  const hint = loop.getDebug()
    ? ""
    : "\nRun with { debug: true } or GYRE_DEBUG=1 to see where each task awaits.";
  return `${tasks.length === 1 ? "This task waits" : `These ${tasks.length} tasks wait`}:\n${lines.join("\n")}${hint}`;
}

function describeTask(task: Task<unknown>): string {
  const waits = taskInternals.scope(task);
  const coroutine = taskInternals.coroutine(task);
  const awaited = waits.isEmpty ? "a promise that is not gyre's" : waits.futures().join(" and ");
  const awaitSite = waits.site();
  const place = futureInternals.creationSite(task);
  const created = place === null ? task.getLoop().scheduler.driver.locate(coroutine) : firstFrame(place);
  return [
    `${task.name}, running ${describeCall(coroutine, null)}, waits for ${awaited}`,
    awaitSite ? `at ${firstFrame(awaitSite)}` : "",
    created === null ? "" : `created at ${created}`,
  ]
    .filter((part) => part !== "")
    .join("\n    ");
}
