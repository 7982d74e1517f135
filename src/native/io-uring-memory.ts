/** The memory that a process and the system share for io_uring(7): two queues, and the operations that one of them names. */

import { type Koffi, loadKoffi } from "./availability.ts";

const WORD = 4; // bytes
/** `struct io_uring_sqe` and `struct io_uring_cqe` in words. */
export const OPERATION_SIZE = 16;
export const COMPLETION_SIZE = 4;

/** `struct io_uring_params` in words: how many were made, and where the parts of the queues lie in their memory, in bytes. */
const PARAMS_SIZE = 30;
const MADE = { operations: 0, completions: 1, features: 5 } as const;
const FAST_POLL = 1 << 5; // IORING_FEAT_FAST_POLL, of Linux 5.7: sends and receives came with 5.6
const SUBMITTED = { tail: 11, mask: 12, array: 16 } as const;
const COMPLETED = { head: 20, tail: 21, mask: 22, entries: 25 } as const;

/** What of the descriptor is mapped: IORING_OFF_SQ_RING, which has both queues, and IORING_OFF_SQES. */
const QUEUES = 0;
const OPERATIONS = 0x1000_0000;

const PROT_READ_WRITE = 3;
const MAP_SHARED_POPULATED = 0x8001;
const MAP_FAILED = -1n;

export interface RingMemory {
  /** How many operations there is room for. */
  readonly capacity: number;
  readonly queues: Int32Array;
  readonly operations: Int32Array;
  /** Places in `queues`. */
  readonly submittedTail: number;
  readonly completedHead: number;
  readonly completedTail: number;
  readonly completions: number;
  /** Counters run on; these are the bits of them that count as places. */
  readonly submittedMask: number;
  readonly completedMask: number;
  /** Nothing of this may be touched afterwards. */
  unmap(): void;
}

/** For `io_uring_setup`, which fills it. */
export function newParameters(): Int32Array {
  return new Int32Array(PARAMS_SIZE);
}

/** @throws Error - if the system refuses */
export function mapRing(fd: number, parameters: Int32Array): RingMemory {
  const koffi = loadKoffi("io_uring");
  const valueOf = (name: number): number => parameters[name] ?? 0;
  if ((valueOf(MADE.features) & FAST_POLL) === 0) throw new Error("this io_uring has no sends and receives");
  const placeOf = (name: number): number => valueOf(name) / WORD;
  const capacity = valueOf(MADE.operations);
  const completions = placeOf(COMPLETED.entries);
  const array = placeOf(SUBMITTED.array);
  const end = Math.max(completions + valueOf(MADE.completions) * COMPLETION_SIZE, array + capacity);
  const queues = map(koffi, fd, end, QUEUES);
  const operations = map(koffi, fd, capacity * OPERATION_SIZE, OPERATIONS);
  for (let index = 0; index < capacity; index++) queues.words[array + index] = index;
  return {
    capacity,
    queues: queues.words,
    operations: operations.words,
    submittedTail: placeOf(SUBMITTED.tail),
    completedHead: placeOf(COMPLETED.head),
    completedTail: placeOf(COMPLETED.tail),
    completions,
    submittedMask: queues.words[placeOf(SUBMITTED.mask)] ?? 0,
    completedMask: queues.words[placeOf(COMPLETED.mask)] ?? 0,
    unmap: () => {
      queues.unmap();
      operations.unmap();
    },
  };
}

interface Mapping {
  readonly words: Int32Array;
  unmap(): void;
}

function map(koffi: Koffi, fd: number, length: number, offset: number): Mapping {
  const library = koffi.load(null);
  const mmap: (at: null, size: number, access: number, flags: number, fd: number, offset: number) => bigint =
    library.func("void *mmap(void *, size_t, int, int, int, int64_t)");
  const munmap: (at: bigint, size: number) => number = library.func("int munmap(void *, size_t)");
  const size = length * WORD;
  const address = mmap(null, size, PROT_READ_WRITE, MAP_SHARED_POPULATED, fd, offset);
  if (BigInt.asIntN(64, address) === MAP_FAILED) throw new Error(`mmap failed with errno ${koffi.errno()}`);
  return {
    words: new Int32Array(koffi.view(address, size)),
    unmap: () => void munmap(address, size),
  };
}
