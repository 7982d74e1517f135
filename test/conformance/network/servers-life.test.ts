import assert from "node:assert/strict";
import { inspect } from "node:util";
import { createTask, getRunningLoop, isCancelled, type Server, sleep } from "gyre";
import { authority, identity } from "../../support/certificates.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { collectReports } from "../support/reports.ts";
import { withSocket } from "./peers.ts";
import { connectTo, end, portOf, Recorder } from "./recording.ts";
import { Crowd, ECHO, listen, serving } from "./servers-support.ts";

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await sleep(0);
};

/** A server, and so many connections to it. */
async function withClients(
  count: number,
  body: (server: Server, crowd: Crowd, clients: readonly Recorder[]) => Promise<void>,
): Promise<void> {
  const crowd = new Crowd(ECHO);
  await serving(await listen(crowd.factory, "127.0.0.1", 0), async (server) => {
    const clients: Recorder[] = [];
    for (let index = 0; index < count; index++) clients.push(await connectTo(portOf(server), new Recorder()));
    await crowd.until(() => crowd.made === count);
    await body(server, crowd, clients);
    for (const client of clients) await end(client);
  });
}

describeOnLoops("the life of a server", ({ it, run }) => {
  it("closes at once and only once; what is connected goes on [SRV-15 SRV-21 SRV-23]", () =>
    run(() =>
      withClients(1, async (server, _crowd, [client]) => {
        assert.equal(server.isServing(), true);
        assert.equal(server.sockets.length, 1);
        const port = portOf(server);
        server.close();
        server.close();
        assert.deepEqual([server.isServing(), server.sockets], [false, []]);
        await assert.rejects(connectTo(port, new Recorder()), { code: "ECONNREFUSED" });
        client?.transport.write("still here");
        await client?.untilText("still here");
      }),
    ));

  it("belongs to the loop that made it [SRV-18]", () =>
    run(() =>
      withClients(0, async (server) => {
        assert.equal(server.getLoop(), getRunningLoop());
      }),
    ));

  it("shows its sockets, to look at and not to use [SRV-23 SRV-28]", () =>
    run(() =>
      withClients(1, async (server) => {
        const [socket] = server.sockets;
        assert.equal(socket?.family, "IPv4");
        assert.equal(socket?.type, 1);
        assert.equal(socket?.getpeername(), null);
        assert.throws(() => socket?.setNoDelay(true), { code: "GYRE_NOT_SUPPORTED" });
        assert.match(
          String(server),
          /^<Server sockets=\[<TransportSocket fd=-?\d+ .*>\] serving connections=1>$/,
        );
        assert.equal(inspect(server), String(server));
        server.close();
        assert.equal(String(server), "<Server sockets=[] closed connections=1>");
        assert.equal(socket?.fileno(), -1);
      }),
    ));

  it("has descriptors before it serves [SRV-11 SRV-23]", () =>
    run(async () => {
      const options = { startServing: false };
      await serving(await listen(() => new Recorder(), "127.0.0.1", 0, options), async (server) => {
        const [before] = server.sockets.map((socket) => socket.fileno());
        await server.startServing();
        assert.deepEqual(
          server.sockets.map((socket) => socket.fileno()),
          [before],
        );
        assert.match(String(server), /serving/);
      });
    }));

  it("counts its connections, and forgets those that have ended [SRV-27]", () =>
    run(() =>
      withClients(2, async (server, crowd, [first]) => {
        const expected = { serving: true, closed: false, connections: 2, handshakes: 0, accepted: 2 };
        assert.deepEqual(server.statistics(), expected);
        first?.transport.close();
        await crowd.until(() => crowd.lost === 1);
        assert.deepEqual(server.statistics(), { ...expected, connections: 1 });
        server.close();
        assert.deepEqual(server.statistics(), { ...expected, connections: 1, serving: false, closed: true });
      }),
    ));

  it("does not start again once it is closed [SRV-19 SRV-20]", () =>
    run(() =>
      withClients(0, async (server) => {
        server.close();
        await assert.rejects(server.startServing(), { code: "GYRE_SERVER_CLOSED" });
        await assert.rejects(server.serveForever(), { code: "GYRE_SERVER_CLOSED" });
      }),
    ));

  it("can be closed while it starts [SRV-15 SRV-19]", () =>
    run(async () => {
      const server = await listen(() => new Recorder(), "127.0.0.1", 0, { startServing: false });
      const starting = server.startServing();
      server.close();
      await starting;
      assert.equal(server.isServing(), false);
      await server.waitClosed();
    }));
});

describeOnLoops("serving for ever", ({ it, run }) => {
  it("starts the server, and closes it when cancelled, once its connections have ended [SRV-20]", () =>
    run(async () => {
      const crowd = new Crowd();
      const server = await listen(crowd.factory, "127.0.0.1", 0, { startServing: false });
      const forever = createTask(() => server.serveForever());
      await settle();
      assert.equal(server.isServing(), true);
      const client = await connectTo(portOf(server), new Recorder());
      await crowd.until(() => crowd.made === 1);
      forever.cancel("enough");
      await settle();
      assert.deepEqual([server.isServing(), forever.done()], [false, false]);
      await end(client);
      await assert.rejects(forever, (error) => isCancelled(error) && error.message === "enough");
      assert.equal(crowd.lost, 1);
    }));

  it("is for one at a time [SRV-20]", () =>
    run(() =>
      withClients(0, async (server) => {
        const forever = createTask(() => server.serveForever());
        await settle();
        await assert.rejects(server.serveForever(), { code: "GYRE_SERVER_RUNNING" });
        assert.equal(server.isServing(), true);
        forever.cancel();
        await assert.rejects(forever, isCancelled);
      }),
    ));

  it("ends when somebody closes the server [SRV-15 SRV-20]", () =>
    run(() =>
      withClients(0, async (server) => {
        const forever = createTask(() => server.serveForever());
        await settle();
        server.close();
        await assert.rejects(forever, isCancelled);
        assert.equal(forever.cancelled(), true);
      }),
    ));
});

