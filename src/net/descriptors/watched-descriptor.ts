import type { EventLoop } from "../../core/event-loop.ts";
import {
  type Direction,
  READABLE,
  type Readiness,
  type ReadinessWatch,
  type ReadinessWatcher,
  WRITABLE,
} from "./readiness.ts";
import { Side } from "./side.ts";

/** A socket that says when it is about to be closed or given away; the function that is returned withdraws the wish. */
interface ClosingOwner {
  whenClosing(callback: () => void): () => void;
}

/** What the loop knows of a descriptor that somebody watches. */
export class WatchedDescriptor implements ReadinessWatcher {
  readonly fd: number;
  readonly #watch: ReadinessWatch;
  readonly #reading: Side;
  readonly #writing: Side;
  /** Called when nobody watches it any more. */
  readonly #onUnused: () => void;
  /** By what the descriptor was named, and what withdraws the wish to hear of its end. */
  readonly #owners = new Map<object, () => void>();
  #wanted = 0;
  #over = false;

  constructor(loop: EventLoop, readiness: Readiness, fd: number, onUnused: () => void) {
    const changed = (): void => void this.update();
    this.fd = fd;
    this.#reading = new Side(loop, changed);
    this.#writing = new Side(loop, changed);
    this.#onUnused = onUnused;
    this.#watch = readiness.add(fd, this);
  }

  side(direction: Direction): Side {
    return direction === READABLE ? this.#reading : this.#writing;
  }

  isNamedBy(owner: unknown): boolean {
    return typeof owner === "object" && owner !== null && this.#owners.has(owner);
  }

  /** Ends the watch when the owner of the descriptor closes it. */
  nameBy(owner: unknown, onClosing: () => void): void {
    if (typeof owner !== "object" || owner === null || this.#owners.has(owner)) return;
    this.#owners.set(owner, tellsOfClosing(owner) ? owner.whenClosing(onClosing) : () => undefined);
  }

  /** Watches for what is wanted now. @returns 0, or `-errno`: the system cannot watch it */
  update(): number {
    if (this.#over) return 0;
    if (!this.#reading.inUse && !this.#writing.inUse) {
      this.end();
      return 0;
    }
    const wanted = (this.#reading.wantsReports ? READABLE : 0) | (this.#writing.wantsReports ? WRITABLE : 0);
    const before = this.#wanted;
    this.#wanted = wanted;
    if (before & ~wanted) this.#watch.unwant(before & ~wanted);
    return wanted & ~before ? this.#watch.want(wanted & ~before) : 0;
  }

  /** The same for a descriptor that may have been closed meanwhile, and its number taken by another. */
  renew(): number {
    const failure = this.update();
    return failure < 0 || this.#over ? failure : this.#watch.renew();
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    for (const withdraw of this.#owners.values()) withdraw();
    this.#watch.close();
    this.#onUnused();
  }

  onReadable(): void {
    this.#reading.ready();
  }

  onWritable(): void {
    this.#writing.ready();
  }
}

function tellsOfClosing(owner: object): owner is ClosingOwner {
  return "whenClosing" in owner && typeof owner.whenClosing === "function";
}
