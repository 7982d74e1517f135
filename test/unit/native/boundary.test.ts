/** No wrong argument reaches a foreign function: each is refused before the call. */
import assert from "node:assert/strict";
import { constants } from "node:os";
import { it } from "node:test";
import { Epoll } from "#gyre/native/epoll.js";
import { callError, wouldBlock } from "#gyre/native/errors.js";
import { type Libc, libc } from "#gyre/native/libc.js";
import { Poll } from "#gyre/native/poll.js";
import { sendfile } from "#gyre/native/sendfile.js";
import { decodeAddress, encodeAddress, familyOf } from "#gyre/native/sockaddr.js";
import { describeNative } from "../../support/descriptors.ts";

const memory = new Uint8Array(128);
const WRONG_NUMBERS: readonly unknown[] = [null, undefined, "1", {}, [], true, 1n, Symbol.iterator];
const WRONG_RANGES = [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, -(2 ** 31) - 1];
const WRONG_BYTES: readonly unknown[] = [
  null,
  undefined,
  "text",
  5,
  {},
  [],
  new ArrayBuffer(8),
  new Int32Array(2),
];

/** Passes a wrong value where the compiler would not let it. */
function any<T>(value: unknown): T {
  return value as T;
}

type Call = (value: unknown) => unknown;

const withDescriptor = (system: Libc): Record<string, Call> => ({
  close: (fd) => system.close(any(fd)),
  duplicate: (fd) => system.duplicate(any(fd)),
  setNonBlocking: (fd) => system.setNonBlocking(any(fd)),
  isNonBlocking: (fd) => system.isNonBlocking(any(fd)),
  bind: (fd) => system.bind(any(fd), memory),
  connect: (fd) => system.connect(any(fd), memory),
  listen: (fd) => system.listen(any(fd), 1),
  accept: (fd) => system.accept(any(fd), memory),
  shutdown: (fd) => system.shutdown(any(fd), 0),
  getsockname: (fd) => system.getsockname(any(fd), memory),
  getpeername: (fd) => system.getpeername(any(fd), memory),
  recv: (fd) => system.recv(any(fd), memory),
  send: (fd) => system.send(any(fd), memory),
  recvfrom: (fd) => system.recvfrom(any(fd), memory, memory),
  sendto: (fd) => system.sendto(any(fd), memory, memory),
  getsockopt: (fd) => system.getsockopt(any(fd), 0, 0, memory),
  setsockopt: (fd) => system.setsockopt(any(fd), 0, 0, memory),
  "sendfile to": (fd) => sendfile(any(fd), 0, 0, 0),
  "sendfile from": (fd) => sendfile(0, any(fd), 0, 0),
  poll: (fd) => new Poll().set(any(fd), 0, 1, 0),
});

const withInteger = (system: Libc): Record<string, Call> => ({
  "socket's family": (value) => system.socket(any(value), 1, 0),
  "socket's type": (value) => system.socket(2, any(value), 0),
  "socket's protocol": (value) => system.socket(2, 1, any(value)),
  "socketpair's family": (value) => system.socketpair(any(value), 1, 0),
  "socketpair's type": (value) => system.socketpair(1, any(value), 0),
  "socketpair's protocol": (value) => system.socketpair(1, 1, any(value)),
  listen: (value) => system.listen(999_999, any(value)),
  shutdown: (value) => system.shutdown(999_999, any(value)),
  "getsockopt's level": (value) => system.getsockopt(999_999, any(value), 0, memory),
  "getsockopt's option": (value) => system.getsockopt(999_999, 0, any(value), memory),
  "setsockopt's level": (value) => system.setsockopt(999_999, any(value), 0, memory),
  "setsockopt's option": (value) => system.setsockopt(999_999, 0, any(value), memory),
});

const withBytes = (system: Libc): Record<string, Call> => ({
  bind: (bytes) => system.bind(999_999, any(bytes)),
  connect: (bytes) => system.connect(999_999, any(bytes)),
  accept: (bytes) => system.accept(999_999, any(bytes)),
  getsockname: (bytes) => system.getsockname(999_999, any(bytes)),
  getpeername: (bytes) => system.getpeername(999_999, any(bytes)),
  recv: (bytes) => system.recv(999_999, any(bytes)),
  send: (bytes) => system.send(999_999, any(bytes)),
  "recvfrom's data": (bytes) => system.recvfrom(999_999, any(bytes), memory),
  "recvfrom's address": (bytes) => system.recvfrom(999_999, memory, any(bytes)),
  "sendto's data": (bytes) => system.sendto(999_999, any(bytes), memory),
  "sendto's address": (bytes) => system.sendto(999_999, memory, any(bytes)),
  getsockopt: (bytes) => system.getsockopt(999_999, 0, 0, any(bytes)),
  setsockopt: (bytes) => system.setsockopt(999_999, 0, 0, any(bytes)),
  formatAddress: (bytes) => system.formatAddress(2, any(bytes)),
});

