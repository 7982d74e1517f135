import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createTask, gather, getRunningLoop, isCancelled, sleep, timeout, TimeoutError } from "gyre";
import { createServer, Socket, socketpair } from "gyre/socket";
import { describeWithSockets } from "../../support/descriptors.ts";
import { fill, HERE, receive, withPair, withTcp } from "./support.ts";

const noWatch = { code: "EBADF" };

describeWithSockets("operations on stream sockets", ({ it, name, run }) => {
  it("receive at once what is there, and wait for what is not [SOCK-01 SOCK-02]", () =>
    run(() =>
      withPair(async (loop, left, right) => {
        right.send("now");
        assert.equal(String(await loop.sockRecv(left, 100)), "now");
        const waiting = createTask(() => loop.sockRecv(left, 100));
        await sleep(1);
        assert.equal(waiting.done(), false);
        right.send("later");
        assert.equal(String(await waiting), "later");
      }),
    ));

  it("receive no more than was asked for, and nothing at the end [SOCK-02]", () =>
    run(() =>
      withPair(async (loop, left, right) => {
        right.send("abcde");
        right.close();
        assert.equal(String(await loop.sockRecv(left, 3)), "abc");
        assert.equal(String(await loop.sockRecv(left, 3)), "de");
        assert.equal((await loop.sockRecv(left, 3)).length, 0);
        assert.equal((await loop.sockRecv(left, 3)).length, 0);
      }),
    ));

  it("receive into memory of the caller [SOCK-03]", () =>
    run(() =>
      withPair(async (loop, left, right) => {
        const memory = new Uint8Array(4);
        const waiting = createTask(() => loop.sockRecvInto(left, memory.subarray(1)));
        await sleep(1);
        right.send("abcdef");
        assert.equal(await waiting, 3);
        assert.deepEqual([...memory], [0, 97, 98, 99]);
        assert.equal(await loop.sockRecvInto(left, memory), 3);
        right.close();
        assert.equal(await loop.sockRecvInto(left, memory), 0);
      }),
    ));

  it("send everything, however often it takes [SOCK-06]", () =>
    run(() =>
      withTcp(async (loop, client, server) => {
        const data = randomBytes(3_000_000);
        const sending = createTask(() => loop.sockSendall(client, data));
        const received = await receive(loop, server, data.length);
        assert.equal(await sending, undefined);
        assert.ok(received.equals(data));
        await loop.sockSendall(server, "äöü");
        assert.equal(String(await loop.sockRecv(client, 100)), "äöü");
        await loop.sockSendall(server, "");
      }),
    ));

  it("connect, and say in the system's words why not [SOCK-08]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const listener = createServer(HERE);
      const address = listener.getsockname();
      const client = new Socket();
      await loop.sockConnect(client, address);
      assert.deepEqual(client.getpeername(), address);
      listener.close();
      const late = new Socket();
      await assert.rejects(loop.sockConnect(late, address), { code: "ECONNREFUSED", syscall: "connect" });
      client.close();
      late.close();
    }));

  it("connect to names, which are looked up for the socket's family [SOCK-08]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const listener = createServer(HERE);
      const address = listener.getsockname();
      const port = typeof address === "string" ? 0 : address.port;
      const client = new Socket();
      await loop.sockConnect(client, { address: "localhost", port });
      assert.deepEqual(client.getpeername(), address);
      const other = new Socket();
      await assert.rejects(loop.sockConnect(other, { address: "no-such-name.invalid", port }), {
        syscall: "getaddrinfo",
      });
      for (const socket of [listener, client, other]) socket.close();
    }));

  it("accept connections that wait, and those that come [SOCK-09]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const listener = createServer(HERE);
      const clients = [new Socket(), new Socket()] as const;
      await loop.sockConnect(clients[0], listener.getsockname());
      const [first, address] = await loop.sockAccept(listener);
      assert.deepEqual(address, clients[0].getsockname());
      assert.equal(first.getBlocking(), false);
      const accepting = createTask(() => loop.sockAccept(listener));
      await sleep(1);
      assert.equal(accepting.done(), false);
      await loop.sockConnect(clients[1], listener.getsockname());
      const [second, from] = await accepting;
      assert.deepEqual(from, clients[1].getsockname());
      for (const socket of [listener, first, second, ...clients]) socket.close();
    }));

  it("take their turns where several wait for the same thing [SOCK-01 SOCK-02 SOCK-09]", () =>
    run(() =>
      withPair(async (loop, left, right) => {
        const reads = gather([1, 2, 3].map(() => () => loop.sockRecv(left, 2)));
        await sleep(1);
        right.send("aabbcc");
        assert.deepEqual((await reads).map(String), ["aa", "bb", "cc"]);
      }),
    ));

  it("send one after the other, and never mixed [SOCK-01 SOCK-06]", () =>
    run(() =>
      withPair(async (loop, left, right) => {
        const sends = ["a", "b", "c"].map((letter) =>
          createTask(() => loop.sockSendall(left, Buffer.alloc(500_000, letter))),
        );
        const received = String(await receive(loop, right, 1_500_000));
        await gather(sends);
        assert.equal(received.replaceAll(/(.)\1+/g, "$1"), "abc");
      }),
    ));

  it("let a reader be beside them [SOCK-01 FD-01]", () =>
    run(() =>
      withPair(async (loop, left, right) => {
        let calls = 0;
        loop.addReader(left, () => void calls++);
        const reading = createTask(() => loop.sockRecv(left, 10));
        await sleep(1);
        right.send("x");
        assert.equal(String(await reading), "x");
        assert.ok(calls > 0);
        assert.equal(loop.removeReader(left), true);
      }),
    ));

  it("lose nothing when they are cancelled [SOCK-01 SOCK-02]", () =>
    run(() =>
      withPair(async (loop, left, right) => {
        await assert.rejects(
          timeout(1, () => loop.sockRecv(left, 10)),
          TimeoutError,
        );
        const early = createTask(() => loop.sockRecv(left, 10));
        await sleep(1);
        right.send("kept");
        early.cancel(); // the bytes are there, and nobody has taken them
        await assert.rejects(early, isCancelled);
        assert.equal(String(await loop.sockRecv(left, 10)), "kept");
        assert.equal(loop.removeReader(left), false);
      }),
    ));

  it("lose nothing when they are cancelled at any moment after the bytes came [SOCK-01 SOCK-02]", () =>
    run(() =>
      withPair(async (loop, left, right) => {
        for (let moment = 0; moment < 20; moment++) {
          const reading = createTask(() => loop.sockRecv(left, 10));
          await sleep(0);
          loop.addWriter(right, () => {
            loop.removeWriter(right);
            right.send("x");
          });
          for (let count = 0; count < moment; count++) await sleep(0);
          reading.cancel();
          const got = await reading.then(String, () => null);
          if (got === null) assert.equal(String(await loop.sockRecv(left, 10)), "x");
          else assert.equal(got, "x");
        }
      }),
    ));

  it("leave a connection to whoever accepts next when they are cancelled [SOCK-09]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const listener = createServer(HERE);
      const client = new Socket();
      const cancelled = createTask(() => loop.sockAccept(listener));
      const next = createTask(() => loop.sockAccept(listener));
      await sleep(1);
      client.connectEx(listener.getsockname());
      cancelled.cancel();
      const [connection] = await next;
      await assert.rejects(cancelled, isCancelled);
      for (const socket of [listener, client, connection]) socket.close();
    }));

  it("end with an error when their socket is closed [SOCK-01 SOCK-02 SOCK-06]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const [left, right] = socketpair();
      fill(left);
      const waiting = [
        createTask(() => loop.sockRecv(left, 1)),
        createTask(() => loop.sockRecv(left, 1)),
        createTask(() => loop.sockSendall(left, "more")),
      ];
      await sleep(1);
      left.close();
      for (const task of waiting) await assert.rejects(task, noWatch);
      await assert.rejects(loop.sockRecv(left, 1), noWatch);
      await assert.rejects(loop.sockSendall(left, "x"), noWatch);
      right.close();
    }));

  it("are refused on a descriptor of a transport [SOCK-01]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const server = await loop.createServer(() => ({}), "127.0.0.1", 0);
      const fd = server.sockets[0]?.fileno() ?? -1;
      const borrowed = new Socket(-1, -1, -1, fd);
      await assert.rejects(loop.sockAccept(borrowed), { code: "GYRE_DESCRIPTOR_IN_USE" });
      borrowed.detach();
      server.close();
      await server.waitClosed();
    }));

  it("tell the errors of the system [SOCK-02 SOCK-06]", () =>
    run(() =>
      withTcp(async (loop, client, server) => {
        const reading = createTask(() => loop.sockRecv(client, 1));
        await sleep(1);
        const linger = new Uint8Array(new Int32Array([1, 0]).buffer);
        server.setsockopt(1, 13, linger); // SO_LINGER of Linux: closing resets the connection
        server.close();
        await assert.rejects(reading, { code: "ECONNRESET" });
        await assert.rejects(loop.sockSendall(client, "x"), { code: "EPIPE" });
      }),
    ));

  it("refuse sockets that block, in debug mode [SOCK-01]", () =>
    run(
      async () => {
        const loop = getRunningLoop();
        const [left, right] = socketpair();
        const blocking = Object.assign(Object.create(left) as Socket, {
          fileno: () => left.fileno(),
          getBlocking: () => true,
        });
        await assert.rejects(loop.sockRecv(blocking, 1), { code: "GYRE_OUT_OF_RANGE" });
        await assert.rejects(loop.sockConnect(blocking, "path"), { code: "GYRE_OUT_OF_RANGE" });
        left.close();
        right.close();
      },
      { debug: true },
    ));

  it("refuse at once what is of a wrong type [SOCK-01]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const [left, right] = socketpair();
      const wrongType = { code: "GYRE_INVALID_ARGUMENT" };
      const any = <T>(value: unknown): T => value as T;
      for (const wrong of [null, 5, "socket", {}, { fileno: () => 1 }]) {
        assert.throws(() => loop.sockRecv(any(wrong), 1), wrongType);
        assert.throws(() => loop.sockConnect(any(wrong), "path"), wrongType);
        assert.throws(() => loop.sockAccept<Socket>(any(wrong)), wrongType);
        assert.throws(() => loop.sockSendfile(any(wrong), "file"), wrongType);
      }
      assert.throws(() => loop.sockRecv(left, any("1")), wrongType);
      assert.throws(() => loop.sockRecvInto(left, any([])), wrongType);
      assert.throws(() => loop.sockSendall(left, any(5)), wrongType);
      assert.throws(() => loop.sockConnect(left, any({ address: "x" })), wrongType);
      await assert.rejects(loop.sockRecv(left, -1), { code: "GYRE_OUT_OF_RANGE" });
      await assert.rejects(loop.sockRecv(left, 1.5), { code: "GYRE_OUT_OF_RANGE" });
      left.close();
      right.close();
    }));

  it("work on Unix sockets with a path [SOCK-08 SOCK-09]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const path = `\0gyre-test-${process.pid}-${name}`;
      const listener = new Socket(1);
      listener.bind(path);
      listener.listen(1);
      const client = new Socket(1);
      await loop.sockConnect(client, path);
      const [connection, address] = await loop.sockAccept(listener);
      assert.equal(address, "");
      assert.equal(client.getpeername(), path);
      for (const socket of [listener, client, connection]) socket.close();
    }));

  it("wait for room in the backlog of a Unix server [SOCK-08]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const path = `\0gyre-full-${process.pid}-${name}`;
      const listener = new Socket(1);
      listener.bind(path);
      listener.listen(0);
      const clients = [new Socket(1), new Socket(1), new Socket(1)];
      const connecting = clients.map((client) => createTask(() => loop.sockConnect(client, path)));
      await sleep(10);
      assert.ok(connecting.some((task) => !task.done()));
      const accepted: Socket[] = [];
      for (const _ of clients) accepted.push((await loop.sockAccept(listener))[0]);
      await gather(connecting);
      for (const socket of [listener, ...clients, ...accepted]) socket.close();
    }));

  it("hand a socket over to a transport [CONN-06 SOCK-01]", () =>
    run(() =>
      withTcp(async (loop, client, server) => {
        const [transport] = await loop.createConnection(() => ({}), null, null, { sock: client });
        assert.equal(client.fileno(), -1);
        transport.write("through a transport");
        assert.equal(String(await loop.sockRecv(server, 100)), "through a transport");
        transport.abort();
        await sleep(0);
      }),
    ));
});
