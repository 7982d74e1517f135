import assert from "node:assert/strict";
import { sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { readAll, withPeer } from "./peers.ts";
import { connectTo, Recorder, withPair } from "./recording.ts";

const keepOpen = { eofReceived: (): boolean => true };

describeOnLoops("half-closing", ({ it, run }) => {
  it("leaves the other direction open, if eofReceived says true [PR-02 TR-06]", () =>
    run(() =>
      withPair(
        async ({ client, server }) => {
          assert.equal(client.transport.canWriteEof(), true);
          client.transport.write("question");
          client.transport.writeEof();
          await server.untilEvent("eof");
          assert.equal(server.transport.isClosing(), false);
          server.transport.write("answer");
          await client.untilText("answer");
          server.transport.close();
          await client.untilLost();
          await server.untilLost();
          assert.deepEqual(server.events, ["made", "data question", "eof", "lost null"]);
          assert.deepEqual(client.events, ["made", "data answer", "eof", "lost null"]);
        },
        { server: keepOpen },
      ),
    ));

  it("closes the connection if eofReceived says nothing, after what is buffered [PR-02]", () =>
    run(() =>
      withPair(
        async ({ client, server }) => {
          client.transport.writeEof();
          await server.untilLost();
          await client.untilLost();
          assert.equal(client.receivedLength, 2_000_000);
          assert.deepEqual(server.events.at(-1), "lost null");
        },
        { server: { eofReceived: ({ transport }) => transport.write(Buffer.alloc(2_000_000)) } },
      ),
    ));

  it("sends what is buffered before the end [TR-06]", () =>
    run(() =>
      withPair(
        async ({ client, server }) => {
          client.transport.write(Buffer.alloc(5_000_000));
          client.transport.write("end");
          client.transport.writeEof();
          await server.untilEvent("eof");
          assert.equal(server.receivedLength, 5_000_003);
          assert.equal(client.transport.isClosing(), false);
          assert.equal(client.transport.getWriteBufferSize(), 0);
        },
        { server: keepOpen },
      ),
    ));

  it("in both directions keeps the transport until it is closed [TR-06 PR-02]", () =>
    run(() =>
      withPair(
        async ({ client, server }) => {
          client.transport.writeEof();
          await server.untilEvent("eof");
          server.transport.writeEof();
          await client.untilEvent("eof");
          await sleep(5);
          assert.deepEqual(
            [client.events, server.events],
            [
              ["made", "eof"],
              ["made", "eof"],
            ],
          );
          assert.equal(client.transport.isClosing(), false);
          client.transport.close();
          server.transport.close();
          await client.untilLost();
          await server.untilLost();
          assert.deepEqual(client.events, ["made", "eof", "lost null"]);
        },
        { client: keepOpen, server: keepOpen },
      ),
    ));

  it("may be asked for again, and after close() [TR-06]", () =>
    run(() =>
      withPair(async ({ client, server }) => {
        client.transport.writeEof();
        client.transport.writeEof();
        client.transport.close();
        client.transport.writeEof();
        await client.untilLost();
        client.transport.writeEof();
        await server.untilLost();
        assert.deepEqual(server.events, ["made", "eof", "lost null"]);
      }),
    ));

  it("followed by close() still sends everything [TR-06 TR-01]", { needs: ["sockets"] }, () =>
    run(() =>
      withPeer(
        (socket) => socket.pause(),
        async (peer) => {
          const client = await connectTo(peer.port, new Recorder());
          client.transport.write(Buffer.alloc(3_000_000, "x"));
          client.transport.write("end");
          client.transport.writeEof();
          client.transport.close();
          const text = await readAll(await peer.first());
          assert.equal(text.length, 3_000_003);
          assert.equal(text.endsWith("end"), true);
          await client.untilLost();
        },
      ),
    ),
  );

  it("in connectionMade, before there is anything to read [TR-06]", () =>
    run(() =>
      withPair(
        async ({ client, server }) => {
          await server.untilEvent("eof");
          server.transport.write("still here");
          await client.untilText("still here");
        },
        { client: { connectionMade: ({ transport }) => transport.writeEof() }, server: keepOpen },
      ),
    ));

  it("says the end once, however often reading is paused and resumed [PR-02 TR-03]", () =>
    run(() =>
      withPair(
        async ({ client, server }) => {
          client.transport.writeEof();
          await server.untilEvent("eof");
          server.transport.pauseReading();
          server.transport.resumeReading();
          await sleep(5);
          assert.deepEqual(server.events, ["made", "eof"]);
        },
        { server: keepOpen },
      ),
    ));
});
