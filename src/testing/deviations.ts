/** A schedule that people can read: where it leaves the ordinary order. */

import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { futureInternals } from "../core/future-internals.ts";
import type { Ready } from "../core/ready-queue.ts";
import { Wake } from "../core/scheduler.ts";
import { firstFrame } from "../core/sites.ts";
import { type Coroutine, Task, taskInternals } from "../core/task.ts";
import { actorOf } from "../loops/virtual/actor.ts";
import { Schedule } from "../loops/virtual/schedule.ts";
import { attempt, type AttemptOptions, type Failure } from "./attempt.ts";

const MOST_LINES = 30;

/** One step that came out of its order. */
export interface Deviation {
  /** Its number among the steps of the run, from 1. */
  readonly step: number;
  /** In milliseconds, on the virtual clock. */
  readonly time: number;
  /** What ran, in words: a task, and where it went on. */
  readonly ran: string;
  /** What would have run in the ordinary order. */
  readonly before: string;
}

/** A failing run as it was seen when it was run again. */
export interface Replay {
  readonly error: unknown;
  readonly deviations: readonly Deviation[];
}

/** Runs the failing schedule again to see it; in debug mode, if it fails there as well, which knows the places. */
export async function replay(
  main: Coroutine<unknown>,
  failure: Failure,
  options: AttemptOptions,
): Promise<Replay> {
  const placed = await watch(main, failure, { ...options, debug: true });
  return placed ?? (await watch(main, failure, options)) ?? { error: failure.error, deviations: [] };
}

/** A line for each step, or for several in a row that are alike. */
export function describeDeviations(deviations: readonly Deviation[]): string[] {
  const lines: string[] = [];
  for (let first = 0, next = 1; first < deviations.length; first = next) {
    const start = deviations[first];
    if (start === undefined) break;
    for (next = first + 1; isAlike(start, deviations[next], next - first); next++);
    const steps =
      next - first === 1 ? `step ${start.step}` : `steps ${start.step} to ${start.step + next - first - 1}`;
    lines.push(`${steps} at ${start.time} ms: ${start.ran} ran before ${start.before}`);
  }
  if (lines.length > MOST_LINES) lines.splice(MOST_LINES, Infinity, `and ${lines.length - MOST_LINES} more`);
  return lines;
}

function isAlike(first: Deviation, other: Deviation | undefined, distance: number): boolean {
  if (other?.step !== first.step + distance || other.time !== first.time) return false;
  return other.ran === first.ran && other.before === first.before;
}

async function watch(
  main: Coroutine<unknown>,
  { choices, error }: Failure,
  options: AttemptOptions,
): Promise<Replay | null> {
  const deviations: Deviation[] = [];
  const { failure } = await attempt(main, Schedule.replay(choices), {
    ...options,
    onOutOfOrder: ({ step, ran, before }, time) =>
      void deviations.push({ step, time, ran: describeEntry(ran), before: describeEntry(before) }),
  });
  return failure !== null && kindOf(failure.error) === kindOf(error)
    ? { error: failure.error, deviations }
    : null;
}

/** By what failures are told apart while a schedule is made shorter. */
export function kindOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

function describeEntry(entry: Ready): string {
  const task = actorOf(entry);
  if (task !== null) return `Task ${JSON.stringify(task.name)}${describeStep(entry, task)}`;
  const future = entry.forFuture?.();
  if (future instanceof Task) return `what follows from the end of Task ${JSON.stringify(future.name)}`;
  return withoutFolders(entry.toString());
}

function describeStep(entry: Ready, task: Task<unknown>): string {
  const scope = taskInternals.scope(task);
  if (scope.isEmpty && !(entry instanceof Wake)) return " (starts)";
  const action = entry instanceof Wake ? "goes on" : "its timer is due";
  const site = scope.site() ?? futureInternals.creationSite(task);
  return site === null || site === ""
    ? ` (${action})`
    : ` (${action} at ${withoutFolders(firstFrame(site))})`;
}

/** Paths as they are seen from the working directory. */
function withoutFolders(text: string): string {
  return text.replace(/file:\/\/[^\s)]*?(?=:\d+:\d+)|\/[^\s():]+(?=:\d+:\d+)/g, (place) => {
    const path = place.startsWith("file:") ? fileURLToPath(place) : place;
    const near = relative(process.cwd(), path);
    return near.startsWith("..") ? path : near;
  });
}
