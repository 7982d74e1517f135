/**
 * Which descriptors are ready, as a guest of the host's loop: the host watches one descriptor, the queue's own, and all that is
 * ready below it is taken from it at once.
 */

import type { Scheduler } from "../../core/scheduler.ts";
import { callError, wouldBlock } from "../../native/errors.ts";
import { openReadinessQueue } from "../../native/readiness-queue.ts";
import type { ReadinessQueue } from "../../native/readiness.ts";
import { Transfers } from "../../native/transfers.ts";
import { HostPoll } from "./host-poll.ts";
import { MOST_RECEIVING, ReceiveBatch, type Receiving } from "./receive-batch.ts";
import { type Parcel, SendBatch, type Sending } from "./send-batch.ts";
import { Watch, type Watched, type Watcher } from "./watch.ts";

const MOST_TRANSFERS = 256; // that are made with one call
const SLICE = 2; // ms that the events of one call may take before the host has its turn; what is left comes again
const EVENTS_PER_CLOCK_READ = MOST_RECEIVING;
const FEWEST = 16; // events that are asked for at least

export class Poller {
  readonly #wantedFor: string;
  readonly #runReports: Scheduler["runReports"];
  #queue: ReadinessQueue;
  #host: HostPoll;
  /** By descriptor. */
  readonly #watches: (Watched | undefined)[] = [];
  #tags = 0;
  /** Tags of events that were nobody's, of the call before. */
  #stale = new Set<number>();
  /** Made at once, so that the number of open descriptors does not change later. */
  readonly #transfers = new Transfers(MOST_TRANSFERS);
  /** With much memory, and made when there is first more than one event at a time. */
  #batches: Batches | null = null;
  /** Whether those who have something to receive are being collected. */
  #collecting = false;
  /**
   * How many events are asked for. As few as were handled when there was not the time for all: else those at the front, who may be ready
   * again by then, would come before those at the end for ever.
   */
  #most: number;
  /** How many watches want something: as long as there are any, the host stays alive. */
  #wanting = 0;

  /**
   * @param wanted - what it is for: see {@link loadKoffi}
   * @param runReports - of the loop, which has what is reported in one call run together
   */
  constructor(wanted: string, runReports: Scheduler["runReports"]) {
    this.#wantedFor = wanted;
    this.#runReports = runReports;
    this.#queue = openReadinessQueue(wanted);
    this.#most = this.#queue.capacity;
    this.#host = this.#watchQueue();
  }

  /** Begins to know a descriptor, of which nothing is wanted yet. There must be no other watch of it. */
  add(fd: number, watcher: Watcher): Watch {
    return new Watch(this, fd, watcher);
  }

  /** @internal For a descriptor that begins to be watched. @returns its tag */
  enroll(watched: Watched): number {
    this.#watches[watched.descriptor] = watched;
    this.#tags = (this.#tags + 1) | 0;
    return this.#tags;
  }

  watchOf(fd: number): Watched | undefined {
    return this.#watches[fd];
  }

  /** Whether somebody is received for together with others; else he has to do that himself. */
  takesReceive(receiving: Receiving): boolean {
    if (!this.#collecting) return false;
    this.#batches ??= new Batches(this.#transfers);
    this.#batches.receives.add(receiving);
    return true;
  }

  /** Takes a copy of a write, to make it together with others at the end of the round. @returns null if it is to be made at once */
  takeWrite(sender: Sending, chunk: Uint8Array): Parcel | null {
    return this.#batches?.sends.take(sender, chunk) ?? null;
  }

  close(): void {
    this.#host.close();
    this.#queue.close();
    this.#batches?.sends.close();
    this.#transfers.close();
    this.#watches.length = 0;
  }

  /** @internal For a watch. @returns 0 or `-errno` */
  change(watch: Watched, before: number, wanted: number): number {
    return this.#queue.set(watch.descriptor, before, wanted, watch.tag);
  }

  /** @internal For a watch. */
  noteWanting(delta: 1 | -1): void {
    this.#wanting += delta;
    if (this.#wanting === 1 && delta === 1) this.#host.ref();
    else if (this.#wanting === 0) this.#host.unref();
  }

  /** @internal For a watch. */
  forget(watch: Watched): void {
    if (this.#watches[watch.descriptor] === watch) this.#watches[watch.descriptor] = undefined;
  }

  #watchQueue(): HostPoll {
    const host = new HostPoll(this.#wantedFor, this.#queue.fd, this.#takeEvents);
    if (this.#wanting === 0) host.unref();
    return host;
  }

  /**
   * A descriptor was closed while its watch was on, and a double of it lives: epoll reports it for ever, and can no more be told to
   * stop, since the number is nobody's or another's. Only a new queue helps.
   */
  #replaceQueue(): void {
    this.#host.close();
    this.#queue.close();
    this.#queue = openReadinessQueue(this.#wantedFor);
    this.#host = this.#watchQueue();
    for (const watch of this.#watches) watch?.moved();
  }

  /** What is closed by an event before it is reported once more; what comes again in the next call will never end. */
  #noteStale(tags: Set<number>): void {
    const before = this.#stale;
    this.#stale = tags;
    for (const tag of tags) {
      if (!before.has(tag)) continue;
      this.#stale = new Set();
      this.#replaceQueue();
      return;
    }
  }

  #receiveTogether(): void {
    if (this.#batches === null || this.#batches.receives.size === 0) return;
    this.#batches.sends.open();
    this.#batches.receives.run();
  }

  readonly #takeEvents = (): void => {
    const count = this.#queue.wait(0, this.#most);
    if (count < 0) {
      if (wouldBlock(count)) return;
      throw callError(count, "epoll_wait");
    }
    this.#runReports(() => this.#adapt(count, this.#handle(count)));
  };

  #adapt(count: number, handled: number): void {
    if (handled < count) this.#most = Math.max(handled, FEWEST);
    else if (count === this.#most) this.#most = Math.min(2 * count, this.#queue.capacity);
  }

  /** @returns how many events, from the first one on: what is left comes again */
  #handle(count: number): number {
    const startedAt = count > EVENTS_PER_CLOCK_READ ? performance.now() : 0;
    const stale = new Set<number>();
    this.#collecting = count > 1;
    let handled = 0;
    while (handled < count) {
      this.#report(handled++, stale);
      if (handled % EVENTS_PER_CLOCK_READ !== 0) continue;
      this.#receiveTogether();
      if (performance.now() - startedAt > SLICE) break;
    }
    this.#receiveTogether();
    this.#collecting = false;
    this.#noteStale(stale);
    return handled;
  }

  #report(index: number, stale: Set<number>): void {
    const watch = this.#watches[this.#queue.fdOf(index)];
    const tag = this.#queue.tagOf(index);
    if (watch?.tag === tag) watch.ready(this.#queue.readinessOf(index));
    else stale.add(tag); // closed by an event before it, as a rule
  }
}

class Batches {
  readonly receives: ReceiveBatch;
  readonly sends: SendBatch;

  constructor(transfers: Transfers) {
    this.receives = new ReceiveBatch(transfers);
    this.sends = new SendBatch(transfers);
  }
}
