/** What runs when: the ready queue, the timers, and the turns that move them. One per loop; knows no task and no future. */

import type { LoopDriver, Pace } from "./driver.ts";
import { type Ready, type ReadyEntries, ReadyQueue } from "./ready-queue.ts";
import { type Timer, Timers } from "./timers.ts";

/**
 * A ready entry that runs no user code itself but resolves what an async function waits for; the function goes on in a
 * microtask. A turn lets such functions go on before the next entry that calls user code, to keep first in, first out.
 */
export abstract class Wake implements Ready {
  abstract run(): void;
}

/**
 * What the host reported while other things were ready. Reports of different origin have no order among each other, so a later
 * one may run at once though earlier ones still wait: else a loop that fell behind would never again do without the queue.
 */
export abstract class HostReport implements Ready {
  abstract run(): void;
}

/** Is told in debug mode how long each entry ran, the awakened functions included. */
export type EntryObserver = (entry: Ready, duration: number) => void;

/**
 * - `idle`: work is kept but not run
 * - `live`: turns run
 * - `stopping`: the current batch is the last
 * - `draining`: the last batch is over; what it woke runs to its next wait
 * - `closed`: for ever
 */
type Phase = "idle" | "live" | "stopping" | "draining" | "closed";

/** Why a turn ended before its batch did: to let woken functions go on, or because the host has waited long enough. */
type Pause = "settle" | "slice";

const SLICE = 2; // ms that a batch may take before the host and due timers get their turn
const ENTRIES_PER_CLOCK_READ = 64;
const WAKES_PER_TURN = 128; // each lets an async function go on, which takes longer than waking it

export class Scheduler {
  readonly driver: LoopDriver;
  readonly #ready: ReadyEntries;
  readonly #timers = new Timers();
  #phase: Phase = "idle";
  #turnRequested = false;
  #inTurn = false;
  #reporting = false;
  #turns = 0;
  /** How many of the ready entries are reports of the host. */
  #reports = 0;
  /** Entries of the current batch that have not run; null between batches. What is queued meanwhile waits for the next. */
  #batch: number | null = null;
  /** Set while timers overtake a long batch: then what they make ready overtakes it too. */
  #overtaking: Ready[] | null = null;
  #timersCheckedAt = 0;
  /** Whether timers are in the current batch: those that become due meanwhile must not overtake them. */
  #timersInBatch = false;
  #onStopped: (() => void) | null = null;
  #observer: EntryObserver | null = null;

