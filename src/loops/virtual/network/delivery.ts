import type { EventLoop } from "../../../core/event-loop.ts";
import { NOT_WAITING, type Timer } from "../../../core/timers.ts";

/** Whom deliveries reach, as reports of an exploration show it. */
export interface Lane {
  toString(): string;
}

/** Something that reaches one end of the simulated network at a moment. It takes its place in the loop's order as any timer does. */
export class Delivery implements Timer {
  readonly deadline: number;
  /** What its order counts for: deliveries of one lane keep it, those of different lanes are independent. */
  readonly lane: Lane;
  sequence = NOT_WAITING;
  readonly #loop: EventLoop;
  readonly #deliver: () => void;
  #cancelled = false;

  private constructor(loop: EventLoop, lane: Lane, when: number, deliver: () => void) {
    this.#loop = loop;
    this.lane = lane;
    this.deadline = when;
    this.#deliver = deliver;
  }

  /** @param lane - what its order counts for; @param when - a moment on the loop's clock, in milliseconds */
  static schedule(loop: EventLoop, lane: Lane, when: number, deliver: () => void): Delivery {
    const delivery = new Delivery(loop, lane, when, deliver);
    loop.scheduler.addTimer(delivery);
    return delivery;
  }

  run(): void {
    if (!this.#cancelled) this.#loop.scheduler.runReport(this.#deliver);
  }

  cancelled(): boolean {
    return this.#cancelled;
  }

  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    this.#loop.scheduler.noteTimerCancelled(this);
  }

  toString(): string {
    return `a delivery to ${this.lane}`;
  }
}
