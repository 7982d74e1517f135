import { futureInternals } from "../../core/future-internals.ts";
import type { Ready } from "../../core/ready-queue.ts";
import type { Task } from "../../core/task.ts";

/** The task that an entry lets go on or starts, directly or by settling what it awaits; null if it is no task's. */
export function actorOf(entry: Ready): Task<unknown> | null {
  const task = entry.forTask?.() ?? null;
  const future = entry.forFuture?.();
  if (task !== null || future === undefined) return task;
  for (const reaction of futureInternals.reactions(future)) {
    const waiting = reaction.forTask?.() ?? null;
    if (waiting !== null) return waiting;
  }
  return null;
}
