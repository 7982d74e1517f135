import { READABLE, WRITABLE } from "../../native/readiness.ts";
import type { Poller } from "./poller.ts";

/** Is told when a descriptor can be read or written; also when that will fail, so that the call says why. */
export interface Watcher {
  onReadable(): void;
  onWritable(): void;
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
