/** What the selectors have in common: who is registered, and how what is ready is told. */

import { constants } from "node:os";
import { describe, requireDelay } from "../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError, RuntimeError } from "../core/errors.ts";
import { descriptorOf, descriptorOrClosed, type FileObject } from "../core/file-object.ts";
import { inspectSymbol } from "../core/inspect.ts";
import { callError } from "../native/errors.ts";
import { READABLE, type ReadinessQueue, WRITABLE } from "../native/readiness.ts";
import { RegisteredKeys } from "./registered-keys.ts";

export const EVENT_READ = READABLE;
export const EVENT_WRITE = WRITABLE;
const BOTH = EVENT_READ | EVENT_WRITE;

const FOR_EVER = -1;
const LONGEST_WAIT = 0x7fff_ffff; // ms, a C int
const ANY_TAG = 0;

/** What is registered, and under what. */
export interface SelectorKey<T = unknown> {
  readonly fileobj: FileObject;
  readonly fd: number;
  /** `EVENT_READ`, `EVENT_WRITE`, or both of them. */
  readonly events: number;
  readonly data: T | null;
}

/** Waits until some of many descriptors are ready. Python: `selectors.BaseSelector`. */
export abstract class Selector<T = unknown> implements Disposable {
  readonly #queue: ReadinessQueue;
  readonly #keys = new Map<number, SelectorKey<T>>();
  #closed = false;

  protected constructor(queue: ReadinessQueue) {
    this.#queue = queue;
  }

  /**
   * Begins to watch a descriptor.
   *
   * @param fileobj - a descriptor, or an object with `fileno()`
   * @param events - `EVENT_READ`, `EVENT_WRITE`, or both: `EVENT_READ | EVENT_WRITE`
   * @param data - whatever is to be found in the key
   * @throws RuntimeError `GYRE_ALREADY_REGISTERED`, `GYRE_SELECTOR_CLOSED`
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
   * @throws Error with the system's code - `EBADF`; `EPERM`: epoll and kqueue watch no files
   */
  register(fileobj: FileObject, events: number, data: T | null = null): SelectorKey<T> {
    requireEvents(events);
    const fd = descriptorOf(fileobj, "selector.register(fileobj, events)");
    this.#requireOpen();
    if (this.#keys.has(fd)) {
      throw new RuntimeError(
        "GYRE_ALREADY_REGISTERED",
        `The descriptor ${fd} is registered already. Use modify(), or unregister() it before.`,
      );
    }
    this.#set(fd, 0, events);
    return this.#remember({ fileobj, fd, events, data });
  }

  /**
   * Ends that. It works with an object that was closed meanwhile, too.
   *
   * @returns its last key
   * @throws RuntimeError `GYRE_NOT_REGISTERED`, TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
   */
  unregister(fileobj: FileObject): SelectorKey<T> {
    const key = this.#require(fileobj);
    this.#keys.delete(key.fd);
    this.#queue.set(key.fd, key.events, 0, ANY_TAG); // a failure means that it was closed, and forgotten
    return key;
  }

  /**
   * Changes what is watched, and the data.
   *
   * @throws as `register`, and RuntimeError `GYRE_NOT_REGISTERED`; what the system refuses is not registered any more
   */
  modify(fileobj: FileObject, events: number, data: T | null = null): SelectorKey<T> {
    requireEvents(events);
    const key = this.#require(fileobj);
    if (events !== key.events) {
      this.#keys.delete(key.fd);
      this.#set(key.fd, key.events, events);
    }
    return this.#remember({ ...key, events, data });
  }

  /**
   * Waits until something is ready. This blocks the whole thread: no timer, no promise, no loop goes on meanwhile. In a program with
   * an event loop use `loop.addReader`, or a timeout of 0.
   *
   * @param timeout - milliseconds; 0 or less: only looks; null, the default: as long as it takes
   * @returns the keys and what they are ready for, which is everything if it is an error; nothing after the timeout, or if a signal
   *   came, since its listener can run only after this call. Of more than 512 the rest comes with the next call
   * @throws RuntimeError `GYRE_SELECTOR_CLOSED`, TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
   */
  select(timeout: number | null = null): [key: SelectorKey<T>, events: number][] {
    if (timeout !== null) requireDelay(timeout, "selector.select(timeout)", "timeout");
    this.#requireOpen();
    const count = this.#queue.wait(waitOf(timeout));
    if (count < 0 && count !== -constants.errno.EINTR) throw callError(count, "select");
    const ready = new Map<SelectorKey<T>, number>();
    for (let index = 0; index < count; index++) {
      const key = this.#keys.get(this.#queue.fdOf(index));
      const events = (key?.events ?? 0) & this.#queue.readinessOf(index);
      if (key !== undefined && events !== 0) ready.set(key, (ready.get(key) ?? 0) | events);
    }
    return [...ready];
  }

  /** @throws RuntimeError `GYRE_NOT_REGISTERED`, `GYRE_SELECTOR_CLOSED` */
  getKey(fileobj: FileObject): SelectorKey<T> {
    this.#requireOpen();
    return this.#require(fileobj);
  }

  /** A live view of what is registered, by descriptors and objects; null once closed. */
  getMap(): RegisteredKeys<T> | null {
    return this.#closed ? null : new RegisteredKeys(this.#keys, (fileobj) => this.#find(fileobj));
  }

  /** Forgets all. The descriptors stay open. May be called again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#keys.clear();
    this.#queue.close();
  }

  /** The selector's own descriptor, which is readable while one of the others is ready; -1 where it has none, or is closed. */
  fileno(): number {
    return this.#closed ? -1 : this.#queue.fd;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  toString(): string {
    return `<${this.constructor.name} ${this.#closed ? "closed" : `registered=${this.#keys.size}`}>`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }

  #set(fd: number, before: number, events: number): void {
    const result = this.#queue.set(fd, before, events, ANY_TAG);
    if (result < 0) throw callError(result, "register");
  }

  #remember(key: SelectorKey<T>): SelectorKey<T> {
    this.#keys.set(key.fd, key);
    return key;
  }

  #find(fileobj: FileObject): SelectorKey<T> | undefined {
    const fd = descriptorOrClosed(fileobj, "selector");
    if (fd >= 0) return this.#keys.get(fd);
    return [...this.#keys.values()].find((key) => key.fileobj === fileobj);
  }

  #require(fileobj: FileObject): SelectorKey<T> {
    const key = this.#find(fileobj);
    if (key !== undefined) return key;
    throw new RuntimeError("GYRE_NOT_REGISTERED", `${describe(fileobj)} is not registered with ${this}.`);
  }

  #requireOpen(): void {
    if (this.#closed)
      throw new RuntimeError("GYRE_SELECTOR_CLOSED", "This selector is closed. Make a new one.");
  }
}

function requireEvents(events: unknown): void {
  if (typeof events !== "number") {
    throw new ArgumentTypeError(`Events are EVENT_READ, EVENT_WRITE or both, but got ${describe(events)}.`);
  }
  if (events === 0 || (events & ~BOTH) !== 0 || !Number.isInteger(events)) {
    throw new ArgumentRangeError(
      `Events are EVENT_READ (1), EVENT_WRITE (2) or both (3), but got ${events}.`,
    );
  }
}

function waitOf(timeout: number | null): number {
  if (timeout === null) return FOR_EVER;
  return Math.min(Math.max(0, Math.ceil(timeout)), LONGEST_WAIT);
}
