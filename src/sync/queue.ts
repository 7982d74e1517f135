import { requireNumber } from "./arguments.ts";
import { QueueEmpty, QueueFull, QueueShutDown } from "./errors.ts";
import { type Gate, Line, Onward } from "./line.ts";
import { Primitive } from "./primitive.ts";
import { QueueIterator } from "./queue-iterator.ts";
import { Fifo, type QueueStorage, requireStorage, showItems } from "./queue-storage.ts";
import { UnfinishedWork } from "./unfinished-work.ts";

export interface QueueOptions<T> {
  /** Where the items are kept, which decides their order; first in, first out by default. */
  readonly storage?: QueueStorage<T>;
}

export interface QueueStatistics {
  readonly size: number;
  readonly maxsize: number;
  /** How many wait for an item. */
  readonly getters: number;
  /** How many wait for room. */
  readonly putters: number;
  /** Items that were put and for which `taskDone()` was not called yet. */
  readonly unfinished: number;
  readonly shutDown: boolean;
}

/**
 * Hands items from those who put them to those who get them, first in, first out.
 *
 * @param maxsize - how many items it holds before `put()` waits; zero or less for any number; may be a fraction
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` - not a number, or NaN
 * @example
 * const queue = new Queue<string>();
 * createTask(async () => {
 *   await queue.put("work");
 *   queue.shutdown();
 * });
 * for await (const item of queue) console.log(item); // => work
 *
 * Python: `asyncio.Queue`. For an order of one's own, where Python overrides `_get` and `_put`, pass a storage.
 */
