/**
 * kqueue(2) of macOS, in the shape of epoll. Written after the layouts that Apple documents for 64 bits, and tested with a
 * stand-in for the system's calls: nobody has run it on the real system yet.
 */

import { constants } from "node:os";
import { loadKoffi } from "./availability.ts";
import { requireDescriptor } from "./checks.ts";
import { succeed } from "./errors.ts";
import { libc } from "./libc.ts";
import { READABLE, type ReadinessQueue, WRITABLE } from "./readiness.ts";

const EVFILT_READ = -1;
const EVFILT_WRITE = -2;
const EV_ADD = 0x1;
const EV_DELETE = 0x2;

/** `struct kevent`, 32 bytes of words of four: a low and a high one for each of ident, data and udata. */
const STRIDE = 8;
const IDENT = 0;
const FILTER_AND_FLAGS = 2; // 16 bits each, the filter below
const UDATA = 6;
const FLAGS_SHIFT = 16;
const LOW = 0xffff;

const TIMESPEC_WORDS = 4; // seconds and nanoseconds, of eight bytes each
const NANOSECONDS = 2;
const MS_PER_SECOND = 1000;
const NS_PER_MS = 1_000_000;
const CAPACITY = 512;

/** The system's calls; each gives `-errno` for a failure. */
export interface KqueueCalls {
  kqueue(): number;
  /** @param timeout - a `struct timespec`; null: for ever */
  kevent(
    kq: number,
    changes: Int32Array | null,
    changeCount: number,
    events: Int32Array | null,
    capacity: number,
    timeout: Int32Array | null,
  ): number;
  close(fd: number): number;
}

export class Kqueue implements ReadinessQueue {
  readonly fd: number;
  readonly #calls: KqueueCalls;
  readonly #events = new Int32Array(CAPACITY * STRIDE);
  readonly #change = new Int32Array(STRIDE);
  readonly #timeout = new Int32Array(TIMESPEC_WORDS);

  constructor(calls: KqueueCalls = systemCalls()) {
    this.#calls = calls;
    this.fd = succeed(calls.kqueue(), "kqueue");
  }

  get capacity(): number {
    return CAPACITY;
  }

  /** One change for each direction: of several in one call, the system would not say which of them failed. */
  set(fd: number, before: number, wanted: number, tag: number): number {
    requireDescriptor(fd);
    for (const [readiness, filter] of FILTERS) {
      if ((wanted & readiness) !== 0) {
        const result = this.#apply(fd, filter, EV_ADD, tag); // also where it is there: then it replaces the tag
        if (result < 0) return result;
      } else if ((before & readiness) !== 0) {
        const result = this.#apply(fd, filter, EV_DELETE, tag);
        if (result < 0 && wanted === 0) return result;
      }
    }
    return 0;
  }

  wait(timeout: number, most = CAPACITY): number {
    const room = Math.min(most, CAPACITY);
    return this.#calls.kevent(this.fd, null, 0, this.#events, room, this.#timespec(timeout));
  }

  fdOf(index: number): number {
    return this.#events[index * STRIDE + IDENT] ?? -1;
  }

  tagOf(index: number): number {
    return this.#events[index * STRIDE + UDATA] ?? -1;
  }

  /** The end of the stream or an error makes the filter of its direction true. */
  readinessOf(index: number): number {
    const filter = ((this.#events[index * STRIDE + FILTER_AND_FLAGS] ?? 0) << FLAGS_SHIFT) >> FLAGS_SHIFT;
    return filter === EVFILT_READ ? READABLE : filter === EVFILT_WRITE ? WRITABLE : 0;
  }

  close(): void {
    this.#calls.close(this.fd);
  }

  #apply(fd: number, filter: number, action: number, tag: number): number {
    this.#change[IDENT] = fd;
    this.#change[FILTER_AND_FLAGS] = (filter & LOW) | (action << FLAGS_SHIFT);
    this.#change[UDATA] = tag;
    const result = this.#calls.kevent(this.fd, this.#change, 1, null, 0, null);
    return result === -constants.errno.EINTR ? 0 : result; // the change was made
  }

  #timespec(timeout: number): Int32Array | null {
    if (timeout < 0) return null;
    this.#timeout[0] = Math.floor(timeout / MS_PER_SECOND);
    this.#timeout[NANOSECONDS] = (timeout % MS_PER_SECOND) * NS_PER_MS;
    return this.#timeout;
  }
}

const FILTERS = [
  [READABLE, EVFILT_READ],
  [WRITABLE, EVFILT_WRITE],
] as const;

type Kevent = KqueueCalls["kevent"];

function systemCalls(): KqueueCalls {
  const koffi = loadKoffi("kqueue");
  const library = koffi.load(null);
  const kqueue: () => number = library.func("int kqueue()");
  const kevent: Kevent = library.func("int kevent(int, void *, int, void *, int, void *)");
  const result = (value: number): number => (value < 0 ? -koffi.errno() : value);
  return {
    kqueue: () => result(kqueue()),
    kevent: (...args) => result(kevent(...args)),
    close: (fd) => libc("kqueue").close(fd),
  };
}
