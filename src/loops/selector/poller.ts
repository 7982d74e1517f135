/**
 * Which descriptors are ready, as a guest of the host's loop: the host watches one descriptor, the queue's own, and all that is
 * ready below it is taken from it at once.
 */

import { callError, wouldBlock } from "../../native/errors.ts";
import { openReadinessQueue } from "../../native/readiness-queue.ts";
import { READABLE, type ReadinessQueue, WRITABLE } from "../../native/readiness.ts";
import { Transfers } from "../../native/transfers.ts";
import { HostPoll } from "./host-poll.ts";
import { MOST_RECEIVING, ReceiveBatch, type Receiving } from "./receive-batch.ts";
import { type Parcel, SendBatch, type Sending } from "./send-batch.ts";

const MOST_TRANSFERS = 256; // that are made with one call
const SLICE = 2; // ms that the events of one call may take before the host has its turn; what is left comes again
const EVENTS_PER_CLOCK_READ = MOST_RECEIVING;

/** Is told when a descriptor can be read or written; also when that will fail, so that the call says why. */
export interface Watcher {
  onReadable(): void;
  onWritable(): void;
}

export class Poller {
  readonly #wantedFor: string;
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
  /** How many watches want something: as long as there are any, the host stays alive. */
  #wanting = 0;

  constructor(wanted: string) {
    this.#wantedFor = wanted;
    this.#queue = openReadinessQueue(wanted);
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
    const queue = this.#queue;
    const count = queue.wait(0);
    if (count < 0) {
      if (wouldBlock(count)) return;
      throw callError(count, "epoll_wait");
    }
    this.#collecting = count > 1;
    let startedAt: number | null = null;
    let stale: Set<number> | null = null;
    for (let index = 0; index < count; index++) {
      const watch = this.#watches[queue.fdOf(index)];
      if (watch === undefined || watch.tag !== queue.tagOf(index)) {
        stale ??= new Set();
        stale.add(queue.tagOf(index)); // closed by an event before it, as a rule
        continue;
      }
      watch.ready(queue.readinessOf(index));
      if (index % EVENTS_PER_CLOCK_READ === EVENTS_PER_CLOCK_READ - 1) {
        this.#receiveTogether();
        const now = performance.now();
        startedAt ??= now;
        if (now - startedAt > SLICE) break;
      }
    }
    this.#receiveTogether();
    this.#collecting = false;
    if (stale !== null) this.#noteStale(stale);
    else if (this.#stale.size > 0) this.#stale = new Set();
  };
}

class Batches {
  readonly receives: ReceiveBatch;
  readonly sends: SendBatch;

  constructor(transfers: Transfers) {
    this.receives = new ReceiveBatch(transfers);
    this.sends = new SendBatch(transfers);
  }
}

/** A descriptor, and what is wanted of it. What there are many of are watchers of themselves, which saves an object each. */
export abstract class Watched implements Watcher {
  /** Or -1 once it is closed and somebody says so. */
  descriptor: number;
  readonly tag: number;
  protected readonly poller: Poller;
  #wanted = 0;
  /** What the system watches. It may be more, since reading is often paused and resumed before anything comes. */
  #watched = 0;

  /** There must be no other watch of this descriptor. */
  constructor(poller: Poller, fd: number) {
    this.poller = poller;
    this.descriptor = fd;
    this.tag = poller.enroll(this);
  }

  abstract onReadable(): void;
  abstract onWritable(): void;

  get wanted(): number {
    return this.#wanted;
  }

  /**
   * Begins to watch for something.
   *
   * @param readiness - `READABLE` or `WRITABLE`
   * @returns 0, or `-errno` if this descriptor cannot be watched
   */
  want(readiness: number): number {
    if ((this.#wanted & readiness) === readiness) return 0;
    const wanted = this.#wanted | readiness;
    if ((this.#watched & wanted) !== wanted) {
      const failure = this.change(wanted);
      if (failure < 0) return failure;
    }
    if (this.#wanted === 0) this.poller.noteWanting(1);
    this.#wanted = wanted;
    return 0;
  }

  unwant(readiness: number): void {
    if ((this.#wanted & readiness) === 0) return;
    this.#wanted &= ~readiness;
    if (this.#wanted === 0) this.poller.noteWanting(-1);
    if (readiness & WRITABLE) this.change(this.#wanted); // it would be ready at once, again and again
  }

  /**
   * Makes sure that the system still watches what is wanted: what was closed it forgets, and another may have the number.
   *
   * @returns 0, or `-errno`
   */
  renew(): number {
    const result = this.#wanted === 0 ? 0 : this.poller.change(this, this.#watched, this.#wanted);
    this.#watched = result < 0 ? 0 : this.#wanted;
    return result;
  }

  /** To be called before the descriptor is closed. */
  unwatch(): void {
    this.unwant(READABLE | WRITABLE);
    if (this.#watched !== 0) this.change(0);
    this.poller.forget(this);
  }

  /** @internal The system's queue is another one, which knows nothing of this. */
  moved(): void {
    this.#watched = 0;
    this.change(this.#wanted);
  }

  /** @internal Calls whoever wants what is ready. */
  ready(readiness: number): void {
    if ((readiness & this.#wanted) === 0) {
      this.change(this.#wanted);
      return;
    }
    if (readiness & this.#wanted & READABLE) this.onReadable();
    if (readiness & this.#wanted & WRITABLE) this.onWritable();
  }

  /** Not a `#private` method, for which V8 would mark each object with 8 bytes. */
  protected change(wanted: number): number {
    if (wanted === this.#watched) return 0;
    const result = this.poller.change(this, this.#watched, wanted);
    this.#watched = result < 0 ? 0 : wanted;
    return result;
  }
}

/** A descriptor whose watcher is something else. */
export class Watch extends Watched {
  readonly #watcher: Watcher;

  constructor(poller: Poller, fd: number, watcher: Watcher) {
    super(poller, fd);
    this.#watcher = watcher;
  }

  onReadable(): void {
    this.#watcher.onReadable();
  }

  onWritable(): void {
    this.#watcher.onWritable();
  }

  close(): void {
    this.unwatch();
  }
}