  constructor(driver: LoopDriver) {
    this.driver = driver;
    this.#ready = driver.makeReadyEntries?.() ?? new ReadyQueue();
    driver.attach({
      turn: () => this.#turn(),
      deadline: () => {
        if (!this.#turnRequested) this.#turn(); // else the turn to come looks at the timers
      },
    });
  }

  get closed(): boolean {
    return this.#phase === "closed";
  }

  /** How many turns have begun: two events with the same number happened in one turn. */
  get turns(): number {
    return this.#turns;
  }

  get readyCount(): number {
    return this.#ready.length;
  }

  get timerCount(): number {
    return this.#timers.live;
  }

  /** Whether what the host reports may run at once, because nothing that it must not overtake is queued before it. */
  get free(): boolean {
    if (this.#reporting) return true;
    return this.#phase === "live" && !this.#inTurn && this.#ready.length === this.#reports && !this.#stepwise;
  }

  time(): number {
    return this.driver.time();
  }

  /** Queues an entry. On a closed scheduler nothing will ever run again, so it is dropped. */
  enqueue(entry: Ready): void {
    if (this.#phase === "closed") return;
    if (this.#overtaking !== null) {
      this.#overtaking.push(entry);
      return;
    }
    this.#ready.push(entry);
    this.#request("soon");
  }

  enqueueReport(report: HostReport): void {
    if (this.#phase !== "closed" && this.#overtaking === null) this.#reports++;
    this.enqueue(report);
  }

  /**
   * Runs a call of the host that reports several things. They have their turn together: what the first ones make ready does not hold up the
   * others, which would have to queue behind it.
   */
  runReports(reports: () => void): void {
    if (this.free) this.runReport(reports);
    else reports();
  }

  /** Runs what stands in the order for a call of the host: what it reports has had its turn, and need not queue again. */
  runReport(report: () => void): void {
    this.#reporting = true;
    try {
      report();
    } finally {
      this.#reporting = false;
    }
  }

  /** To be called when the host calls, and before what it reports runs: it has had its turn. */
  noteHostCall(): void {
    this.driver.noteHostCall?.();
  }

  addTimer(timer: Timer): void {
    if (this.#phase === "closed") return;
    this.#timers.add(timer);
    this.#request("soon"); // that turn arms the driver, once for all timers that were added before it
  }

  /** To be called once for a timer that has just become cancelled. */
  noteTimerCancelled(timer: Timer): void {
    this.#timers.noteCancelled(timer);
    if (this.#timers.live === 0) this.#request("soon");
  }

  start(): void {
    this.#phase = "live";
    this.#request("soon");
  }

  /** Makes the current batch the last one, or the next if none is running; calls back when what it woke has run. */
  stop(onStopped: () => void): void {
    this.#phase = "stopping";
    this.#onStopped = onStopped;
    this.#request("soon");
  }

  observe(observer: EntryObserver | null): void {
    this.#observer = observer;
  }

  close(): void {
    this.#phase = "closed";
    this.#ready.clear();
    this.#reports = 0;
    this.#timers.clear();
    this.driver.close();
  }

  #request(pace: Pace): void {
    if (this.#turnRequested || this.#phase === "idle" || this.#phase === "closed") return;
    this.#turnRequested = true;
    this.driver.requestTurn(pace);
  }

  #turn(): void {
    this.#turnRequested = true; // what is queued meanwhile need not ask: the end of the turn knows what is wanted
    this.#inTurn = true;
    const pause = this.#phase === "draining" ? null : this.#runTurn();
    this.#inTurn = false;
    this.#turnRequested = false;
    if (this.#phase === "draining") this.#stopped();
    else if (pause === null) this.#endBatch();
    else this.#request(pause === "slice" ? "host" : "soon");
  }

  #runTurn(): Pause | null {
    if (this.#phase === "idle" || this.#phase === "closed") return null;
    this.#turns++;
    if (this.#batch === null) this.#batch = this.#nextBatch();
    else this.#runOverdueTimers();
    return this.#runBatch();
  }

  get #stepwise(): boolean {
    return this.#observer !== null || this.driver.granularity === "step";
  }

  /** Whether due timers may overtake so many entries: never where the order is to be exact. */
  #isLong(entries: number): boolean {
    return !this.#stepwise && entries > ENTRIES_PER_CLOCK_READ;
  }

  #nextBatch(): number {
    this.#timersInBatch = false;
    if (this.#timers.live > 0) {
      const now = this.driver.time();
      this.#timersCheckedAt = now;
      if (this.#isLong(this.#ready.length)) return this.#ready.length; // they overtake it after the first slice
      for (let timer = this.#timers.takeDue(now); timer !== undefined; timer = this.#timers.takeDue(now)) {
        this.#ready.push(timer);
        this.#timersInBatch = true;
      }
    }
    return this.#ready.length;
  }

  /** Due timers overtake what is left of a long batch; they stay behind a short one, as in asyncio, and behind earlier timers. */
  #runOverdueTimers(): void {
    if (this.#timersInBatch || !this.#isLong(this.#batch ?? 0) || this.#timers.live === 0) return;
    const now = this.driver.time();
    if (now - this.#timersCheckedAt <= SLICE) return;
    this.#timersCheckedAt = now;
    const overtaking: Ready[] = [];
    this.#overtaking = overtaking;
    for (let timer = this.#timers.takeDue(now); timer !== undefined; timer = this.#timers.takeDue(now))
      timer.run();
    this.#overtaking = null;
    for (const entry of overtaking) entry.run();
  }

  #runBatch(): Pause | null {
    const stepwise = this.#stepwise;
    let wakes = 0;
    let startedAt: number | null = null; // the clock is read only where a batch is long
    for (let count = 1; this.#batch !== null && this.#batch > 0; count++) {
      const isWake = this.#ready.peek() instanceof Wake;
      if (isWake ? wakes++ === WAKES_PER_TURN : wakes > 0) return "settle";
      this.#batch--;
      const entry = this.#ready.shift();
      if (this.#reports > 0 && entry instanceof HostReport) this.#reports--;
      if (this.#observer === null) entry?.run();
      else if (entry !== undefined) this.#runObserved(entry, this.#observer);
      if (stepwise) return "settle";
      if (count % ENTRIES_PER_CLOCK_READ === 0) {
        const now = this.driver.time();
        startedAt ??= now;
        if (now - startedAt > SLICE) return "slice";
      }
    }
    return null;
  }

  #runObserved(entry: Ready, observer: EntryObserver): void {
    const since = performance.now(); // and not the loop's clock, which may stand still
    entry.run();
    this.driver.afterSettling(() => observer(entry, performance.now() - since));
  }

  #endBatch(): void {
    this.#batch = null;
    if (this.#phase === "closed" || this.#phase === "idle") return;
    if (this.#phase === "stopping") {
      this.#phase = "draining";
      this.driver.setDeadline(null);
      this.#request("host");
    } else if (this.#ready.length > 0) this.#request("soon");
    else this.driver.setDeadline(this.#timers.next());
  }

  #stopped(): void {
    this.#phase = "idle";
    const onStopped = this.#onStopped;
    this.#onStopped = null;
    onStopped?.();
  }
}
