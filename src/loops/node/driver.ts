/** A loop as a guest of the host's own: Node's, Bun's or Deno's. Turns run in microtasks while they are short. */

import type { DriverEvents, LoopDriver, Pace } from "../../core/driver.ts";
import { runInRoot } from "../../core/scope.ts";
import { locateFunction } from "./locate.ts";

const LONGEST_TIMEOUT = 86_400_000; // ms; Node fires a timeout of 2^31 ms or more at once, and asyncio stops at a day too
const BURST = 1; // ms of turns in microtasks after which the host gets a turn
const FREE_TURNS = 4; // a burst of so few turns is not looked at: its first turn may follow on a long idle time
const KEEP_ALIVE = 2 ** 30; // ms

const resolved = Promise.resolve();

export class NodeDriver implements LoopDriver {
  readonly name = "node";
  readonly granularity = "batch";
  #events: DriverEvents | null = null;
  #immediate: NodeJS.Immediate | null = null;
  #timeout: { readonly handle: NodeJS.Timeout; readonly when: number } | null = null;
  #holder: NodeJS.Timeout | null = null;
  #stallListener: (() => void) | null = null;
  /** Turns since the host had its own, and the moment when it had it. */
  #burstTurns = 0;
  #burstStart = 0;

  attach(events: DriverEvents): void {
    this.#events = events;
  }

  time(): number {
    return performance.now();
  }

  requestTurn(pace: Pace): void {
    if (pace === "host" || this.#burstIsOver())
      this.#immediate = runInRoot(() => setImmediate(this.#onHostTurn));
    else void resolved.then(this.#onMicrotask);
  }

  setDeadline(when: number | null): void {
    if (when === null || when === Number.POSITIVE_INFINITY) this.#disarm();
    else if (this.#timeout === null || when < this.#timeout.when) this.#arm(when);
  }

  hold(): void {
    this.#holder ??= setInterval(() => undefined, KEEP_ALIVE);
  }

  release(): void {
    if (this.#holder !== null) clearInterval(this.#holder);
    this.#holder = null;
  }

  watchForStall(onStall: (() => void) | null): void {
    if (this.#stallListener !== null) process.off("beforeExit", this.#stallListener);
    this.#stallListener = onStall;
    if (onStall !== null) process.on("beforeExit", onStall);
  }

  onInterrupt(callback: () => void): (() => void) | null {
    if (process.listenerCount("SIGINT") > 0) return null; // the program has its own way
    process.on("SIGINT", callback);
    return () => process.off("SIGINT", callback);
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
  }

  #burstIsOver(): boolean {
    return ++this.#burstTurns > FREE_TURNS && performance.now() - this.#burstStart > BURST;
  }

  readonly #onMicrotask = (): void => {
    runInRoot(this.#turn);
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
