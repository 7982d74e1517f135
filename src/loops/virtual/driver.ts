/**
 * A clock of its own: it stands still while anything can run, and jumps to the next deadline when nothing can. Each ready entry
 * runs to quiescence before the next one, so that the order is exactly CPython's.
 */

import type { DriverEvents, StopSignal } from "../../core/driver.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { type ReadyEntries, ReadyQueue } from "../../core/ready-queue.ts";
import { runInRoot } from "../../core/scope.ts";
import type { NetworkDriver } from "../../net/driver.ts";
import type { LoopDriver } from "../base/driver.ts";
import { NOTHING_OPEN, watchForExit } from "../base/exits.ts";
import { listenForInterrupts } from "../base/interrupts.ts";
import { KeepAlive } from "../base/keep-alive.ts";
import { locateFunction } from "../base/locate.ts";
import { ExploringQueue } from "./exploring-queue.ts";
import { HostWork } from "./host-work.ts";
import { type IdleWait, IdleWaits } from "./idle-waits.ts";
import { SimulatedNetwork } from "./network/network.ts";
import { OutsideWatch } from "./outside-watch.ts";
import { Quiescence } from "./quiescence.ts";
import type { Schedule } from "./schedule.ts";
import { StepLimit } from "./step-limit.ts";

const BURST = 5; // real ms of turns after which the host gets its own
const TURNS_PER_CLOCK_READ = 32;

export interface VirtualDriverOptions {
  /** Whether somebody waits for something outside of the loop, such as a promise on real I/O: the clock waits as well. */
  readonly worksOutside: () => boolean;
  /** What happens when the loop cannot go on by itself but the host might wake it. */
  readonly outside: OutsidePolicy;
  /** How independent steps interleave; first in, first out by default. */
  readonly schedule?: Schedule | undefined;
  /** After so many steps a run counts as endless; `Infinity` by default. */
  readonly maxSteps?: number | undefined;
  /** The network; one with ordinary conditions by default. */
  readonly network?: SimulatedNetwork | undefined;
  /** For a network without a seed of its own. */
  readonly seed?: number | string | undefined;
}

/**
 * - `wait`: the clock stands still until something outside has come back, or until the host has nothing open that could
 * - `fail`: the run ends with an error that says who waits for what
 */
export type OutsidePolicy = "wait" | "fail";

export class VirtualDriver implements LoopDriver {
  readonly name = "virtual";
  readonly granularity = "step";
  readonly simulated = true;
  readonly #worksOutside: () => boolean;
  readonly #outside: OutsidePolicy;
  readonly #schedule: Schedule | null;
  readonly #network: SimulatedNetwork | null;
  readonly #seed: number | string;
  readonly #hostWork = new HostWork();
  readonly #quiescence = new Quiescence(() => this.#onQuiet());
  readonly #idleWaits = new IdleWaits();
  #events: DriverEvents | null = null;
  #now = 0;
  #deadline: number | null = null;
  #wanted: "turn" | "nothing" = "nothing";
  readonly #keepAlive = new KeepAlive();
  readonly #outsideWatch = new OutsideWatch((hostIsBusy) => this.#onLook(hostIsBusy));
  /** Whether nothing is left to do until somebody outside comes back. */
  #atRest = false;
  #onStall: ((outside: string | Error) => void) | null = null;
  readonly #stepLimit: StepLimit | null;
  #stopWatching: (() => void) | null = null;
  #turns = 0;
  #burstStart = performance.now();

  constructor({
    worksOutside,
    outside,
    schedule,
    maxSteps = Number.POSITIVE_INFINITY,
    network,
    seed = 0,
  }: VirtualDriverOptions) {
    network?.requireUnused();
    this.#network = network ?? null;
    this.#seed = seed;
    this.#worksOutside = worksOutside;
    this.#outside = outside;
    this.#schedule = schedule ?? null;
    this.#stepLimit = Number.isFinite(maxSteps) ? new StepLimit(maxSteps, this.#schedule) : null;
  }

  makeReadyEntries(): ReadyEntries {
    return this.#schedule === null ? new ReadyQueue() : new ExploringQueue(this.#schedule);
  }

