/**
 * io_uring(7), for one thing: to make many calls of the system with one. Each operation is one that ends at once, so that all have ended
 * when `run` returns, as if they had been made one after the other. Nothing is ever left under way.
 */

import { constants } from "node:os";
import { loadKoffi } from "./availability.ts";
import { requireDescriptor } from "./checks.ts";
import {
  COMPLETION_SIZE,
  mapRing,
  newParameters,
  OPERATION_SIZE,
  type RingMemory,
} from "./io-uring-memory.ts";
import { libc } from "./libc.ts";

/** These calls have the same numbers on every processor. */
const SETUP = 425;
const ENTER = 426;
const GET_EVENTS = 1; // IORING_ENTER_GETEVENTS

/** `struct io_uring_sqe` in words of four bytes; an address takes two. What is not named stays 0. */
const OPERATION = { code: 0, fd: 1, address: 4, length: 6, flags: 7, tag: 8 } as const;
/** `struct io_uring_cqe` in words. */
const COMPLETION = { tag: 0, result: 2 } as const;
const WORD_VALUES = 2 ** 32;

const { EAGAIN, EINTR } = constants.errno;

/** The last two are a signal mask that there is none of, and its size. */
type Enter = (
  number: number,
  fd: number,
  submit: number,
  wait: number,
  flags: number,
  mask: 0,
  size: 0,
) => number;

/** What can be done, `enum io_uring_op`: `send` and `recv` with their flags. */
export const RING_SEND = 26;
export const RING_RECEIVE = 27;

export class Ring {
  /** How many operations one `run` can make. */
  readonly capacity: number;
  readonly #errno: () => number;
  readonly #enter: Enter;
  readonly #fd: number;
  readonly #memory: RingMemory;
  /** The tail of the one queue and the head of the other, which nobody but us moves. */
  #tail: number;
  #head: number;
  #prepared = 0;
  #works = true;
  #closed = false;

  /** @throws Error - if the system has none of this, or does not let us */
  constructor(operations: number) {
    const koffi = loadKoffi("io_uring");
    const library = koffi.load(null);
    const setup: (number: number, operations: number, parameters: Int32Array) => number = library.func(
      "long syscall(long, uint32_t, void *)",
    );
    this.#enter = library.func("long syscall(long, int, uint32_t, uint32_t, uint32_t, size_t, size_t)");
    this.#errno = () => koffi.errno();
    const parameters = newParameters();
    this.#fd = setup(SETUP, operations, parameters);
    if (this.#fd < 0) throw new Error(`io_uring_setup failed with errno ${koffi.errno()}`);
    this.#memory = this.#map(parameters);
    const { capacity, queues, submittedTail, completedHead } = this.#memory;
    this.capacity = capacity;
    this.#tail = queues[submittedTail] ?? 0;
    this.#head = queues[completedHead] ?? 0;
  }

  /** False once the system has refused to go on, or it was closed: then it is of no more use. */
  get works(): boolean {
    return this.#works;
  }

  /**
   * Adds an operation, of which there may be `capacity`.
   *
   * @param address - of memory that stays where it is until `run` has returned
   * @param flags - of the call; `MSG_DONTWAIT` among them
   */
  prepare(code: number, fd: number, address: number, length: number, flags: number): void {
    const { operations, submittedMask } = this.#memory;
    const at = ((this.#tail + this.#prepared) & submittedMask) * OPERATION_SIZE;
    operations[at + OPERATION.code] = code;
    operations[at + OPERATION.fd] = requireDescriptor(fd);
    operations[at + OPERATION.address] = address % WORD_VALUES;
    operations[at + OPERATION.address + 1] = address / WORD_VALUES;
    operations[at + OPERATION.length] = length;
    operations[at + OPERATION.flags] = flags;
    operations[at + OPERATION.tag] = this.#prepared++;
  }

  /**
   * Makes all that was prepared.
   *
   * @param results - what came of each operation, in their order: bytes, or `-errno`. Where the system refuses to go on, `-EAGAIN`.
   */
  run(results: Int32Array): void {
    const count = this.#prepared;
    this.#prepared = 0;
    results.fill(-EAGAIN, 0, count);
    if (!this.#works) return; // its memory may be gone
    const { queues, submittedTail } = this.#memory;
    this.#tail = (this.#tail + count) | 0;
    queues[submittedTail] = this.#tail;
    let submitted = 0;
    for (let ended = 0; ended < count;) {
      const left = count - submitted;
      const result = this.#enter(ENTER, this.#fd, left, count - ended, GET_EVENTS, 0, 0);
      ended += this.#takeCompletions(results);
      if (result > 0) submitted += result;
      else if (result < 0 ? this.#errno() !== EINTR : left > 0) {
        this.#works = false;
        return;
      }
    }
  }

  /** Nothing may be prepared afterwards. May be called again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#works = false;
    this.#memory.unmap();
    libc("io_uring").close(this.#fd);
  }

  #map(parameters: Int32Array): RingMemory {
    try {
      return mapRing(this.#fd, parameters);
    } catch (error) {
      libc("io_uring").close(this.#fd);
      throw error;
    }
  }

  #takeCompletions(results: Int32Array): number {
    const { queues, completedHead, completedTail, completedMask, completions } = this.#memory;
    const tail = queues[completedTail] ?? 0;
    let count = 0;
    for (; this.#head !== tail; this.#head = (this.#head + 1) | 0) {
      const at = completions + (this.#head & completedMask) * COMPLETION_SIZE;
      results[queues[at + COMPLETION.tag] ?? 0] = queues[at + COMPLETION.result] ?? 0;
      count++;
    }
    queues[completedHead] = this.#head;
    return count;
  }
}