export class Queue<T> extends Primitive implements AsyncIterable<T> {
  readonly #maxsize: number;
  readonly #storage: QueueStorage<T>;
  readonly #getters = new Line(this, "an item of");
  readonly #putters = new Line(this, "room in");
  readonly #work = new UnfinishedWork(this);
  #shutDown = false;
  readonly #getting: Gate<T> = {
    // Somebody who did not wait may have been quicker; then the wait goes on at the end of the line, as in asyncio.
    admit: () =>
      this.empty() && !this.#shutDown ? new Onward(this.#getters, this.#getting) : this.getNowait(),
    dismiss: (error, granted) => {
      if (granted && !this.empty()) this.#getters.grant();
      throw error;
    },
  };

  constructor(maxsize = 0, options: QueueOptions<T> = {}) {
    super();
    requireNumber(maxsize, `new ${new.target.name}(maxsize)`);
    const { storage = new Fifo<T>() } = options;
    requireStorage(storage, "new Queue(maxsize, { storage })");
    this.#maxsize = maxsize;
    this.#storage = storage;
  }

  /** How many items it holds before `put()` waits; zero or less for any number. */
  get maxsize(): number {
    return this.#maxsize;
  }

  /** How many items it holds now. */
  qsize(): number {
    return this.#storage.length;
  }

  empty(): boolean {
    return this.#storage.length === 0;
  }

  /** Whether `put()` would wait; never, if `maxsize` is zero or less. */
  full(): boolean {
    return this.#maxsize > 0 && this.#storage.length >= this.#maxsize;
  }

  /**
   * Puts an item in; waits while the queue is full. Without a wait it costs no turn of the loop.
   *
   * @throws QueueShutDown `GYRE_QUEUE_SHUT_DOWN` - the queue was shut down, perhaps during the wait
   * @throws CancelledError `GYRE_CANCELLED` - the task was cancelled while it waited
   * @throws RuntimeError `GYRE_OTHER_LOOP` - others wait on it on another loop
   * @example
   * const queue = new Queue<number>(1);
   * await queue.put(42);
   *
   * Cancel safety: nothing is lost; a cancelled `put` has not put the item, and the room goes to the next. Python: `Queue.put`.
   */
  put(item: T): Promise<void> {
    try {
      if (this.full() && !this.#shutDown) return this.#putters.wait(this.#putting(item));
      this.putNowait(item);
      return done;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Puts an item in, without waiting.
   *
   * @throws QueueFull `GYRE_QUEUE_FULL` - there is no room
   * @throws QueueShutDown `GYRE_QUEUE_SHUT_DOWN` - the queue was shut down
   *
   * Python: `Queue.put_nowait`.
   */
  putNowait(item: T): void {
    if (this.#shutDown) throw new QueueShutDown();
    if (this.full()) throw new QueueFull();
    this.#storage.add(item);
    this.#work.add();
    this.#getters.grant();
  }

  /**
   * Takes the next item; waits while the queue is empty. With an item there it costs no turn of the loop.
   *
   * @returns the item; if that is a promise, what it resolves to (use `getNowait()` to get promises as they are)
   * @throws QueueShutDown `GYRE_QUEUE_SHUT_DOWN` - the queue was shut down, and is empty
   * @throws CancelledError `GYRE_CANCELLED` - the task was cancelled while it waited
   * @throws RuntimeError `GYRE_OTHER_LOOP` - others wait on it on another loop
   * @example
   * const queue = new Queue<number>();
   * queue.putNowait(42);
   * console.log(await queue.get()); // => 42
   *
   * Cancel safety: nothing is lost; a cancelled `get` has taken nothing, and the item goes to the next. Python: `Queue.get`.
   */
  get(): Promise<T> {
    try {
      if (!this.empty() || this.#shutDown) return Promise.resolve(this.getNowait());
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#getters.wait(this.#getting);
  }

  /**
   * Takes the next item, without waiting.
   *
   * @throws QueueEmpty `GYRE_QUEUE_EMPTY` - there is none
   * @throws QueueShutDown `GYRE_QUEUE_SHUT_DOWN` - there is none, and there will be none
   *
   * Python: `Queue.get_nowait`.
   */
  getNowait(): T {
    if (this.empty()) throw this.#shutDown ? new QueueShutDown() : new QueueEmpty();
    const item = this.#storage.take();
    this.#putters.grant();
    return item;
  }

  /**
   * Says that the work on an item is done, for `join()`: to be called once for each item that was taken.
   *
   * @throws RuntimeError `GYRE_TASK_DONE_TOO_OFTEN` - it was called for all items already. Python: `ValueError`
   *
   * Python: `Queue.task_done`.
   */
  taskDone(): void {
    this.#work.done();
  }

  /**
   * Waits until the work on all items that were put in is done; costs no turn of the loop if it is.
   *
   * @throws CancelledError `GYRE_CANCELLED` - the task was cancelled while it waited
   * @throws RuntimeError `GYRE_OTHER_LOOP` - others wait on it on another loop
   * @example
   * const queue = new Queue<string>();
   * createTask(async () => {
   *   for await (const item of queue) queue.taskDone();
   * });
   * await queue.put("work");
   * await queue.join();
   * queue.shutdown();
   *
   * Cancel safety: nothing is lost. Python: `Queue.join`.
   */
  join(): Promise<void> {
    return this.#work.join();
  }

  /**
   * Closes the queue for ever: `put` is refused from now on, and `get` once the queue is empty, also for those who wait.
   *
   * @param immediate - drop the items that are left; their work counts as done
   *
   * Python: `Queue.shutdown`, also in that items which were taken and not yet reported by `taskDone()` still count for `join()`.
   */
  shutdown(immediate = false): void {
    this.#shutDown = true;
    if (immediate) this.#drop();
    this.#getters.grantAll();
    this.#putters.grantAll();
  }

  /** Gives items as they come, and ends when the queue has been shut down and is empty. Call `taskDone()` as with `get()`. */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return new QueueIterator(this);
  }

  /** A snapshot for monitoring. */
  statistics(): QueueStatistics {
    return {
      size: this.qsize(),
      maxsize: this.#maxsize,
      getters: this.#getters.waiting,
      putters: this.#putters.waiting,
      unfinished: this.#work.count,
      shutDown: this.#shutDown,
    };
  }

  override toString(): string {
    return `<${this.constructor.name} ${this.describe()}>`;
  }

  protected override describe(): string {
    const parts = [`maxsize=${this.#maxsize}`];
    if (!this.empty()) parts.push(`_queue=[${showItems(this.#storage)}]`);
    if (this.#getters.waiting > 0) parts.push(`_getters[${this.#getters.waiting}]`);
    if (this.#putters.waiting > 0) parts.push(`_putters[${this.#putters.waiting}]`);
    if (this.#work.count > 0) parts.push(`tasks=${this.#work.count}`);
    if (this.#shutDown) parts.push("shutdown");
    return parts.join(" ");
  }

  #putting(item: T): Gate<void> {
    const gate: Gate<void> = {
      admit: () => (this.full() && !this.#shutDown ? new Onward(this.#putters, gate) : this.putNowait(item)),
      dismiss: (error, granted) => {
        if (granted && !this.full()) this.#putters.grant();
        throw error;
      },
    };
    return gate;
  }

  #drop(): void {
    const count = this.qsize();
    while (!this.empty()) this.#storage.take();
    this.#work.drop(count);
  }
}

const done: Promise<void> = Promise.resolve();
