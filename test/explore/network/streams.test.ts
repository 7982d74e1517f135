import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, it } from "node:test";
import {
  DeadlockError,
  Event,
  openConnection,
  openUnixConnection,
  type Protocol,
  getRunningLoop,
  sleep,
  startServer,
  startUnixServer,
  type StreamWriter,
  type Transport,
} from "gyre";
import { runVirtual, SimulatedNetwork } from "gyre/testing";
import { guardLeaks } from "../../support/leaks.ts";
import { echo, failure, now, PORT, serve, withServer } from "./support.ts";

describe("a stream over the simulated network", () => {
  guardLeaks();

  it("takes a round trip to connect, and another one for an answer", () =>
    withServer({ latency: 20 }, async ({ reader, writer }) => {
      assert.equal(now(), 40);
      writer.write("hello\n");
      assert.equal(String(await reader.readline()), "hello\n");
      assert.equal(now(), 80);
    }));

  it("takes a millisecond each way by default, and no time within a host", () =>
    runVirtual(async () => {
      const network = SimulatedNetwork.running();
      const remote = await serve(network.host("db"));
      const local = await startServer(echo, "localhost", 0);
      for (const [host, port, time] of [
        ["127.0.0.1", local.port, 0],
        ["db", PORT, 2],
      ] as const) {
        const [, writer] = await openConnection(host, port ?? 0);
        assert.equal(now(), time);
        writer.close();
      }
      for (const server of [remote, local]) {
        server.close();
        await server.waitClosed();
      }
    }));

  it("is as slow as the bandwidth, which connections share", () =>
    withServer(
      { latency: 10, receiveBuffer: 2_000_000 },
      async ({ network, reader, writer, server }) => {
        network.path("main", "db").set({ bandwidth: 1_000_000 });
        const [second, other] = await openConnection("db", PORT);
        assert.equal(now(), 40);
        writer.write(Buffer.alloc(500_000));
        other.write(Buffer.alloc(500_000));
        writer.writeEof();
        other.writeEof();
        assert.equal((await reader.read()).toString(), "500000");
        assert.equal(now(), 40 + 500 + 20);
        assert.equal((await second.read()).toString(), "500000");
        assert.equal(now(), 40 + 1000 + 20);
        other.close();
        assert.equal(server.statistics().accepted, 2);
      },
      async (reader, writer) => {
        writer.write(String((await reader.read()).length));
        writer.close();
      },
    ));

  it("goes as the link is at the moment, and keeps its order", () =>
    withServer(
      { latency: 5 },
      async ({ network, writer, reader }) => {
        network.path("main", "db").set({ latency: 100 });
        writer.write("late ");
        await sleep(0);
        network.path("main", "db").set({ latency: 1 });
        writer.write("later");
        writer.writeEof();
        assert.equal(String(await reader.read()), "late later");
        assert.equal(now(), 10 + 100 + 5);
      },
      async (reader, writer) => {
        writer.write(await reader.read());
        writer.close();
      },
    ));

  it("fills up when the peer does not read, and makes the writer wait", async () => {
    const read = new Event();
    await withServer(
      { latency: 1, sendBuffer: 1000, receiveBuffer: 3000 },
      async ({ writer }) => {
        const { transport } = writer;
        writer.write(Buffer.alloc(10_000));
        assert.equal(transport.getWriteBufferSize(), 6000); // 3000 on the way, 1000 with the system
        writer.write(Buffer.alloc(100_000));
        const draining = writer.drain();
        await sleep(1000);
        assert.equal(transport.getWriteBufferSize(), 106_000);
        read.set();
        await draining;
        assert.ok(transport.getWriteBufferSize() <= 16_384);
      },
      async (reader, writer) => {
        writer.transport.pauseReading();
        await read.wait();
        writer.transport.resumeReading();
        await reader.read();
      },
    );
  });

  it("is closed in order: what was written arrives, and then the end", () =>
    withServer(
      { latency: 10 },
      async ({ reader }) => {
        assert.equal((await reader.read()).length, 300_000);
      },
      (_reader, writer) => {
        writer.write(Buffer.alloc(300_000));
        writer.close();
      },
    ));

  it("goes on in one direction when the other has ended", () =>
    withServer(
      { latency: 10 },
      async ({ reader, writer }) => {
        writer.writeEof();
        assert.equal(String(await reader.read()), "after the end");
        assert.equal(now(), 20 + 10 + 1000 + 10);
      },
      async (reader, writer) => {
        await reader.read();
        await sleep(1000);
        writer.write("after the end");
        writer.close();
      },
    ));

  it("is reset by a peer that closes without having read everything", () =>
    withServer(
      { latency: 10 },
      async ({ reader, writer }) => {
        writer.write("unread");
        assert.deepEqual(await failure(reader.read()), ["ECONNRESET", 20 + 10 + 1000 + 10]);
      },
      async (_reader, writer) => {
        writer.transport.pauseReading();
        await sleep(1000);
        writer.transport.abort();
      },
    ));

  it("is reset when it writes to a peer that has closed", () =>
    withServer(
      { latency: 10 },
      async ({ reader, writer }) => {
        assert.equal(String(await reader.read()), "");
        writer.write("anybody?");
        await sleep(100);
        writer.write("nobody");
        assert.equal((await failure(writer.drain().then(() => writer.waitClosed())))[0], "EPIPE");
      },
      (_reader, writer) => writer.close(),
    ));

  it("is refused where nobody listens, after a round trip", () =>
    runVirtual(async () => {
      SimulatedNetwork.running().host("db");
      assert.deepEqual(await failure(openConnection("db", 1)), ["ECONNREFUSED", 2]);
      assert.deepEqual(await failure(openConnection("127.0.0.1", 1)), ["ECONNREFUSED", 2]);
    }));

  it("times out where nobody is", () => {
    const network = new SimulatedNetwork({ connectTimeout: 5000 });
    return runVirtual(
      async () => assert.deepEqual(await failure(openConnection("192.0.2.1", 80)), ["ETIMEDOUT", 5000]),
      { network },
    );
  });

  it("takes ports that are free, from 49152 on", () =>
    runVirtual(async () => {
      const db = SimulatedNetwork.running().host("db");
      const server = await serve(db, (_reader, writer) => {
        const { port } = writer.getExtraInfo("peername") as { port: number };
        writer.write(String(port));
        writer.close();
      });
      await assert.rejects(serve(db), { code: "EADDRINUSE" });
      const elsewhere = db.run(() => startServer(echo, "10.9.9.9", 1));
      await assert.rejects(elsewhere, { code: "EADDRNOTAVAIL" });
      for (const expected of ["49152", "49153"]) {
        const [reader, writer] = await openConnection("db", PORT);
        assert.equal(String(await reader.read()), expected);
        writer.close();
      }
      server.close();
      await server.waitClosed();
    }));

  it("can be reset by the test, at both ends or at one", async () => {
    const ends: string[] = [];
    const handler = async (reader: { read(): PromiseLike<Buffer> }, writer: StreamWriter) => {
      ends.push(...(await failure(reader.read())).map(String));
      writer.transport.abort();
    };
    await withServer(
      { latency: 10 },
      async ({ network, reader }) => {
        await sleep(30);
        network.connections()[0]?.reset();
        assert.deepEqual(await failure(reader.read()), ["ECONNRESET", 50]);
      },
      handler,
    );
    assert.deepEqual(ends, ["ECONNRESET", "50"]);
    await withServer(
      { latency: 10 },
      async ({ network, reader, writer }) => {
        await sleep(30);
        network.connections()[0]?.reset("server");
        await sleep(30);
        writer.write("x");
        assert.deepEqual(await failure(reader.read()), ["ECONNRESET", 100]);
        assert.equal(network.reset("main", "db"), 0);
      },
      handler,
    );
  });

  it("goes over Unix paths too, which each host has of its own", () =>
    runVirtual(async () => {
      const server = await startUnixServer(echo, "/run/echo.sock");
      const [reader, writer] = await openUnixConnection("/run/echo.sock");
      writer.write("hello\n");
      assert.equal(String(await reader.readline()), "hello\n");
      assert.equal(now(), 0);
      const db = SimulatedNetwork.running().host("db");
      await assert.rejects(
        db.run(() => openUnixConnection("/run/echo.sock")),
        { code: "ENOENT" },
      );
      writer.close();
      server.close();
      await server.waitClosed();
      await assert.rejects(openUnixConnection("/run/echo.sock"), { code: "ENOENT" });
    }));

  it("is a deadlock when both sides wait for each other", () =>
    assert.rejects(
      withServer({}, async ({ reader }) => reader.read()),
      DeadlockError,
    ));

  it("tells a protocol in the order of asyncio", () =>
    runVirtual(async () => {
      const events: string[] = [];
      const recorder = (name: string): Protocol => ({
        connectionMade: (made: Transport) => {
          events.push(`${name} made`);
          if (name === "client") made.write("x");
        },
        dataReceived: (data) => void events.push(`${name} got ${data.toString()}`),
        eofReceived: () => void events.push(`${name} end`),
        connectionLost: (error) => void events.push(`${name} lost ${error}`),
      });
      const loop = getRunningLoop();
      const server = await loop.createServer(() => recorder("server"), "127.0.0.1", PORT);
      const [transport] = await loop.createConnection(() => recorder("client"), "127.0.0.1", PORT);
      await sleep(0.1);
      transport.close();
      server.close();
      await server.waitClosed();
      assert.deepEqual(
        events.filter((event) => event.startsWith("client")),
        ["client made", "client lost null"],
      );
      assert.deepEqual(
        events.filter((event) => event.startsWith("server")),
        ["server made", "server got x", "server end", "server lost null"],
      );
    }));

  it("refuses real sockets and pipes", () =>
    runVirtual(async () => {
      const loop = getRunningLoop();
      const protocol = () => ({});
      await assert.rejects(loop.createConnection(protocol, null, null, { sock: 3 }), {
        code: "GYRE_NOT_SUPPORTED",
      });
      await assert.rejects(loop.connectReadPipe(protocol, new PassThrough()), { code: "GYRE_NOT_SUPPORTED" });
    }));
});

describe("the events of the simulated network", () => {
  guardLeaks();

  it("are lines that tell what happened when", async () => {
    const lines: string[] = [];
    await withServer(
      { latency: 10, onEvent: (event) => void lines.push(String(event)) },
      async ({ network, reader, writer }) => {
        writer.write("hello\n");
        await reader.readline();
        network.partition("main", "db", { oneWay: true });
        network.heal();
        writer.close();
        await sleep(100);
      },
    );
    const ends = "main 10.0.0.1:49152 -> db 10.0.0.2:5432";
    assert.deepEqual(lines, [
      `0 ms  main -> db  connect ${ends}`,
      `20 ms  main -> db  connected ${ends}`,
      "20 ms  main -> db  6 bytes",
      "30 ms  db -> main  6 bytes",
      "40 ms  main -> db  cut",
      "40 ms  main -> db  healed",
      "40 ms  main -> db  end",
      "50 ms  db -> main  end",
    ]);
  });
});
