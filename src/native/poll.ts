/** poll(2): every system has it; it is handed the whole list of descriptors each time. */

import { constants } from "node:os";
import { loadKoffi } from "./availability.ts";
import { requireDescriptor } from "./checks.ts";
import { isDarwin } from "./constants.ts";
import { READABLE, type ReadinessQueue, WRITABLE } from "./readiness.ts";

const POLLIN = 0x1;
const POLLOUT = 0x4;
/** POLLERR, POLLHUP and POLLNVAL: whoever reads or writes next is told what it is. */
const TROUBLE = 0x8 | 0x10 | 0x20;

/** `struct pollfd` in words of four bytes: the descriptor; 16 bits of what is wanted, and above them 16 of what there is. */
const STRIDE = 2;
const EVENTS = 1;
const RETURNED_SHIFT = 16;
const FIRST_CAPACITY = 16;
const MOST_DESCRIPTORS = 2 ** 24;

interface Entry {
  readonly wanted: number;
  readonly tag: number;
}

export class Poll implements ReadinessQueue {
  readonly fd = -1;
  readonly #koffi = loadKoffi("poll");
  readonly #poll: (list: Int32Array, count: number, timeout: number) => number;
  readonly #entries = new Map<number, Entry>();
  #list = new Int32Array(FIRST_CAPACITY * STRIDE);
  /** Whether the list is that of the entries. */
  #fresh = true;
  /** Places in the list of what is ready. */
  readonly #ready: number[] = [];

  constructor() {
    const count = isDarwin ? "uint32_t" : "unsigned long";
    this.#poll = this.#koffi.load(null).func(`int poll(void *, ${count}, int)`);
  }

  get capacity(): number {
    return MOST_DESCRIPTORS;
  }

  set(fd: number, _before: number, wanted: number, tag: number): number {
    requireDescriptor(fd);
    this.#fresh = false;
    if (wanted !== 0) this.#entries.set(fd, { wanted, tag });
    else if (!this.#entries.delete(fd)) return -constants.errno.ENOENT;
    return 0;
  }

  wait(timeout: number, most = this.capacity): number {
    if (!this.#fresh) this.#rebuild();
    this.#ready.length = 0;
    const count = this.#entries.size;
    const result = this.#poll(this.#list, count, timeout);
    if (result < 0) return -this.#koffi.errno();
    for (let place = 0; place < count && this.#ready.length < Math.min(result, most); place++)
      if ((this.#list[place * STRIDE + EVENTS] ?? 0) >> RETURNED_SHIFT !== 0) this.#ready.push(place);
    return this.#ready.length;
  }

  fdOf(index: number): number {
    return this.#list[(this.#ready[index] ?? -1) * STRIDE] ?? -1;
  }

  tagOf(index: number): number {
    return this.#entries.get(this.fdOf(index))?.tag ?? -1;
  }

  readinessOf(index: number): number {
    const returned = (this.#list[(this.#ready[index] ?? -1) * STRIDE + EVENTS] ?? 0) >> RETURNED_SHIFT;
    const trouble = (returned & TROUBLE) !== 0;
    return (trouble || returned & POLLIN ? READABLE : 0) | (trouble || returned & POLLOUT ? WRITABLE : 0);
  }

  close(): void {
    this.#entries.clear();
    this.#fresh = false;
  }

  #rebuild(): void {
    const words = this.#entries.size * STRIDE;
    if (words > this.#list.length) this.#list = new Int32Array(words * 2);
    let place = 0;
    for (const [fd, { wanted }] of this.#entries) {
      this.#list[place * STRIDE] = fd;
      this.#list[place * STRIDE + EVENTS] =
        (wanted & READABLE ? POLLIN : 0) | (wanted & WRITABLE ? POLLOUT : 0);
      place++;
    }
    this.#fresh = true;
  }
}
