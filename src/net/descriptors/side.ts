import type { EventLoop } from "../../core/event-loop.ts";
import { Future } from "../../core/future.ts";
import type { Handle } from "../../core/handle.ts";
import { HostReport } from "../../core/scheduler.ts";

/** One direction of a watched descriptor: the callback that is to run whenever it is ready, and the operations that wait in line. */
export class Side {
  readonly #loop: EventLoop;
  /** Called when what this side wants has changed. */
  readonly #changed: () => void;
  readonly #line: Place[] = [];
  #callback: Handle | null = null;
  /** The callback's turn, while it waits for it. */
  #due: DueCallback | null = null;

  constructor(loop: EventLoop, changed: () => void) {
    this.#loop = loop;
    this.#changed = changed;
  }

  /** Whether somebody has to be told when the descriptor is ready; whoever knows it already need not. */
  get wantsReports(): boolean {
    return (this.#callback !== null && this.#due === null) || this.#line[0]?.waits === true;
  }

  get inUse(): boolean {
    return this.#callback !== null || this.#line.length > 0;
  }

  get hasLine(): boolean {
    return this.#line.length > 0;
  }

  /** @returns whether there was one before, which is cancelled */
  setCallback(handle: Handle | null): boolean {
    const before = this.#callback;
    this.#callback = handle;
    this.#due = null;
    before?.cancel();
    return before !== null;
  }

  /** A place at the end of the line. Whoever takes it has to leave it. */
  enter(): Place {
    const place: Place = new Place(this.#loop, {
      changed: this.#changed,
      leave: () => this.#leave(place),
    });
    this.#line.push(place);
    return place;
  }

  ready(): void {
    const callback = this.#callback;
    if (callback !== null && this.#due === null) this.#call(callback);
    this.#line[0]?.call();
    this.#changed();
  }

  /** Everybody who waits in line gets an error. */
  fail(makeError: () => Error): void {
    for (const place of this.#line.splice(0)) place.fail(makeError());
  }

  #call(callback: Handle): void {
    const { scheduler } = this.#loop;
    scheduler.noteHostCall();
    if (scheduler.free) {
      callback.run();
      return;
    }
    const due = new DueCallback(callback, () => {
      if (this.#due !== due) return;
      this.#due = null;
      this.#changed();
    });
    this.#due = due;
    scheduler.enqueueReport(due);
  }

  #leave(place: Place): void {
    const index = this.#line.indexOf(place);
    if (index < 0) return;
    this.#line.splice(index, 1);
    if (index === 0) this.#line[0]?.call(); // perhaps there is something for the next one, too
    this.#changed();
  }
}

interface PlaceEvents {
  readonly changed: () => void;
  readonly leave: () => void;
}

/** Of an operation that waits for its turn. */
export class Place {
  readonly #loop: EventLoop;
  readonly #events: PlaceEvents;
  #future: Future<void> | null = null;
  #failure: Error | null = null;
  #called = false;

  constructor(loop: EventLoop, events: PlaceEvents) {
    this.#loop = loop;
    this.#events = events;
  }

  /** Whether it is to be called. */
  get waits(): boolean {
    return !this.#called;
  }

  /** Done when the descriptor is ready and it is this one's turn; rejects when the descriptor was closed. */
  async turn(): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    this.#called = false;
    this.#future = new Future<void>({ loop: this.#loop });
    this.#events.changed();
    await this.#future;
  }

  leave(): void {
    this.#events.leave();
  }

  call(): void {
    this.#called = true;
    if (this.#future !== null && !this.#future.done()) this.#future.setResult();
  }

  fail(error: Error): void {
    this.#called = true;
    this.#failure = error;
    if (this.#future !== null && !this.#future.done()) this.#future.setException(error);
  }
}

/** A callback that became due while other things were. */
class DueCallback extends HostReport {
  readonly #callback: Handle;
  readonly #hasRun: () => void;

  constructor(callback: Handle, hasRun: () => void) {
    super();
    this.#callback = callback;
    this.#hasRun = hasRun;
  }

  run(): void {
    this.#hasRun();
    this.#callback.run();
  }

  override toString(): string {
    return this.#callback.toString();
  }
}
