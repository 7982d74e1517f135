/** Drivers with one fault each. What they take from the host beyond that they give back. */
import type { EventLoop } from "gyre";
import { BaseEventLoop, type DriverEvents, type Pace } from "gyre/lowlevel";
import { ReadyQueue } from "#gyre/core/ready-queue.js";
import { NodeDriver } from "#gyre/loops/node/driver.js";

export function loopOn(driver: new () => NodeDriver): () => EventLoop {
  return () => new BaseEventLoop(new driver());
}

/** Drops every turn. */
export class DeafDriver extends NodeDriver {
  override requestTurn(): void {}
}

/** Runs turns twice, though not all: they would become more and more. */
export class DoubleDriver extends NodeDriver {
  #events: DriverEvents | null = null;
  #left = 6;
  override attach(events: DriverEvents): void {
    super.attach(events);
    this.#events = events;
  }
  override requestTurn(): void {
    setImmediate(() => {
      this.#events?.turn();
      if (this.#left-- > 0) this.#events?.turn();
    });
  }
}

class Backwards extends ReadyQueue {
  #entries: Parameters<ReadyQueue["push"]>[0][] = [];
  override get length(): number {
    return this.#entries.length;
  }
  override push(entry: Parameters<ReadyQueue["push"]>[0]): void {
    this.#entries.push(entry);
  }
  override peek(): ReturnType<ReadyQueue["peek"]> {
    return this.#entries.at(-1);
  }
  override shift(): ReturnType<ReadyQueue["shift"]> {
    return this.#entries.pop();
  }
  override clear(): void {
    this.#entries = [];
  }
}

export class BackwardsDriver extends NodeDriver {
  makeReadyEntries(): ReadyQueue {
    return new Backwards();
  }
}

/** Runs every turn in a microtask. */
export class GreedyDriver extends NodeDriver {
  #events: DriverEvents | null = null;
  override attach(events: DriverEvents): void {
    super.attach(events);
    this.#events = events;
  }
  override requestTurn(): void {
    queueMicrotask(() => queueMicrotask(() => this.#events?.turn()));
  }
}

/** Never runs the turn that ends a run. */
export class UnstoppableDriver extends NodeDriver {
  override requestTurn(pace: Pace): void {
    if (pace === "soon") super.requestTurn(pace);
  }
}

export class EarlyDriver extends NodeDriver {
  override setDeadline(when: number | null): void {
    super.setDeadline(when === null ? null : when - 60_000);
  }
}

export class OverflowingDriver extends NodeDriver {
  override setDeadline(when: number | null): void {
    super.setDeadline(when !== null && when > 2 ** 31 ? 0 : when);
  }
}

/** Arms the first deadline, and no earlier one that follows. */
export class StubbornDriver extends NodeDriver {
  #armed: number | null = null;
  override setDeadline(when: number | null): void {
    if (when !== null && this.#armed !== null && when < this.#armed) return;
    this.#armed = when;
    super.setDeadline(when);
  }
}

export class ForgetfulDriver extends NodeDriver {
  #count = 0;
  override setDeadline(when: number | null): void {
    if (++this.#count % 7 !== 0) super.setDeadline(when);
  }
}

/** Forgets what it had armed when it is told of nothing new. */
export class DisarmingDriver extends NodeDriver {
  #last: number | null = null;
  override setDeadline(when: number | null): void {
    super.setDeadline(when === this.#last ? null : when);
    this.#last = when;
  }
}

export class WaveringClock extends NodeDriver {
  #reads = 0;
  override time(): number {
    return super.time() - (++this.#reads % 10 === 0 ? 5 : 0);
  }
}

export class FastClock extends NodeDriver {
  override time(): number {
    return super.time() * 2;
  }
  override setDeadline(when: number | null): void {
    super.setDeadline(when === null ? null : when / 2);
  }
}

export class CarelessDriver extends NodeDriver {
  override hold(): void {}
}

export class ClingingDriver extends NodeDriver {
  #closing = false;
  override release(): void {
    if (this.#closing) super.release();
  }
  override close(): void {
    this.#closing = true;
    super.close();
  }
}

/** Leaves its timeout in the host. */
export class LitteringDriver extends NodeDriver {
  static readonly litter: NodeJS.Timeout[] = [];
  override setDeadline(when: number | null): void {
    if (when !== null) LitteringDriver.litter.push(setTimeout(() => undefined, 60_000));
    super.setDeadline(when);
  }
  static clean(): void {
    for (const timeout of LitteringDriver.litter.splice(0)) clearTimeout(timeout);
  }
}

export class UnsettledDriver extends NodeDriver {
  override afterSettling(): void {}
}

/** Says that it runs step by step, and does not let things settle in between. */
export class PretendingDriver extends NodeDriver {
  override readonly granularity: "batch" = "step" as "batch";
}

export class DeadlyDriver extends NodeDriver {
  override close(): void {
    super.close();
    this.time = () => {
      throw new Error("closed");
    };
  }
}
