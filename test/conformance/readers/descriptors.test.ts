import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Event, Future, getRunningLoop, newEventLoop, sleep } from "gyre";
import { AF_INET, createServer, fromfd, Socket, SOCK_DGRAM, socketpair } from "gyre/socket";
import { describeWithSockets } from "../../support/descriptors.ts";

describeWithSockets("watched descriptors", ({ it, name, run }) => {
  it("are refused if they are none [FD-01 FD-02]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const noop = (): void => undefined;
      for (const wrong of [null, undefined, "1", {}, { fileno: () => "1" }] as unknown as number[]) {
        assert.throws(() => loop.addReader(wrong, noop), { code: "GYRE_INVALID_ARGUMENT" });
        assert.throws(() => loop.removeWriter(wrong), { code: "GYRE_INVALID_ARGUMENT" });
      }
      for (const wrong of [-1, -2, 1.5, Number.NaN, 2 ** 31]) {
        assert.throws(() => loop.addWriter(wrong, noop), { code: "GYRE_OUT_OF_RANGE" });
        assert.throws(() => loop.removeReader(wrong), { code: "GYRE_OUT_OF_RANGE" });
      }
      assert.throws(() => loop.addReader(0, "callback" as unknown as () => void), {
        code: "GYRE_INVALID_ARGUMENT",
      });
      const closed = new Socket();
      closed.close();
      assert.throws(() => loop.addReader(closed, noop), { code: "GYRE_OUT_OF_RANGE" });
      assert.throws(() => loop.removeReader(closed), { code: "GYRE_OUT_OF_RANGE" });
    }));

  it("are refused if they are not open, and leave nothing behind [FD-01]", () =>
    run(async () => {
      const loop = getRunningLoop();
      assert.throws(() => loop.addReader(999_999, () => undefined), { code: "EBADF" });
      assert.equal(loop.removeReader(999_999), false);
    }));

  it("are refused if they are files, which are always ready [FD-01]", () =>
    run(async () => {
      const folder = mkdtempSync(join(tmpdir(), "gyre-"));
      const path = join(folder, "file");
      writeFileSync(path, "text");
      const fd = openSync(path, "r");
      const loop = getRunningLoop();
      assert.throws(() => loop.addReader(fd, () => undefined), { code: "EPERM", message: /is a file/ });
      assert.equal(loop.removeReader(fd), false);
      closeSync(fd);
      rmSync(folder, { recursive: true });
    }));

  it("may be closed under our feet, and their number be that of another [FD-01]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const [left, right] = socketpair();
      loop.addReader(left.fileno(), () => assert.fail("closed"));
      const number = left.fileno();
      left.close(); // the loop was given a number only, so it does not know
      const [next, peer] = socketpair();
      assert.equal(next.fileno(), number);
      const read = new Future<string>();
      loop.addReader(next.fileno(), () => {
        loop.removeReader(next.fileno());
        read.setResult(String(next.recv(1)));
      });
      peer.send("x");
      assert.equal(await read, "x");
      for (const socket of [right, next, peer]) socket.close();
    }));

  it("may be closed under our feet while both directions are watched [FD-01 FD-03]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const [left, right] = socketpair();
      const number = left.fileno();
      loop.addReader(number, () => undefined);
      left.close();
      assert.throws(() => loop.addWriter(number, () => undefined), { code: "EBADF" });
      assert.equal(loop.removeReader(number), false);
      right.close();
    }));

  it("do not keep the host busy when they were closed while a double of theirs lives [FD-01]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const [left, right] = socketpair();
      const number = left.fileno();
      const double = left.dup();
      loop.addReader(number, () => assert.fail("nothing was sent"));
      left.close(); // the loop was given a number only, so it does not know
      loop.removeReader(number);
      right.send("x"); // the system reports it to the loop, and will go on
      const [other, peer] = socketpair();
      const called = new Event();
      loop.addReader(other, () => called.set());
      const { loopCount } = performance.nodeTiming.uvMetricsInfo;
      await sleep(60);
      const rounds = performance.nodeTiming.uvMetricsInfo.loopCount - loopCount;
      assert.ok(rounds < 100, `${rounds} rounds of the host, which would be thousands`);
      peer.send("x");
      await called.wait();
      for (const socket of [double, right, other, peer]) socket.close();
    }));

  it("of a socket are forgotten when it is closed or detached [FD-02]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const [left, right] = socketpair();
      loop.addReader(left, () => assert.fail("closed"));
      right.send("x");
      const fd = left.fileno();
      left.close();
      assert.equal(loop.removeReader(fd), false);
      const [other, peer] = socketpair();
      loop.addWriter(other, () => assert.fail("detached"));
      const detached = other.detach();
      assert.equal(loop.removeWriter(detached), false);
      closeSync(detached);
      await sleep(1);
      right.close();
      peer.close();
    }));

  it("are found by the object that named them when it is closed in another way [FD-02]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const [left, right] = socketpair();
      let fd = left.fileno();
      const owner = { fileno: () => fd };
      loop.addReader(owner, () => undefined);
      fd = -1;
      assert.equal(loop.removeReader(owner), true);
      assert.throws(() => loop.removeReader(owner), { code: "GYRE_OUT_OF_RANGE" });
      left.close();
      right.close();
    }));

  it("of a transport are refused, as long as it is open [FD-01 FD-02 FD-03 FD-04]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const inUse = { code: "GYRE_DESCRIPTOR_IN_USE" };
      const server = await loop.createServer(() => ({}), "127.0.0.1", 0);
      const listening = server.sockets[0]?.fileno() ?? -1;
      assert.throws(() => loop.addReader(listening, () => undefined), inUse);
      const address = server.sockets[0]?.getsockname();
      const port = typeof address === "object" ? address.port : 0;
      const [transport] = await loop.createConnection(() => ({}), "127.0.0.1", port);
      const fd = transport.getExtraInfo("socket")?.fileno() ?? -1;
      assert.throws(() => loop.addReader(fd, () => undefined), inUse);
      assert.throws(() => loop.addWriter(fd, () => undefined), inUse);
      assert.throws(() => loop.removeReader(fd), inUse);
      assert.throws(() => loop.removeWriter(fd), inUse);
      const [datagrams] = await loop.createDatagramEndpoint(
        () => ({ datagramReceived() {}, errorReceived() {} }),
        { localAddr: { address: "127.0.0.1", port: 0 } },
      );
      const bound = datagrams.getExtraInfo("socket")?.fileno() ?? -1;
      assert.throws(() => loop.addReader(bound, () => undefined), inUse);
      const borrowed = fromfd(fd); // another number of the same socket
      loop.addReader(borrowed, () => undefined);
      assert.equal(loop.removeReader(borrowed), true);
      borrowed.close();
      datagrams.close();
      transport.close();
      server.close();
      await server.waitClosed();
    }));

  it("of datagrams and listeners are watched like all others [FD-01]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const receiver = new Socket(AF_INET, SOCK_DGRAM);
      receiver.bind({ address: "127.0.0.1", port: 0 });
      const sender = new Socket(AF_INET, SOCK_DGRAM);
      const got = new Future<string>();
      loop.addReader(receiver, () => {
        loop.removeReader(receiver);
        got.setResult(String(receiver.recvfrom(100)[0]));
      });
      sender.sendto("hello", receiver.getsockname());
      assert.equal(await got, "hello");
      const listener = createServer({ address: "127.0.0.1", port: 0 });
      const accepted = new Future<Socket>();
      loop.addReader(listener, () => {
        loop.removeReader(listener);
        accepted.setResult(listener.accept()[0]);
      });
      const client = new Socket();
      client.connectEx(listener.getsockname());
      for (const socket of [await accepted, client, listener, receiver, sender]) socket.close();
    }));

  it("are removed when the loop is closed, and then there is nothing to remove [FD-01 FD-02]", async () => {
    const loop = await newEventLoop(name);
    const [left, right] = socketpair();
    right.send("x");
    loop.addReader(left, () => loop.stop());
    loop.addWriter(left, () => undefined);
    await loop.runForever();
    await loop.close();
    assert.equal(loop.removeReader(left), false);
    assert.equal(loop.removeWriter(left), false);
    assert.throws(() => loop.addReader(left, () => undefined), { code: "GYRE_LOOP_CLOSED" });
    left.close();
    right.close();
  });

  it("wait for a loop that is not running, without keeping the host busy [FD-01]", async () => {
    const loop = await newEventLoop(name);
    const [left, right] = socketpair();
    right.send("x");
    let calls = 0;
    loop.addReader(left, () => {
      calls++;
      left.recv(1);
      loop.stop();
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(calls, 0);
    await loop.runForever();
    assert.equal(calls, 1);
    left.close();
    right.close();
    await loop.close();
  });

  it("keep the process alive, and no longer than they are watched [FD-01 FD-02]", () => {
    const program = `
      import { newEventLoop } from "gyre";
      import { socketpair } from "gyre/socket";
      const loop = await newEventLoop(${JSON.stringify(name)});
      const [left, right] = socketpair();
      loop.addReader(left, () => {
        console.log("read", String(left.recv(10)));
        loop.removeReader(left);
        loop.stop();
      });
      setTimeout(() => right.send("late"), 20).unref();
      process.on("exit", () => console.log("over"));
      await loop.runForever();
      loop.addReader(left, () => undefined);
      loop.removeReader(left);
    `;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
      cwd: fileURLToPath(new URL("../../../../", import.meta.url)),
    });
    assert.equal(stderr, "");
    assert.equal(stdout, "read late\nover\n");
  });
});