describeNative("the boundary to foreign functions", () => {
  const system = libc("a test");

  for (const [name, call] of Object.entries(withDescriptor(system))) {
    it(`refuses what is no descriptor: ${name}`, () => {
      for (const wrong of WRONG_NUMBERS) assert.throws(() => call(wrong), { code: "GYRE_INVALID_ARGUMENT" });
      for (const wrong of WRONG_RANGES) assert.throws(() => call(wrong), { code: "GYRE_OUT_OF_RANGE" });
    });
  }

  for (const [name, call] of Object.entries(withInteger(system))) {
    it(`refuses what is no integer: ${name}`, () => {
      for (const wrong of WRONG_NUMBERS) assert.throws(() => call(wrong), { code: "GYRE_INVALID_ARGUMENT" });
      for (const wrong of WRONG_RANGES.slice(1))
        assert.throws(() => call(wrong), { code: "GYRE_OUT_OF_RANGE" });
    });
  }

  for (const [name, call] of Object.entries(withBytes(system))) {
    it(`refuses what is no memory: ${name}`, () => {
      for (const wrong of WRONG_BYTES) assert.throws(() => call(wrong), { code: "GYRE_INVALID_ARGUMENT" });
    });
  }

  it("refuses what is no offset", () => {
    for (const wrong of WRONG_NUMBERS) {
      assert.throws(() => sendfile(0, 0, any(wrong), 0), { code: "GYRE_INVALID_ARGUMENT" });
      assert.throws(() => sendfile(0, 0, 0, any(wrong)), { code: "GYRE_INVALID_ARGUMENT" });
    }
    for (const wrong of [-1, 0.5, Number.NaN, 2 ** 53]) {
      assert.throws(() => sendfile(0, 0, wrong, 0), { code: "GYRE_OUT_OF_RANGE" });
      assert.throws(() => sendfile(0, 0, 0, wrong), { code: "GYRE_OUT_OF_RANGE" });
    }
  });

  it("takes memory of every kind that it may", () => {
    const [left, right] = pair(system);
    const resizable = new Uint8Array(Reflect.construct(ArrayBuffer, [8, { maxByteLength: 16 }]));
    const shared = new Uint8Array(new SharedArrayBuffer(8));
    for (const into of [
      Buffer.alloc(8),
      new Uint8Array(8).subarray(3, 5),
      new Uint8Array(0),
      resizable,
      shared,
    ]) {
      assert.equal(system.send(left, Buffer.from("abcdefgh")), 8);
      const count = system.recv(right, into);
      assert.equal(count, into.length === 0 ? 0 : Math.min(8, into.length));
      assert.equal(String(Buffer.from(into.subarray(0, count))), "abcdefgh".slice(0, count));
      system.recv(right, Buffer.alloc(8));
    }
    const detached = new Uint8Array(8);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    assert.equal(detached.length, 0);
    assert.ok(wouldBlock(system.recv(right, detached)) || system.recv(right, detached) === 0);
    system.close(left);
    system.close(right);
  });

  it("does not write beyond the memory that it was given", () => {
    const [left, right] = pair(system);
    const arena = Buffer.alloc(32, 0xee);
    system.send(left, Buffer.alloc(100, "x"));
    assert.equal(system.recv(right, arena.subarray(8, 16)), 8);
    assert.equal(String(arena.subarray(8, 16)), "xxxxxxxx");
    assert.ok([...arena.subarray(0, 8), ...arena.subarray(16)].every((byte) => byte === 0xee));
    for (const size of [0, 1, 2, 3]) {
      const small = Buffer.alloc(16, 0xee);
      system.getsockname(left, small.subarray(4, 4 + size));
      assert.ok([...small.subarray(0, 4), ...small.subarray(4 + size)].every((byte) => byte === 0xee));
      const option = Buffer.alloc(16, 0xee);
      system.getsockopt(left, 1, 3, option.subarray(4, 4 + size));
      assert.ok([...option.subarray(0, 4), ...option.subarray(4 + size)].every((byte) => byte === 0xee));
    }
    system.close(left);
    system.close(right);
  });

  it("reads addresses of every length", () => {
    for (let length = 0; length <= 40; length++) {
      for (const family of [0, 1, 2, 10, 255]) {
        const bytes = new Uint8Array(length).fill(65);
        if (length > 0) bytes[0] = family;
        if (length > 1) bytes[1] = 0;
        const address = decodeAddress(system, bytes);
        assert.ok(typeof address === "string" || typeof address.port === "number");
        assert.equal(familyOf(bytes), length < 2 ? 0 : family);
      }
    }
  });

  it("writes addresses, and reads the same ones", () => {
    for (const address of [
      { address: "127.0.0.1", port: 80, family: "IPv4" },
      { address: "::1", port: 65_535, family: "IPv6" },
      { address: "2001:db8::1", port: 0, family: "IPv6" },
      "/tmp/socket",
      "\0abstract",
      "",
    ] as const)
      assert.deepEqual(decodeAddress(system, encodeAddress(system, address)), address);
    assert.throws(() => encodeAddress(system, "x".repeat(200)), { code: "GYRE_OUT_OF_RANGE" });
    assert.throws(() => encodeAddress(system, { address: "1.2.3", port: 1, family: "IPv4" }), {
      code: "GYRE_OUT_OF_RANGE",
    });
    assert.equal(system.parseAddress(2, "127.0.0.1\0", 4), null);
    assert.equal(system.interfaceIndex("no\0such"), 0);
  });

  it("gives errors the names of the system", () => {
    const { EINPROGRESS, EAGAIN, EBADF } = constants.errno;
    assert.equal(callError(-EINPROGRESS, "connect").code, "EINPROGRESS");
    assert.equal(callError(-EAGAIN, "recv").code, "EAGAIN");
    assert.match(callError(-EBADF, "recv", { address: "::1", port: 5 }).message, /recv EBADF \[::1\]:5/);
    assert.equal(callError(-4321, "recv").code, "E4321");
    assert.equal(system.close(999_999), -EBADF);
  });

  it("says which descriptors epoll does not take", () => {
    const queue = new Epoll();
    assert.equal(queue.set(999_999, 0, 1, 0), -constants.errno.EBADF);
    for (const wrong of WRONG_NUMBERS)
      assert.throws(() => queue.set(any(wrong), 0, 1, 0), { code: "GYRE_INVALID_ARGUMENT" });
    queue.close();
  });
});

function pair(system: Libc): readonly [number, number] {
  const made = system.socketpair(1, 1, 0);
  assert.ok(typeof made !== "number");
  return made;
}
