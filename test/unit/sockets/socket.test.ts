import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  createServer,
  fromfd,
  IPPROTO_TCP,
  MSG_PEEK,
  SHUT_RDWR,
  SHUT_WR,
  SO_ERROR,
  SO_KEEPALIVE,
  SO_RCVBUF,
  SO_REUSEADDR,
  SO_TYPE,
  SOCK_DGRAM,
  SOCK_STREAM,
  Socket,
  socketpair,
  SOL_SOCKET,
  TCP_NODELAY,
} from "gyre/socket";
import { describeNative } from "../../support/descriptors.ts";

const HERE = { address: "127.0.0.1", port: 0 };
const closed = { code: "EBADF" };

describeNative("a socket", () => {
  it("has a family, a type and a protocol, TCP by default", () => {
    const socket = new Socket();
    assert.deepEqual([socket.family, socket.type, socket.proto], [AF_INET, SOCK_STREAM, 0]);
    assert.equal(socket.getBlocking(), false);
    assert.match(String(socket), /^<Socket fd=\d+ family=IPv4 type=1 proto=0>$/);
    assert.equal(inspect(socket), String(socket));
    socket.close();
    assert.equal(String(socket), "<Socket [closed] family=IPv4 type=1 proto=0>");
  });

  it("never waits", () => {
    const [left, right] = socketpair();
    assert.throws(() => left.recv(1), { code: "EAGAIN", syscall: "recv" });
    assert.throws(() => left.recvfrom(1), { code: "EAGAIN" });
    const listener = createServer(HERE);
    assert.throws(() => listener.accept(), { code: "EAGAIN" });
    const client = new Socket();
    assert.throws(() => client.connect(listener.getsockname()), { code: "EINPROGRESS", syscall: "connect" });
    for (const socket of [left, right, listener, client]) socket.close();
  });

  it("connects, accepts, sends and receives", async () => {
    const listener = createServer(HERE);
    const client = new Socket();
    const begun = client.connectEx(listener.getsockname());
    assert.ok(begun >= 0);
    await delay(5);
    client.finishConnect();
    const [server, address] = listener.accept();
    assert.deepEqual(address, client.getsockname());
    assert.deepEqual(server.getpeername(), client.getsockname());
    assert.deepEqual(server.getsockname(), listener.getsockname());
    assert.equal(client.send("hello"), 5);
    await delay(5);
    assert.equal(String(server.recv(100, MSG_PEEK)), "hello");
    assert.equal(String(server.recv(2)), "he");
    const memory = new Uint8Array(10);
    assert.equal(server.recvInto(memory, 2), 2);
    assert.equal(server.recvInto(memory.subarray(2)), 1);
    assert.equal(String(Buffer.from(memory.subarray(0, 3))), "llo");
    client.shutdown(SHUT_WR);
    await delay(5);
    assert.equal(server.recv(10).length, 0);
    assert.throws(() => client.send("x"), { code: "EPIPE" });
    for (const socket of [listener, client, server]) socket.close();
  });

  it("says where it could not connect to", async () => {
    const listener = createServer(HERE);
    const address = listener.getsockname();
    listener.close();
    const client = new Socket();
    client.connectEx(address);
    await delay(5);
    assert.throws(() => client.finishConnect(), {
      code: "ECONNREFUSED",
      syscall: "connect",
      ...(typeof address === "string" ? {} : { address: address.address, port: address.port }),
    });
    assert.equal(client.getsockopt(SOL_SOCKET, SO_ERROR), 0);
    client.close();
  });

  it("has options", () => {
    const socket = new Socket();
    assert.equal(socket.getsockopt(SOL_SOCKET, SO_TYPE), SOCK_STREAM);
    socket.setsockopt(SOL_SOCKET, SO_KEEPALIVE, true);
    assert.notEqual(socket.getsockopt(SOL_SOCKET, SO_KEEPALIVE), 0);
    socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
    assert.notEqual(socket.getsockopt(IPPROTO_TCP, TCP_NODELAY), 0);
    socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, new Uint8Array(new Int32Array([1]).buffer));
    assert.deepEqual(socket.getsockopt(SOL_SOCKET, SO_REUSEADDR, 4).length, 4);
    assert.ok(socket.getsockopt(SOL_SOCKET, SO_RCVBUF) > 0);
    assert.throws(() => socket.getsockopt(SOL_SOCKET, 99_999), { code: "ENOPROTOOPT" });
    assert.throws(() => socket.setsockopt(SOL_SOCKET, SO_TYPE, 1), { syscall: "setsockopt" });
    socket.close();
  });

  it("has addresses of its family", () => {
    const socket = new Socket();
    assert.deepEqual(socket.getsockname(), { address: "0.0.0.0", port: 0, family: "IPv4" });
    assert.throws(() => socket.getpeername(), { code: "ENOTCONN" });
    socket.bind({ address: "", port: 0 });
    assert.throws(() => socket.bind({ address: "::1", port: 0 }), { code: "GYRE_OUT_OF_RANGE" });
    assert.throws(() => socket.bind({ address: "127.0.0.1", port: 0, family: 6 }), {
      code: "GYRE_OUT_OF_RANGE",
    });
    const other = new Socket();
    assert.throws(() => other.bind({ address: "203.0.113.1", port: 0 }), {
      code: "EADDRNOTAVAIL",
      address: "203.0.113.1",
    });
    socket.close();
    other.close();
  });

  it("may be one of IPv6, and take connections over IPv4, too", async (test) => {
    let listener: Socket;
    try {
      listener = createServer({ address: "", port: 0 }, { family: AF_INET6, dualstackIpv6: true });
    } catch {
      test.skip("this machine has no IPv6");
      return;
    }
    const name = listener.getsockname();
    const port = typeof name === "string" ? 0 : name.port;
    const client = new Socket();
    client.connectEx({ address: "127.0.0.1", port });
    await delay(5);
    const [server, address] = listener.accept();
    assert.ok(typeof address === "object" && address.address === "::ffff:127.0.0.1");
    for (const socket of [listener, client, server]) socket.close();
    assert.throws(() => createServer(HERE, { dualstackIpv6: true }), { code: "GYRE_OUT_OF_RANGE" });
  });

  it("is of no use when it is closed", () => {
    const [left, right] = socketpair();
    left.close();
    left.close();
    assert.equal(left.fileno(), -1);
    assert.equal(left.detach(), -1);
    for (const call of [
      () => left.recv(1),
      () => left.recvInto(new Uint8Array(1)),
      () => left.recvfrom(1),
      () => left.send("x"),
      () => left.sendto("x", ""),
      () => left.bind(""),
      () => left.listen(),
      () => left.accept(),
      () => left.connect(""),
      () => left.connectEx(""),
      () => left.shutdown(SHUT_RDWR),
      () => left.getsockname(),
      () => left.getpeername(),
      () => left.getsockopt(1, 1),
      () => left.setsockopt(1, 1, 1),
      () => left.dup(),
      () => left.getBlocking(),
      () => left.sendfile(0),
      () => left.finishConnect(),
    ])
      assert.throws(call, closed);
    right.close();
  });

  it("gives its descriptor away, and has a double", () => {
    const [left, right] = socketpair();
    const double = left.dup();
    assert.notEqual(double.fileno(), left.fileno());
    const fd = left.detach();
    assert.equal(left.fileno(), -1);
    const again = new Socket(-1, -1, -1, fd);
    assert.deepEqual([again.family, again.type], [AF_UNIX, SOCK_STREAM]);
    assert.equal(again.fileno(), fd);
    right.send("x");
    assert.equal(String(double.recv(1)), "x");
    const third = fromfd(fd);
    assert.notEqual(third.fileno(), fd);
    for (const socket of [right, double, again, third]) socket.close();
  });

  it("is made of the descriptor of a socket only", () => {
    const folder = mkdtempSync(join(tmpdir(), "gyre-"));
    writeFileSync(join(folder, "file"), "text");
    const fd = openSync(join(folder, "file"), "r");
    assert.throws(() => new Socket(AF_INET, SOCK_STREAM, 0, fd), { code: "ENOTSOCK" });
    assert.throws(() => fromfd(fd), { code: "ENOTSOCK" });
    closeSync(fd);
    assert.throws(() => new Socket(AF_INET, SOCK_STREAM, 0, 999_999), { code: "EBADF" });
    assert.throws(() => fromfd(999_999), { code: "EBADF" });
    assert.throws(() => new Socket(AF_INET, SOCK_STREAM, 0, -1), { code: "GYRE_OUT_OF_RANGE" });
    rmSync(folder, { recursive: true });
  });

  it("refuses wrong arguments", () => {
    const [left, right] = socketpair();
    const any = <T>(value: unknown): T => value as T;
    const wrongType = { code: "GYRE_INVALID_ARGUMENT" };
    const range = { code: "GYRE_OUT_OF_RANGE" };
    assert.throws(() => new Socket(any("IPv4")), wrongType);
    assert.throws(() => new Socket(2.5), range);
    assert.throws(() => new Socket(12_345), { code: "EAFNOSUPPORT" });
    assert.throws(() => left.recv(any("1")), wrongType);
    assert.throws(() => left.recv(-1), range);
    assert.throws(() => left.recv(2 ** 32), range);
    assert.throws(() => left.recv(1, any("flags")), wrongType);
    assert.throws(() => left.recvInto(any("memory")), wrongType);
    assert.throws(() => left.recvInto(new Uint8Array(1), 2), range);
    assert.throws(() => left.send(any(5)), wrongType);
    assert.throws(() => left.send("x", any({})), wrongType);
    assert.throws(() => left.connect(any({ address: "127.0.0.1", port: 1 })), wrongType);
    assert.throws(() => left.shutdown(7), range);
    assert.throws(() => left.listen(any(null)), wrongType);
    assert.throws(() => left.getsockopt(SOL_SOCKET, SO_TYPE, 5000), range);
    assert.throws(() => left.setsockopt(SOL_SOCKET, SO_TYPE, any("1")), wrongType);
    const internet = new Socket(AF_INET, SOCK_DGRAM);
    assert.throws(() => internet.sendto("x", any("path")), wrongType);
    assert.throws(() => internet.sendto("x", any({ address: 5, port: 1 })), wrongType);
    assert.throws(() => internet.sendto("x", any({ address: "127.0.0.1", port: "1" })), wrongType);
    assert.throws(() => internet.sendto("x", { address: "127.0.0.1", port: -1 }), range);
    for (const socket of [left, right, internet]) socket.close();
  });

  it("tells once that it is about to be closed or given away", () => {
    const [left, right] = socketpair();
    const log: unknown[] = [];
    left.whenClosing(() => log.push(left.fileno() >= 0));
    left.whenClosing(() => log.push("withdrawn"))();
    left.close();
    left.close();
    right.whenClosing(() => log.push("detached"));
    const fd = right.detach();
    closeSync(fd);
    assert.deepEqual(log, [true, "detached"]);
  });

  it("is closed with a warning when nobody has it any more [TR-15]", async () => {
    const { gc } = globalThis;
    assert.ok(gc !== undefined, "run with --expose-gc");
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on("warning", onWarning);
    (() => new Socket())();
    for (let count = 0; count < 50 && warnings.length === 0; count++) {
      gc();
      await delay(2);
    }
    process.off("warning", onWarning);
    assert.equal(warnings[0]?.name, "ResourceWarning");
    assert.match(warnings[0]?.message ?? "", /nobody had closed it/);
  });
});
