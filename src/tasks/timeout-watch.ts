/** Tells those who made something inside of a timeout when it has passed. */

import type { Task } from "../core/task.ts";

interface Watcher {
  /** How many timeouts had been entered when it began to watch. */
  readonly since: number;
  readonly onTimeout: () => void;
}

const watchers = new WeakMap<Task<unknown>, Set<Watcher>>();
let entered = 0;

/** A timeout begins. @returns its number */
export function enterTimeout(): number {
  return ++entered;
}

/** A timeout of the task has passed, and its block has ended by that. */
export function timeoutPassed(task: Task<unknown>, number: number): void {
  for (const { since, onTimeout: call } of watchers.get(task) ?? []) if (since >= number) call();
}

/** Calls back when a timeout passes that the task is in now: what is made in its block ends with it. Returns what ends the watch. */
export function onTimeout(task: Task<unknown>, callback: () => void): () => void {
  const set = watchers.get(task) ?? new Set();
  watchers.set(task, set);
  const watcher = { since: entered, onTimeout: callback };
  set.add(watcher);
  return () => set.delete(watcher);
}
