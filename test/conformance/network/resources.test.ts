import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { createTask, getRunningLoop, Runner, run as gyreRun, timeout, TimeoutError } from "gyre";
import { expectTrouble } from "../../support/leaks.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { runProgram } from "../support/programs.ts";
import { ignore, withPeer, withSocket } from "./peers.ts";
import { connectTo, portOf, Recorder, withPair, withServer } from "./recording.ts";

/** Sockets that this process has open; 0 where the system does not tell. */
function openSockets(): number {
  return existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd").length : 0;
}

/** The host closes sockets at the end of its turn. */
async function settled(before: number): Promise<number> {
  for (let turn = 0; turn < 50 && openSockets() > before; turn++) await new Promise(setImmediate);
  return openSockets();
}

describeOnLoops("descriptors", ({ it, run }) => {
  it("are given back by a thousand connections, one after the other [TR-01 TR-15]", () =>
    run(() =>
      withServer(
        () => new Recorder({ dataReceived: ({ transport }, data) => transport.write(data) }),
        async (port) => {
          const before = openSockets();
          for (let count = 0; count < 1000; count++) {
            const client = await connectTo(port, new Recorder());
            client.transport.write("x");
            await client.untilText("x");
            client.transport.close();
            await client.untilLost();
          }
          assert.equal((await settled(before)) <= before + 2, true);
        },
      ),
    ));

  it("are given back by connecting that is cancelled, at every stage [CONN-15]", () =>
    run(() =>
      withServer(
        () => new Recorder(),
        async (port) => {
          const before = openSockets();
          for (let turns = 0; turns < 30; turns++) {
            const client = new Recorder();
            const connecting = createTask(() => connectTo(port, client));
            for (let count = 0; count < turns; count++) await new Promise(setImmediate);
            connecting.cancel();
            await connecting.catch(ignore);
            if (!connecting.cancelled()) client.transport.abort();
            if (client.events.length > 0) await client.untilLost();
          }
          assert.equal((await settled(before)) <= before + 2, true);
        },
      ),
    ));

  it("are given back by connecting that is cancelled in the turns after it succeeded [CONN-15 CONN-01]", () =>
    run(() =>
      withServer(
        () => new Recorder(),
        async (port) => {
          const before = openSockets();
          for (let hops = 0; hops < 40; hops++) {
            const client = new Recorder();
            let hop = 0;
            const loop = getRunningLoop();
            const connecting = createTask(() =>
              loop.createConnection(
                () => {
                  const next = (): void => void (hop++ === hops ? connecting.cancel() : loop.callSoon(next));
                  next();
                  return client;
                },
                "127.0.0.1",
                port,
              ),
            );
            await connecting.catch(ignore);
            if (!connecting.cancelled()) client.transport.abort();
            if (client.events.length > 0) await client.untilLost();
          }
          assert.equal((await settled(before)) <= before + 2, true);
        },
      ),
    ));

  it("are given back by connecting that takes too long [CONN-15]", () =>
    run(() =>
      withServer(
        () => new Recorder(),
        async (port) => {
          const before = openSockets();
          await assert.rejects(
            timeout(0, () => connectTo(port, new Recorder())),
            TimeoutError,
          );
          assert.equal((await settled(before)) <= before, true);
        },
      ),
    ));

  it("are given back by a factory that throws [CONN-01]", { needs: ["sockets"] }, () =>
    run(() =>
      withPeer(ignore, async (peer) => {
        const fail = (): never => {
          throw new Error("no protocol");
        };
        await assert.rejects(getRunningLoop().createConnection(fail, "127.0.0.1", peer.port), /no protocol/);
        const socket = await peer.first();
        await once(socket.resume(), "end");
      }),
    ),
  );
});

describeOnLoops("the end of a loop", ({ it, name }) => {
  it("destroys what is open, and one warning names it [TR-15]", { needs: ["sockets"] }, async () => {
    expectTrouble(
      "warning",
      /ResourceWarning: The loop was closed while these were open: .*<Server .*<Transport socket open/,
    );
    const server = new Recorder();
    const runner = new Runner({ loop: name });
    const listening = await runner.run(() => getRunningLoop().createServer(() => server, "127.0.0.1", 0));
    await withSocket(portOf(listening), async (socket) => {
      await runner.run(() => server.untilEvent("made"));
      await runner.close();
      await once(socket.resume(), "end");
      assert.deepEqual(server.events, ["made"]);
      assert.equal(server.transport.isClosing(), true);
      server.transport.close();
      server.transport.abort();
      server.transport.write("to nobody");
      assert.deepEqual(server.events, ["made"]);
    });
  });

  it("says nothing of what is closing already [TR-15]", { needs: ["sockets"] }, () =>
    withPeer(
      (socket) => socket.pause(),
      async (peer) => {
        const client = new Recorder();
        await gyreRun(
          async () => {
            await connectTo(peer.port, client);
            client.transport.write(Buffer.alloc(20_000_000));
            client.transport.close();
          },
          { loop: name },
        );
        assert.deepEqual(client.events, ["made", "pause"]);
        await once((await peer.first()).resume(), "end");
      },
    ),
  );

  it("does not keep the process alive [TR-15]", async () => {
    const { code, stdout, stderr } = await runProgram(`
      import { getRunningLoop, run } from "gyre";
      await run(async () => {
        const loop = getRunningLoop();
        const server = await loop.createServer(() => ({}), "127.0.0.1", 0);
        await loop.createConnection(() => ({}), "127.0.0.1", server.sockets[0].getsockname().port);
      }, { loop: ${JSON.stringify(name)} });
      console.log("over");
    `);
    assert.equal(stdout, "over\n");
    assert.match(stderr, /GYRE_UNCLOSED/);
    assert.equal(code, 0);
  });
});

describeOnLoops("an open connection", ({ it, run }) => {
  it("collects no listeners, however much is written and paused [TR-03 TR-04]", () =>
    run(() =>
      withPair(async ({ client, server }) => {
        for (let round = 0; round < 100; round++) {
          client.transport.write(Buffer.alloc(100_000));
          server.transport.pauseReading();
          server.transport.resumeReading();
          client.transport.setWriteBufferLimits({ high: round * 1000 });
          await server.until(() => server.receivedLength === (round + 1) * 100_000);
        }
      }),
    )); // the guard of these tests knows of warnings about listeners
});
