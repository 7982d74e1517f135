/** epoll(7): one descriptor that tells which of many others are ready. */

import { arch, constants } from "node:os";
import { loadKoffi } from "./availability.ts";
import { requireDescriptor } from "./checks.ts";
import { succeed } from "./errors.ts";
import { libc } from "./libc.ts";
import { READABLE, type ReadinessQueue, WRITABLE } from "./readiness.ts";

const EPOLL_CLOEXEC = 0x8_0000;
const CTL = { add: 1, remove: 2, modify: 3 } as const;
const EPOLLIN = 0x1;
const EPOLLOUT = 0x4;
const EPOLLERR = 0x8;
const EPOLLHUP = 0x10;
/** `struct epoll_event` in words of four bytes: it is packed on x86-64 alone. */
const [STRIDE, DATA] = arch() === "x64" ? [3, 1] : [4, 2];
const BYTES_PER_WORD = 4;
const CAPACITY = 512;

export class Epoll implements ReadinessQueue {
  readonly fd: number;
  readonly #koffi = loadKoffi("epoll");
  readonly #control: (epfd: number, operation: number, fd: number, event: Int32Array) => number;
  readonly #wait: (epfd: number, events: Int32Array, capacity: number, timeout: number) => number;
  readonly #events = new Int32Array(new ArrayBuffer(CAPACITY * STRIDE * BYTES_PER_WORD));
  readonly #change = new Int32Array(STRIDE);

  constructor() {
    const library = this.#koffi.load(null);
    this.#control = library.func("int epoll_ctl(int, int, int, void *)");
    this.#wait = library.func("int epoll_wait(int, void *, int, int)");
    const create: (flags: number) => number = library.func("int epoll_create1(int)");
    this.fd = succeed(this.#result(create(EPOLL_CLOEXEC)), "epoll_create1");
  }

  set(fd: number, before: number, wanted: number, tag: number): number {
    const operation = before === 0 ? CTL.add : wanted === 0 ? CTL.remove : CTL.modify;
    this.#change[0] = (wanted & READABLE ? EPOLLIN : 0) | (wanted & WRITABLE ? EPOLLOUT : 0);
    this.#change[DATA] = requireDescriptor(fd);
    this.#change[DATA + 1] = tag;
    const result = this.#result(this.#control(this.fd, operation, fd, this.#change));
    if (operation !== CTL.modify || result !== -constants.errno.ENOENT) return result;
    // it was closed, and so forgotten, and its number is that of something else now
    return this.#result(this.#control(this.fd, CTL.add, fd, this.#change));
  }

  wait(timeout: number, most = CAPACITY): number {
    return this.#result(this.#wait(this.fd, this.#events, Math.min(most, CAPACITY), timeout));
  }

  get capacity(): number {
    return CAPACITY;
  }

  fdOf(index: number): number {
    return this.#events[index * STRIDE + DATA] ?? -1;
  }

  tagOf(index: number): number {
    return this.#events[index * STRIDE + DATA + 1] ?? -1;
  }

  /** An error or a hang-up is both: whoever reads or writes next is told what it is. */
  readinessOf(index: number): number {
    const events = this.#events[index * STRIDE] ?? 0;
    const ended = (events & (EPOLLERR | EPOLLHUP)) !== 0;
    return (ended || events & EPOLLIN ? READABLE : 0) | (ended || events & EPOLLOUT ? WRITABLE : 0);
  }

  close(): void {
    libc("epoll").close(this.fd);
  }

  #result(result: number): number {
    return result < 0 ? -this.#koffi.errno() : result;
  }
}
