import type { EventLoop } from "../core/event-loop.ts";
import type { Task } from "../core/task.ts";
import { currentTask } from "../tasks/current.ts";
import { onTimeout } from "../tasks/timeout-watch.ts";

/**
 * Ties something to the task that makes it, and to the timeouts around it: calls back once when the task has ended as cancelled,
 * or when a timeout that it was made in has passed. Returns what unties it.
 */
export function tieToScope(loop: EventLoop, onEnd: () => void): () => void {
  const task = currentTask();
  if (task === null || task.getLoop() !== loop) return () => undefined;
  const onDone = (done: Task<unknown>): void => {
    if (done.cancelled()) onEnd();
  };
  task.addDoneCallback(onDone);
  const ignoreTimeouts = onTimeout(task, onEnd);
  return () => {
    task.removeDoneCallback(onDone);
    ignoreTimeouts();
  };
}