describeOnLoops("waiting for the end of a server", ({ it, run }) => {
  const waiting = async (server: Server, log: string[]): Promise<void> => {
    await server.waitClosed();
    log.push("ended");
  };

  it("waits for the last connection after the server was closed [SRV-22]", () =>
    run(() =>
      withClients(2, async (server, crowd, [first, second]) => {
        const log: string[] = [];
        const tasks = [1, 2].map(() => createTask(() => waiting(server, log)));
        await settle();
        server.close();
        first?.transport.close();
        await crowd.until(() => crowd.lost === 1);
        await settle();
        assert.deepEqual(log, []);
        second?.transport.close();
        for (const task of tasks) await task;
        assert.equal(crowd.lost, 2);
        await server.waitClosed();
      }),
    ));

  it("waits for the close after the last connection has ended [SRV-22]", () =>
    run(() =>
      withClients(1, async (server, crowd, [client]) => {
        const log: string[] = [];
        const task = createTask(() => waiting(server, log));
        client?.transport.close();
        await crowd.until(() => crowd.lost === 1);
        await settle();
        assert.deepEqual(log, []);
        server.close();
        await task;
      }),
    ));

  it("can be given up without any harm to the others who wait [SRV-22]", () =>
    run(() =>
      withClients(0, async (server) => {
        const [first, second] = [1, 2].map(() => createTask(() => server.waitClosed()));
        await settle();
        first?.cancel();
        await assert.rejects(async () => first, isCancelled);
        assert.equal(second?.done(), false);
        server.close();
        await second;
      }),
    ));

  it("is what `await using` does in the end [SRV-24]", () =>
    run(async () => {
      const crowd = new Crowd();
      const server = await listen(crowd.factory, "127.0.0.1", 0);
      const client = await connectTo(portOf(server), new Recorder());
      await crowd.until(() => crowd.made === 1);
      const leaving = createTask(async () => {
        await using _ = server;
      });
      await settle();
      assert.deepEqual([server.isServing(), leaving.done()], [false, false]);
      await end(client);
      await leaving;
      assert.equal(crowd.lost, 1);
    }));
});

describeOnLoops("ending a server's connections", ({ it, run }) => {
  it("closes them in order: what is buffered is sent [SRV-16]", () =>
    run(async () => {
      const megabytes = Buffer.alloc(4_000_000, "x");
      const crowd = new Crowd({ connectionMade: ({ transport }) => transport.write(megabytes) });
      await serving(await listen(crowd.factory, "127.0.0.1", 0), async (server) => {
        const client = await connectTo(portOf(server), new Recorder());
        await crowd.until(() => crowd.made === 1);
        server.closeClients();
        assert.equal(server.isServing(), true);
        await client.untilLost();
        assert.equal(client.received.length, megabytes.length);
      });
    }));

  it("aborts them at once [SRV-17]", () =>
    run(async () => {
      const crowd = new Crowd({
        connectionMade: ({ transport }) => transport.write(Buffer.alloc(32_000_000)),
      });
      await serving(await listen(crowd.factory, "127.0.0.1", 0), async (server) => {
        const client = await connectTo(portOf(server), new Recorder());
        client.transport.pauseReading();
        await crowd.until(() => crowd.made === 1);
        server.abortClients();
        await crowd.until(() => crowd.lost === 1);
        assert.equal(server.statistics().connections, 0);
        await end(client);
      });
    }));

  it(
    "breaks off handshakes, which count as connections until then [SRV-16 SRV-17 SRV-22]",
    { needs: ["sockets"] },
    () =>
      run(async () => {
        const reports = collectReports();
        for (const how of ["closeClients", "abortClients"] as const) {
          const crowd = new Crowd();
          const server = await listen(crowd.factory, "127.0.0.1", 0, { ssl: identity("server") });
          await withSocket(portOf(server), async () => {
            while (server.statistics().handshakes === 0) await sleep(1);
            server.close();
            const ended = createTask(() => server.waitClosed());
            await settle();
            assert.equal(ended.done(), false);
            server[how]();
            await ended;
            assert.equal(server.statistics().handshakes, 0);
          });
          assert.equal(crowd.made, 0);
        }
        assert.deepEqual(reports, []);
      }),
  );

  it(
    "lets the other clients of a server with TLS be, while one is slow to shake hands [SRV-13]",
    { needs: ["sockets"] },
    () =>
      run(async () => {
        const crowd = new Crowd(ECHO);
        const ssl = identity("server");
        await serving(await listen(crowd.factory, "127.0.0.1", 0, { ssl }), async (server) => {
          await withSocket(portOf(server), async () => {
            const client = new Recorder();
            const options = { ssl: { ca: authority } };
            await getRunningLoop().createConnection(() => client, "127.0.0.1", portOf(server), options);
            client.transport.write("secret");
            await client.untilText("secret");
            await end(client);
          });
        });
      }),
  );
});
