import assert from "node:assert/strict";
import { checkpoint, getRunningLoop, Runner, sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { withPeer, withSocket } from "./peers.ts";
import { connectTo, end, portOf, Recorder, withPair } from "./recording.ts";

const SETTLE = 10; // ms in which data that should not come would come

describeOnLoops("pauseReading()", ({ it, run }) => {
  it("holds data back until resumeReading() [TR-03]", () =>
    run(() =>
      withPair(async ({ client, server }) => {
        server.transport.pauseReading();
        assert.equal(server.transport.isReading(), false);
        client.transport.write("held back");
        await sleep(SETTLE);
        assert.deepEqual(server.events, ["made"]);
        server.transport.resumeReading();
        assert.equal(server.transport.isReading(), true);
        await server.untilText("held back");
      }),
    ));

  it("holds the end of the file back too, and delivers all in order [TR-03 PR-02]", () =>
    run(() =>
      withPair(async ({ client, server }) => {
        server.transport.pauseReading();
        client.transport.write("last words");
        client.transport.writeEof();
        await sleep(SETTLE);
        assert.deepEqual(server.events, ["made"]);
        server.transport.resumeReading();
        await server.untilLost();
        assert.deepEqual(server.events, ["made", "data last words", "eof", "lost null"]);
      }),
    ));

  it("is honoured in connectionMade [TR-03]", { needs: ["sockets"] }, () =>
    run(() =>
      withPeer(
        (socket) => socket.end("early"),
        async (peer) => {
          const client = new Recorder({ connectionMade: ({ transport }) => transport.pauseReading() });
          await connectTo(peer.port, client);
          await sleep(SETTLE);
          assert.deepEqual(client.events, ["made"]);
          client.transport.resumeReading();
          await client.untilLost();
          assert.deepEqual(client.events, ["made", "data early", "eof", "lost null"]);
        },
      ),
    ),
  );

  it("may be called again, and after the end, and so may resumeReading() [TR-03]", () =>
    run(() =>
      withPair(async ({ client, server }) => {
        const { transport } = server;
        transport.resumeReading();
        transport.pauseReading();
        transport.pauseReading();
        transport.resumeReading();
        transport.resumeReading();
        client.transport.write("once");
        await server.untilText("once");
        transport.close();
        transport.pauseReading();
        transport.resumeReading();
        assert.equal(transport.isReading(), false);
        await server.untilLost();
        transport.pauseReading();
        transport.resumeReading();
        assert.equal(transport.isReading(), false);
      }),
    ));

  it("in dataReceived holds back what the same read brought [TR-03]", () =>
    run(() =>
      withPair(
        async ({ client, server }) => {
          for (const word of ["a", "b", "c"]) {
            client.transport.write(word);
            await server.until(() => server.text.endsWith(word));
            assert.equal(server.transport.isReading(), false);
            server.transport.resumeReading();
          }
          assert.equal(server.text, "abc");
        },
        { server: { dataReceived: ({ transport }) => transport.pauseReading() } },
      ),
    ));

  it("and resumeReading() in quick turns lose and repeat nothing [TR-03]", () =>
    run(() =>
      withPair(async ({ client, server }) => {
        const sent = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
        client.transport.write(sent);
        client.transport.writeEof();
        for (let turn = 0; !server.events.includes("eof"); turn++) {
          if (turn % 3 === 0) server.transport.pauseReading();
          else server.transport.resumeReading();
          await (turn % 2 === 0 ? checkpoint() : sleep(1));
        }
        assert.equal(server.received.equals(sent), true);
      }),
    ));

  it("stops the sender in the end, so that memory stays bounded [TR-03 TR-09]", () =>
    run(() =>
      withPair(async ({ client, server }) => {
        server.transport.pauseReading();
        let written = 0;
        while (!client.events.includes("pause")) {
          client.transport.write(Buffer.alloc(100_000));
          written += 100_000;
          await checkpoint();
        }
        await sleep(SETTLE);
        assert.deepEqual(client.events, ["made", "pause"]);
        assert.deepEqual(server.events, ["made"]);
        server.transport.resumeReading();
        await client.untilEvent("resume");
        await server.until(() => server.receivedLength === written);
      }),
    ));
});

describeOnLoops("a chunk", ({ it, run }) => {
  it("is what one read brought, and never more than 256 KiB [TR-14]", () =>
    run(() =>
      withPair(async ({ client, server }) => {
        const sizes: number[] = [];
        server.transport.pauseReading();
        client.transport.write(Buffer.alloc(2_000_000));
        await sleep(SETTLE);
        server.transport.setProtocol({
          dataReceived: (data: Buffer) => {
            sizes.push(data.length);
            if (sizes.reduce((sum, size) => sum + size, 0) === 2_000_000) client.transport.close();
          },
        });
        server.transport.resumeReading();
        await client.untilEvent("lost null");
        assert.ok(Math.max(...sizes) <= 262_144, `${Math.max(...sizes)} bytes`);
        assert.ok(sizes.length < 1000, `${sizes.length} reads`);
      }),
    ));
});

describeOnLoops("what comes while the loop is busy", { needs: ["sockets"] }, ({ it, run }) => {
  it("waits behind what was queued before it, and comes in order [TR-03 PR-02]", () =>
    run(() =>
      withPeer(
        (socket) => socket.pause(),
        async (peer) => {
          const order: string[] = [];
          const client = new Recorder({
            dataReceived: () => void order.push("data"),
            eofReceived: () => void order.push("eof"),
          });
          await connectTo(peer.port, client);
          const socket = await peer.first();
          let busy = true;
          const loop = getRunningLoop();
          const again = (): void => void (busy && loop.callSoon(again));
          again();
          socket.write("one");
          await client.untilText("one");
          socket.end("two");
          await client.untilLost();
          busy = false;
          assert.deepEqual(client.events, ["made", "data onetwo", "eof", "lost null"]);
          assert.equal(order.at(-1), "eof");
        },
      ),
    ));
});

describeOnLoops("a loop that is stopped between two runs", ({ it, name }) => {
  it("delivers what came meanwhile when it runs again [TR-03 PR-02]", { needs: ["sockets"] }, async () => {
    const runner = new Runner({ loop: name });
    const server = new Recorder();
    const listening = await runner.run(() => getRunningLoop().createServer(() => server, "127.0.0.1", 0));
    await withSocket(portOf(listening), async (socket) => {
      await runner.run(() => server.untilEvent("made"));
      socket.write("while nobody runs");
      await new Promise((resolve) => setTimeout(resolve, SETTLE));
      assert.deepEqual(server.events, ["made"]);
      await runner.run(() => server.untilText("while nobody runs"));
      await runner.run(() => end(server));
    });
    await runner.run(async () => {
      listening.close();
      await listening.waitClosed();
    });
    await runner.close();
  });

  it(
    "stops reading when too much has come, and goes on afterwards [TR-03]",
    { needs: ["sockets"] },
    async () => {
      const runner = new Runner({ loop: name });
      const server = new Recorder();
      const listening = await runner.run(() => getRunningLoop().createServer(() => server, "127.0.0.1", 0));
      await withSocket(portOf(listening), async (socket) => {
        await runner.run(() => server.untilEvent("made"));
        const length = 40_000_000;
        socket.write(Buffer.alloc(length));
        await new Promise((resolve) => setTimeout(resolve, SETTLE * 5));
        assert.equal(socket.writableLength > 0, true, "somebody read it all");
        await runner.run(() => server.until(() => server.receivedLength === length));
        await runner.run(() => end(server));
      });
      await runner.run(async () => {
        listening.close();
        await listening.waitClosed();
      });
      await runner.close();
    },
  );
});
