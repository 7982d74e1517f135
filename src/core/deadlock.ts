/** The report on a loop that nothing can wake any more. */

import { DeadlockError } from "./errors.ts";
import type { EventLoop } from "./event-loop.ts";
import { futureInternals } from "./future-internals.ts";
import { describeCall } from "./inspect.ts";
import { firstFrame } from "./sites.ts";
import { type Task, taskInternals } from "./task.ts";
import { WaitGraph, type WaitLink } from "./wait-graph.ts";
import { describeCycle, describeDependency, Names } from "./wait-report.ts";

export function deadlockError(loop: EventLoop, outside: string): DeadlockError {
  const graph = WaitGraph.of(loop);
  const cycles = graph.cycles();
  const names = new Names();
  const lines = [
    `Nothing can wake the main task any more: no callback is ready, no timer runs, and ${outside}.`,
    ...describeGraph(loop, graph, cycles, names),
  ];
  return new DeadlockError(lines.join("\n"), { cycle: cycles[0] ?? [] });
}

/** What all tasks of a loop wait for, and which of them wait for each other. */
export function describeWaits(loop: EventLoop): string {
  const graph = WaitGraph.of(loop);
  return describeGraph(loop, graph, graph.cycles(), new Names()).join("\n");
}

/** The circles, and a line or more for each task: what it runs, what it waits for, who holds that. */
function describeGraph(
  loop: EventLoop,
  graph: WaitGraph,
  cycles: readonly (readonly WaitLink[])[],
  names: Names,
): string[] {
  const tasks = [...loop.tasks.all()];
  const lines = cycles.map((cycle) => `${describeCycle(cycle, names)}.`);
  lines.push(tasks.length === 1 ? "This task waits:" : `These ${tasks.length} tasks wait:`);
  lines.push(...tasks.map((task) => `  - ${describeTask(task, graph, names)}`));
  if (!loop.getDebug()) lines.push("Run with { debug: true } or GYRE_DEBUG=1 to see where each task awaits.");
  return lines;
}

function describeTask(task: Task<unknown>, graph: WaitGraph, names: Names): string {
  const coroutine = taskInternals.coroutine(task);
  const waits = graph.waitsOf(task).map((dependency) => describeDependency(dependency, names));
  const awaited = waits.length === 0 ? "a promise that is not gyre's" : waits.join(" and ");
  const awaitSite = taskInternals.scope(task).site();
  const place = futureInternals.creationSite(task);
  const created = place === null ? task.getLoop().scheduler.driver.locate(coroutine) : firstFrame(place);
  return [
    `${names.of(task)}, running ${describeCall(coroutine, null)}, waits for ${awaited}`,
    awaitSite ? `at ${firstFrame(awaitSite)}` : "",
    created === null ? "" : `created at ${created}`,
  ]
    .filter((part) => part !== "")
    .join("\n    ");
}
