/** kqueue without the system: what is written for it, and what is read from it, byte by byte. */
import assert from "node:assert/strict";
import { constants } from "node:os";
import { describe, it } from "node:test";
import { Kqueue, type KqueueCalls } from "#gyre/native/kqueue.js";
import { READABLE, WRITABLE } from "#gyre/native/readiness.js";

const KQ = 77;
const EVFILT_READ = -1;
const EVFILT_WRITE = -2;
const EV_ADD = 1;
const EV_DELETE = 2;
const EV_EOF = 0x8000;

interface Change {
  readonly ident: bigint;
  readonly filter: number;
  readonly flags: number;
  readonly tag: bigint;
}

/** As `struct kevent` is declared: uintptr_t, int16_t, uint16_t, uint32_t, intptr_t, void *. */
function decode(words: Int32Array): Change {
  const view = new DataView(words.buffer, words.byteOffset, 32);
  assert.equal(view.getUint32(12, true), 0); // fflags
  assert.equal(view.getBigInt64(16, true), 0n); // data
  return {
    ident: view.getBigUint64(0, true),
    filter: view.getInt16(8, true),
    flags: view.getUint16(10, true),
    tag: view.getBigUint64(24, true),
  };
}

function encode(into: Int32Array, index: number, { ident, filter, flags, tag }: Change): void {
  const view = new DataView(into.buffer, into.byteOffset + index * 32, 32);
  view.setBigUint64(0, ident, true);
  view.setInt16(8, filter, true);
  view.setUint16(10, flags, true);
  view.setUint32(12, 0, true);
  view.setBigInt64(16, 5n, true); // bytes to read
  view.setBigUint64(24, tag, true);
}

class FakeKernel implements KqueueCalls {
  readonly changes: Change[] = [];
  readonly results: number[] = [];
  readonly timeouts: (bigint[] | null)[] = [];
  events: Change[] = [];
  closed = 0;

  kqueue(): number {
    return KQ;
  }

  kevent(
    kq: number,
    changes: Int32Array | null,
    changeCount: number,
    events: Int32Array | null,
    capacity: number,
    timeout: Int32Array | null,
  ): number {
    assert.equal(kq, KQ);
    if (changes !== null) {
      assert.deepEqual([changeCount, events, capacity], [1, null, 0]);
      this.changes.push(decode(changes));
      return this.results.shift() ?? 0;
    }
    assert.ok(events !== null && events.byteLength === capacity * 32);
    this.timeouts.push(timeout === null ? null : [...new BigInt64Array(timeout.buffer)]);
    for (const [index, event] of this.events.entries()) encode(events, index, event);
    return this.results.shift() ?? this.events.length;
  }

  close(fd: number): number {
    assert.equal(fd, KQ);
    this.closed++;
    return 0;
  }
}

describe("kqueue, as far as it can be tried without macOS", () => {
  it("adds a filter for each direction", () => {
    const kernel = new FakeKernel();
    const queue = new Kqueue(kernel);
    assert.equal(queue.fd, KQ);
    assert.equal(queue.set(9, 0, READABLE | WRITABLE, 3), 0);
    assert.deepEqual(kernel.changes, [
      { ident: 9n, filter: EVFILT_READ, flags: EV_ADD, tag: 3n },
      { ident: 9n, filter: EVFILT_WRITE, flags: EV_ADD, tag: 3n },
    ]);
  });

  it("removes the filter that is not wanted any more", () => {
    const kernel = new FakeKernel();
    const queue = new Kqueue(kernel);
    queue.set(9, READABLE | WRITABLE, READABLE, 3);
    queue.set(9, READABLE, 0, 3);
    assert.deepEqual(
      kernel.changes.map(({ filter, flags }) => [filter, flags]),
      [
        [EVFILT_READ, EV_ADD],
        [EVFILT_WRITE, EV_DELETE],
        [EVFILT_READ, EV_DELETE],
      ],
    );
  });

  it("tells what the system refuses", () => {
    const kernel = new FakeKernel();
    const queue = new Kqueue(kernel);
    kernel.results.push(-constants.errno.EBADF);
    assert.equal(queue.set(9, 0, READABLE, 1), -constants.errno.EBADF);
    kernel.results.push(-constants.errno.EINTR); // the change was made nevertheless
    assert.equal(queue.set(9, 0, READABLE, 1), 0);
    assert.throws(() => queue.set(-1, 0, READABLE, 1), { code: "GYRE_OUT_OF_RANGE" });
  });

  it("reads events", () => {
    const kernel = new FakeKernel();
    const queue = new Kqueue(kernel);
    kernel.events = [
      { ident: 9n, filter: EVFILT_READ, flags: EV_ADD | EV_EOF, tag: 41n },
      { ident: 10n, filter: EVFILT_WRITE, flags: EV_ADD, tag: 42n },
    ];
    assert.equal(queue.wait(0), 2);
    assert.deepEqual(
      [0, 1].map((index) => [queue.fdOf(index), queue.tagOf(index), queue.readinessOf(index)]),
      [
        [9, 41, READABLE],
        [10, 42, WRITABLE],
      ],
    );
    assert.equal(queue.readinessOf(2), 0);
  });

  it("gives timeouts as seconds and nanoseconds", () => {
    const kernel = new FakeKernel();
    const queue = new Kqueue(kernel);
    for (const timeout of [0, 1, 1999, 60_000, -1]) queue.wait(timeout);
    assert.deepEqual(kernel.timeouts, [[0n, 0n], [0n, 1_000_000n], [1n, 999_000_000n], [60n, 0n], null]);
    kernel.results.push(-constants.errno.EINTR);
    assert.equal(queue.wait(-1), -constants.errno.EINTR);
    queue.close();
    assert.equal(kernel.closed, 1);
  });
});
