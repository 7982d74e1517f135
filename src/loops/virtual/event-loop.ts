import { BaseEventLoop } from "../base/event-loop.ts";
import { type OutsidePolicy, VirtualDriver } from "./driver.ts";
import type { SimulatedNetwork } from "./network/network.ts";
import type { Schedule } from "./schedule.ts";

export interface VirtualLoopOptions {
  /**
   * What happens when a task waits for something outside of the loop: the clock waits as well (`wait`, the default), or the run
   * fails (`fail`).
   */
  readonly outside?: OutsidePolicy;
  /** How independent steps interleave; CPython's order by default. */
  readonly schedule?: Schedule | undefined;
  /** After so many steps of one run it fails with a `LivelockError`; `Infinity` by default. */
  readonly maxSteps?: number;
  /** The network, which no other loop has; one with ordinary conditions by default. */
  readonly network?: SimulatedNetwork | undefined;
  /** Determines what that network draws, unless it has a seed of its own; 0 by default. */
  readonly seed?: number | string | undefined;
}

/**
 * A loop for tests: time stands still while anything can run and jumps to the next deadline when nothing can; the order of
 * callbacks is exactly CPython's, or drawn from a schedule.
 */
export class VirtualEventLoop extends BaseEventLoop {
  constructor({ outside = "wait", ...options }: VirtualLoopOptions = {}) {
    const worksOutside = (): boolean => this.tasks.waiting < this.tasks.size || !this.outsideWork.isEmpty;
    const driver = new VirtualDriver({ worksOutside, outside, ...options });
    super(driver);
    this.tasks.onAllWaiting = () => driver.noteAllWaiting();
    this.outsideWork.onEmpty = () => driver.noteAllWaiting();
    if (options.network !== undefined) void this.network; // so that hosts can be used before anything is connected
  }
}
