/** Finds cancelled tasks that go on because they wait for something that gyre cannot interrupt. */

import type { EventLoop } from "./event-loop.ts";
import { type Task, taskInternals } from "./task.ts";
import { NOT_WAITING, type Timer } from "./timers.ts";

const PATIENCE = 1000; // ms after the request to cancel

export class StuckTasks {
  readonly #loop: EventLoop;
  /** When each was asked to end, earliest first. */
  readonly #cancelledAt = new Map<Task<unknown>, number>();
  #check: Check | null = null;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  watch(task: Task<unknown>): void {
    this.#cancelledAt.delete(task);
    this.#cancelledAt.set(task, this.#loop.time());
    if (this.#check === null) this.#schedule(this.#loop.time() + PATIENCE);
  }

  unwatch(task: Task<unknown>): void {
    if (this.#cancelledAt.size === 0) return;
    this.#cancelledAt.delete(task);
    if (this.#cancelledAt.size > 0 || this.#check === null) return;
    this.#check.cancel();
    this.#loop.scheduler.noteTimerCancelled(this.#check);
    this.#check = null;
  }

  #schedule(when: number): void {
    this.#check = new Check(when, () => this.#look());
    this.#loop.scheduler.addTimer(this.#check);
  }

  #look(): void {
    this.#check = null;
    const now = this.#loop.time();
    for (const [task, since] of this.#cancelledAt) {
      if (now - since < PATIENCE) {
        this.#schedule(since + PATIENCE);
        return;
      }
      this.#cancelledAt.delete(task);
      if (taskInternals.scope(task).isEmpty) this.#report(task);
    }
  }

  #report(task: Task<unknown>): void {
    this.#loop.callExceptionHandler({
      message:
        `${task.name} was cancelled a second ago but still runs: it waits for a promise that gyre cannot interrupt, ` +
        `below ${task.getStack().at(-1) ?? "an unknown place"}. Pass task.signal to that work, wait for it with wrapFuture(promise) ` +
        "or waitFor(promise, ms), or create the task with { abandonOnCancel: true }.",
      task,
    });
  }
}

class Check implements Timer {
  readonly deadline: number;
  readonly run: () => void;
  sequence = NOT_WAITING;
  #cancelled = false;

  constructor(deadline: number, run: () => void) {
    this.deadline = deadline;
    this.run = run;
  }

  cancel(): void {
    this.#cancelled = true;
  }

  cancelled(): boolean {
    return this.#cancelled;
  }
}
