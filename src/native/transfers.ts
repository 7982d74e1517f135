import { platform } from "node:os";
import { ArgumentRangeError } from "../core/errors.ts";
import { loadKoffi } from "./availability.ts";
import { MSG_DONTWAIT, MSG_NOSIGNAL } from "./constants.ts";
import { Ring, RING_RECEIVE, RING_SEND } from "./io-uring.ts";
import { type Libc, libc } from "./libc.ts";

const PURPOSE = "Sending and receiving together";
/** Environment variables that forbid io_uring with "0": ours, and the one that Node's own library heeds. */
const SWITCHES = ["GYRE_IO_URING", "UV_USE_IO_URING"];

/** What the system reads and writes by its address. Nobody may get to see it who could detach it. */
export class TransferMemory {
  readonly bytes: Buffer;
  /** Up to 2 ** 48, so a number can say it. */
  readonly address: number;

  /** @param size - bytes */
  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.address = Number(loadKoffi(PURPOSE).address(this.bytes));
  }

  /** @throws RangeError - where not all of it is inside */
  part(offset: number, length: number): Buffer {
    this.requirePart(offset, length);
    return this.bytes.subarray(offset, offset + length);
  }

  requirePart(offset: number, length: number): void {
    if (offset >= 0 && length >= 0 && offset + length <= this.bytes.length) return;
    throw new ArgumentRangeError(
      `A transfer is about a part of its memory, which has ${this.bytes.length} bytes, but got ${length} bytes at ${offset}.`,
    );
  }
}

/** The same transfer as an operation of a ring, and as a call. */
interface Kind {
  readonly code: number;
  readonly flags: number;
  readonly call: "recv" | "send";
}

const RECEIVE: Kind = { code: RING_RECEIVE, flags: MSG_DONTWAIT, call: "recv" };
const SEND: Kind = { code: RING_SEND, flags: MSG_DONTWAIT | MSG_NOSIGNAL, call: "send" };

/**
 * Sends and receives of many sockets, none of which waits: with one call of the system where that can be, else with one for each, at
 * once.
 */
export class Transfers {
  /** What came of each transfer of the last `run`, in their order: bytes, or `-errno`. */
  readonly results: Int32Array;
  readonly #libc: Libc = libc(PURPOSE);
  readonly #ring: Ring | null;
  #count = 0;

  /** @param capacity - how many one `run` can make */
  constructor(capacity: number) {
    this.#ring = openRing(capacity);
    this.results = new Int32Array(this.#ring?.capacity ?? capacity);
  }

  /** Whether one call makes them all. */
  get together(): boolean {
    return this.#ring?.works === true;
  }

  receive(fd: number, memory: TransferMemory, offset: number, length: number): void {
    this.#make(RECEIVE, fd, memory, offset, length);
  }

  send(fd: number, memory: TransferMemory, offset: number, length: number): void {
    this.#make(SEND, fd, memory, offset, length);
  }

  /** Sees to it that all have been made; if the system refuses to go on, the results of the rest say `-EAGAIN`. */
  run(): void {
    this.#count = 0;
    this.#ring?.run(this.results);
  }

  /** May be called again. From then on, there is one call for each. */
  close(): void {
    this.#ring?.close();
  }

  #make(
    { code, flags, call }: Kind,
    fd: number,
    memory: TransferMemory,
    offset: number,
    length: number,
  ): void {
    if (this.#count >= this.results.length)
      throw new ArgumentRangeError(`One run makes up to ${this.results.length} transfers.`);
    if (!this.#ring?.works)
      this.results[this.#count] = this.#libc[call](fd, memory.part(offset, length), flags);
    else {
      memory.requirePart(offset, length);
      this.#ring.prepare(code, fd, memory.address + offset, length, flags);
    }
    this.#count++; // not of what was refused
  }
}

/** Null where there is none: another system or an old one, or a container that forbids it. */
function openRing(capacity: number): Ring | null {
  if (platform() !== "linux" || SWITCHES.some((name) => process.env[name] === "0")) return null;
  try {
    return new Ring(capacity);
  } catch {
    return null;
  }
}
