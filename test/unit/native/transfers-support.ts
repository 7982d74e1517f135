/** Transfers on both of their ways, and sockets to try them on. */
import assert from "node:assert/strict";
import { readdirSync, readlinkSync } from "node:fs";
import { constants } from "node:os";
import { type TestContext, it } from "node:test";
import { libc } from "#gyre/native/libc.js";
import { TransferMemory, Transfers } from "#gyre/native/transfers.js";

const { EAGAIN, EBADF, ENOTSOCK, EPIPE } = constants.errno;
export const AGAIN = -EAGAIN;
export const CLOSED = -EBADF;
export const NO_SOCKET = -ENOTSOCK;
export const BROKEN = -EPIPE;
/** A number that no descriptor of this process has. */
export const NOBODY = 999_999;

const SWITCH = "GYRE_IO_URING";
const UNIX = 1;
const STREAM = 1;

export type Way = "together" | "singly";
export type Pair = readonly [number, number];

/** With io_uring or without it, which is decided when they are made. */
export function openTransfers(way: Way, capacity: number): Transfers {
  const before = process.env[SWITCH];
  if (way === "singly") process.env[SWITCH] = "0";
  else delete process.env[SWITCH];
  try {
    return new Transfers(capacity);
  } finally {
    if (before === undefined) delete process.env[SWITCH];
    else process.env[SWITCH] = before;
  }
}

/** Why there is only one way here; false where there are both. */
export const onlySingly: string | false = findOnlySingly();

function findOnlySingly(): string | false {
  const transfers = openTransfers("together", 1);
  const { together } = transfers;
  transfers.close();
  return together ? false : "the system has no io_uring, or forbids it";
}

/** The same test on both ways. */
export function itTransfers(title: string, capacity: number, body: (desk: Desk) => void): void {
  const test = (way: Way): void => {
    const desk = new Desk(openTransfers(way, capacity));
    try {
      assert.equal(desk.transfers.together, way === "together");
      body(desk);
    } finally {
      desk.close();
    }
  };
  it(`${title} (singly)`, () => test("singly"));
  it(`${title} (together)`, { skip: onlySingly }, () => test("together"));
}

/** For what only a ring can suffer from. */
export function itRings(
  title: string,
  capacity: number,
  body: (desk: Desk, test: TestContext) => void,
): void {
  it(title, { skip: onlySingly }, (test) => {
    const desk = new Desk(openTransfers("together", capacity));
    try {
      body(desk, test);
    } finally {
      desk.close();
    }
  });
}

/** Transfers with memory, and the sockets of a test, which end with it. */
export class Desk {
  readonly transfers: Transfers;
  readonly memory = new TransferMemory(300_000);
  readonly system = libc("a test");
  readonly #open = new Set<number>();

  constructor(transfers: Transfers) {
    this.transfers = transfers;
  }

  pair(): Pair {
    const pair = this.system.socketpair(UNIX, STREAM, 0);
    assert.ok(typeof pair !== "number");
    for (const fd of pair) this.#open.add(fd);
    return pair;
  }

  /** Closes one of the sockets. */
  shut(fd: number): void {
    assert.equal(this.system.close(fd), 0);
    this.#open.delete(fd);
  }

  /** Fills the memory from an offset on. @returns how many bytes that were */
  put(offset: number, text: string): number {
    return this.memory.bytes.write(text, offset);
  }

  /** Sends, of the memory, what it says at the offset. */
  send(fd: number, offset: number, text: string): void {
    this.transfers.send(fd, this.memory, offset, this.put(offset, text));
  }

  receive(fd: number, offset: number, length: number): void {
    this.transfers.receive(fd, this.memory, offset, length);
  }

  text(offset: number, length: number): string {
    return this.memory.bytes.toString("latin1", offset, offset + length);
  }

  /** Makes what was asked for. @returns the results of so many */
  run(count: number): number[] {
    this.transfers.run();
    return [...this.transfers.results.subarray(0, count)];
  }

  /** What a socket has, by a call of its own. */
  drain(fd: number): string {
    const into = Buffer.alloc(1_000_000);
    const count = this.system.recv(fd, into);
    return count < 0 ? String(count) : into.toString("latin1", 0, count);
  }

  /** Writes until the system takes no more. */
  fill(fd: number): void {
    const chunk = Buffer.alloc(100_000, "f");
    while (this.system.send(fd, chunk) > 0);
  }

  close(): void {
    this.transfers.close();
    for (const fd of this.#open) this.system.close(fd);
  }
}

/** The descriptors of all rings of this process. */
export function ringDescriptors(): number[] {
  return readdirSync("/proc/self/fd").map(Number).filter(isRing);
}

function isRing(fd: number): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`) === "anon_inode:[io_uring]";
  } catch {
    return false; // it was the one that the list was read with
  }
}
