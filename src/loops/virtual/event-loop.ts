import { BaseEventLoop } from "../base/event-loop.ts";
import { type OutsidePolicy, VirtualDriver } from "./driver.ts";
import type { Schedule } from "./schedule.ts";

export interface VirtualLoopOptions {
  /**
   * What happens when a task waits for something outside of the loop: the clock waits as well (`wait`, the default), or the run
   * fails (`fail`).
   */
  readonly outside?: OutsidePolicy;
  /** How independent steps interleave; CPython's order by default. */
  readonly schedule?: Schedule;
  /** After so many steps of one run it fails with a `LivelockError`; `Infinity` by default. */
  readonly maxSteps?: number;
}

/**
 * A loop for tests: time stands still while anything can run and jumps to the next deadline when nothing can; the order of
 * callbacks is exactly CPython's, or drawn from a schedule.
 */
export class VirtualEventLoop extends BaseEventLoop {
  constructor({ outside = "wait", schedule, maxSteps }: VirtualLoopOptions = {}) {
    const worksOutside = (): boolean => this.tasks.waiting < this.tasks.size || !this.outsideWork.isEmpty;
    const driver = new VirtualDriver({ worksOutside, outside, schedule, maxSteps });
    super(driver);
    this.tasks.onAllWaiting = () => driver.noteAllWaiting();
    this.outsideWork.onEmpty = () => driver.noteAllWaiting();
  }
}
