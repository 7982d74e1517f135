/**
 * A loop as a guest of the host's own: Node's, Bun's or Deno's. A turn runs a few microtasks after it was asked for, and from
 * time to time in a `setImmediate`, so that the host can poll its I/O.
 */

import type { DriverEvents, LoopDriver, Pace, StopSignal } from "../../core/driver.ts";
import { runInRoot } from "../../core/scope.ts";
import { NOTHING_OPEN, watchForExit } from "../base/exits.ts";
import { listenForInterrupts } from "../base/interrupts.ts";
import { KeepAlive } from "../base/keep-alive.ts";
import { locateFunction } from "../base/locate.ts";

const LONGEST_TIMEOUT = 86_400_000; // ms; Node fires a timeout of 2^31 ms or more at once, and asyncio stops at a day too
const BURST = 1; // ms of turns after which the host gets its own
const TURNS_PER_CLOCK_READ = 4; // also: so many turns are free, since the first of a burst may follow on a long idle time
/**
 * Microtasks before a turn. In three, a task that was just woken passes an `await` on something that is done already, or gets
 * through two async functions that await each other, and reaches its next wait before others run. A `process.nextTick` from a
 * microtask, which runs when all microtasks have, would be exact but costs ten times as much.
 */
const HOPS = 3;

const resolved = Promise.resolve();

export class NodeDriver implements LoopDriver {
  readonly name: string;
  readonly granularity = "batch";
  #events: DriverEvents | null = null;
  #immediate: NodeJS.Immediate | null = null;
  #timeout: { readonly handle: NodeJS.Timeout; readonly when: number } | null = null;
  readonly #onClose: () => void;
  readonly #keepAlive = new KeepAlive();
  #stopWatching: (() => void) | null = null;
  #hops = 0;
  /** Turns since the host had its own, and the moment when it had it. */
  #burstTurns = 0;
  #burstStart = 0;

  /**
   * @param name - of the loop, which may have other sockets than the host's
   * @param onClose - closes what else the loop has
   */
  constructor(name = "node", onClose = (): void => undefined) {
    this.name = name;
    this.#onClose = onClose;
  }

  attach(events: DriverEvents): void {
    this.#events = events;
  }

  time(): number {
    return performance.now();
  }

  requestTurn(pace: Pace): void {
    if (pace === "host" || this.#burstIsOver())
      this.#immediate = runInRoot(() => setImmediate(this.#onHostTurn));
    else {
      this.#hops = HOPS;
      void resolved.then(this.#onHop);
    }
  }

  noteHostCall(): void {
    this.#burstTurns = 0;
  }

  afterSettling(callback: () => void): void {
    let left = HOPS;
    const hop = (): void => {
      if (--left === 0) callback();
      else void resolved.then(hop);
    };
    void resolved.then(hop);
  }

  setDeadline(when: number | null): void {
    if (when === null || when === Number.POSITIVE_INFINITY) this.#disarm();
    else if (this.#timeout === null || when < this.#timeout.when) this.#arm(when);
  }

  hold(): void {
    this.#keepAlive.hold();
  }

  release(): void {
    this.#keepAlive.release();
  }

  watchForStall(onStall: ((outside: string) => void) | null): void {
    this.#stopWatching?.();
    this.#stopWatching = onStall === null ? null : watchForExit(() => onStall(NOTHING_OPEN));
  }

  onInterrupt(callback: () => void, signal?: StopSignal): (() => void) | null {
    return listenForInterrupts(callback, signal);
  }

  locate(fn: (...args: never[]) => unknown): string | null {
    return locateFunction(fn);
  }

  close(): void {
    this.#disarm();
    this.release();
    this.watchForStall(null);
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    this.#events = null;
    this.#onClose();
  }

  #burstIsOver(): boolean {
    if (++this.#burstTurns % TURNS_PER_CLOCK_READ !== 0) return false;
    return performance.now() - this.#burstStart > BURST;
  }

  readonly #onHop = (): void => {
    if (--this.#hops === 0) runInRoot(this.#turn);
    else void resolved.then(this.#onHop);
  };

  readonly #onHostTurn = (): void => {
    this.#immediate = null;
    this.#beginBurst();
    this.#turn();
  };

  readonly #onTimeout = (): void => {
    this.#timeout = null;
    this.#beginBurst();
    this.#events?.deadline();
  };

  readonly #turn = (): void => {
    this.#events?.turn();
  };

  #beginBurst(): void {
    this.#burstTurns = 0;
    this.#burstStart = performance.now();
  }

  #arm(when: number): void {
    this.#disarm();
    const delay = Math.min(Math.max(Math.ceil(when - performance.now()), 1), LONGEST_TIMEOUT);
    this.#timeout = { handle: runInRoot(() => setTimeout(this.#onTimeout, delay)), when };
  }

  #disarm(): void {
    if (this.#timeout !== null) clearTimeout(this.#timeout.handle);
    this.#timeout = null;
  }
}