  openNetwork(loop: EventLoop): NetworkDriver {
    const network = this.#network ?? new SimulatedNetwork();
    return network.open({ loop, seed: this.#seed, stir: this.#hostWork.stir });
  }

  attach(events: DriverEvents): void {
    this.#events = events;
  }

  time(): number {
    return this.#now;
  }

  requestTurn(): void {
    this.#wanted = "turn";
    this.#quiescence.request(this.#burstIsOver());
  }

  afterSettling(callback: () => void): void {
    new Quiescence(callback).request(false);
  }

  setDeadline(when: number | null): void {
    this.#deadline = when === Number.POSITIVE_INFINITY ? null : when;
    this.#quiescence.request(false); // nothing is ready: when all is quiet, the clock may move
  }

  hold(): void {
    this.#keepAlive.hold();
  }

  release(): void {
    this.#keepAlive.release();
    this.#outsideWatch.stop();
  }

  watchForStall(onStall: ((outside: string | Error) => void) | null): void {
    this.#stepLimit?.restart();
    this.#stopWatching?.();
    this.#onStall = onStall;
    // With the policy `fail` the run has ended before the host could.
    const watches = onStall !== null && this.#outside === "wait";
    this.#stopWatching = watches ? watchForExit(() => onStall(NOTHING_OPEN)) : null;
    if (onStall === null) this.#outsideWatch.stop();
  }

  onInterrupt(callback: () => void, signal?: StopSignal): (() => void) | null {
    return listenForInterrupts(callback, signal);
  }

  locate(fn: (...args: never[]) => unknown): string | null {
    return locateFunction(fn);
  }

  /** To be called when nobody waits for anything outside of the loop any more. */
  noteAllWaiting(): void {
    if (!this.#atRest) return;
    this.#atRest = false;
    this.#quiescence.request(false);
  }

  /** Wakes `wait` once nothing has run for its cushion, and before time goes further. @returns what gives it up */
  whenIdle(wait: IdleWait): () => void {
    this.#idleWaits.add(wait);
    this.#quiescence.request(false); // it may come from outside, when the loop is idle already
    return () => this.#idleWaits.delete(wait);
  }

  close(): void {
    this.watchForStall(null);
    this.release();
    this.#events = null;
  }

  #onQuiet(): void {
    if (this.#hostWork.holds(this.#onHostDone)) return;
    if (this.#wanted === "turn") {
      this.#wanted = "nothing";
      if (this.#stepLimit?.count() === true) this.#onStall?.(this.#stepLimit.error(this.#now));
      runInRoot(this.#turn);
    } else this.#idle();
  }

  /** Nothing can run: time passes, unless somebody outside is at work. */
  #idle(): void {
    if (this.#events === null) return;
    if (this.#deadline !== null && this.#deadline <= this.#now) this.#pass(this.#now); // takes no time: nobody outside is late
    else if (!this.#outsideCounts() && this.#wakeIdleWaits()) return;
    else if (this.#outside === "fail") this.#goOn("nothing outside of the loop counts");
    else if (this.#isWaiting()) {
      this.#atRest = true;
      this.#outsideWatch.request();
    } else this.#goOn(NOTHING_OPEN);
  }

  #outsideCounts(): boolean {
    return this.#outside === "wait" && this.#worksOutside();
  }

  #wakeIdleWaits(): boolean {
    const idleAt = this.#idleWaits.next(this.#now, this.#deadline);
    if (idleAt === null) return false;
    this.#now = idleAt;
    runInRoot(() => this.#idleWaits.wakeShortest());
    return true;
  }

  /** Whether it is for the host to go on: somebody waits for it, or nobody else can. */
  #isWaiting(): boolean {
    const isRun = this.#onStall !== null || this.#keepAlive.held;
    return isRun && (this.#deadline === null ? this.#onStall !== null : this.#worksOutside());
  }

  #goOn(outside: string): void {
    if (this.#deadline === null) this.#onStall?.(outside);
    else this.#pass(Math.max(this.#now, this.#deadline));
  }

  #pass(moment: number): void {
    this.#now = moment;
    this.#deadline = null;
    runInRoot(this.#onDeadline);
  }

  #onLook(hostIsBusy: () => boolean): void {
    if (this.#wanted === "turn" || this.#events === null) return;
    if (this.#isWaiting() && !hostIsBusy()) this.#goOn(NOTHING_OPEN);
    else this.#idle();
  }

  readonly #onHostDone = (): void => {
    this.#quiescence.request(false);
  };

  readonly #turn = (): void => {
    this.#events?.turn();
  };

  readonly #onDeadline = (): void => {
    this.#events?.deadline();
  };

  #burstIsOver(): boolean {
    if (++this.#turns % TURNS_PER_CLOCK_READ !== 0) return false;
    const now = performance.now();
    if (now - this.#burstStart < BURST) return false;
    this.#burstStart = now;
    return true;
  }
}
