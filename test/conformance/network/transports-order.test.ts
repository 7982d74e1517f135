import assert from "node:assert/strict";
import { getRunningLoop, sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { withPeer } from "./peers.ts";
import { connectTo, Recorder, withPair, withServer } from "./recording.ts";

describeOnLoops("the order of a protocol's calls", ({ it, run }) => {
  it("is made, data, eof, lost [PR-01 PR-02 TR-01]", () =>
    run(() =>
      withPair(async ({ client, server }) => {
        client.transport.write("one ");
        client.transport.write("two");
        await server.untilText("one two");
        client.transport.close();
        await server.untilLost();
        await client.untilLost();
        assert.deepEqual(server.events, ["made", "data one two", "eof", "lost null"]);
        assert.deepEqual(client.events, ["made", "lost null"]);
      }),
    ));

  it("begins with connectionMade, before createConnection returns [CONN-01]", () =>
    run(() =>
      withServer(
        () => new Recorder(),
        async (port) => {
          const order: string[] = [];
          const client = new Recorder({ connectionMade: () => void order.push("made") });
          const factory = () => {
            order.push("factory");
            return client;
          };
          const [transport, protocol] = await getRunningLoop().createConnection(factory, "127.0.0.1", port);
          order.push("returned");
          assert.deepEqual(order, ["factory", "made", "returned"]);
          assert.equal(protocol, client);
          assert.equal(transport, client.transport);
          assert.equal(transport.getProtocol(), client);
          transport.close();
          await client.untilLost();
        },
      ),
    ));

  it(
    "delivers nothing before connectionMade has returned, however early it came [PR-02]",
    { needs: ["sockets"] },
    () =>
      run(() =>
        withPeer(
          (socket) => socket.end("early"),
          async (peer) => {
            const client = await connectTo(peer.port, new Recorder());
            await client.untilLost();
            assert.deepEqual(client.events, ["made", "data early", "eof", "lost null"]);
          },
        ),
      ),
  );

  it("calls connectionLost once, and on a later turn [TR-01 TR-07 TR-11]", () =>
    run(() =>
      withPair(async ({ client }) => {
        client.transport.close();
        client.transport.close();
        client.transport.abort();
        client.transport.abort();
        assert.deepEqual(client.events, ["made"]);
        assert.equal(client.transport.isClosing(), true);
        await sleep(0);
        assert.deepEqual(client.events, ["made", "lost null"]);
        client.transport.abort();
        client.transport.close();
        await sleep(5);
        assert.deepEqual(client.events, ["made", "lost null"]);
      }),
    ));

  it("does without the methods that a protocol leaves out [PR-01 PR-02]", () =>
    run(() =>
      withServer(
        () => ({}),
        async (port) => {
          const client = await connectTo(port, new Recorder());
          client.transport.write("for nobody");
          client.transport.writeEof();
          await client.untilLost();
          assert.deepEqual(client.events, ["made", "eof", "lost null"]);
        },
      ),
    ));
});

describeOnLoops("close()", ({ it, run }) => {
  it("in connectionMade leaves no room for data [TR-01]", { needs: ["sockets"] }, () =>
    run(() =>
      withPeer(
        (socket) => socket.write("too late"),
        async (peer) => {
          const client = new Recorder({ connectionMade: ({ transport }) => transport.close() });
          await connectTo(peer.port, client);
          await client.untilLost();
          assert.deepEqual(client.events, ["made", "lost null"]);
        },
      ),
    ),
  );

  it("in dataReceived is the end of the data [TR-01]", () =>
    run(() =>
      withPair(
        async ({ client, server }) => {
          client.transport.write("first");
          await server.untilLost();
          assert.deepEqual(server.events, ["made", "data first", "lost null"]);
          await client.untilLost();
          assert.deepEqual(client.events, ["made", "eof", "lost null"]);
        },
        { server: { dataReceived: ({ transport }) => transport.close() } },
      ),
    ));

  it("in eofReceived, which then may ask to stay open in vain [TR-01 PR-02]", () =>
    run(() =>
      withPair(
        async ({ client, server }) => {
          client.transport.writeEof();
          await server.untilLost();
          await client.untilLost();
          assert.deepEqual(server.events, ["made", "eof", "lost null"]);
        },
        {
          server: {
            eofReceived: ({ transport }) => {
              transport.close();
              return true;
            },
          },
        },
      ),
    ));

  it("sends what is buffered first, in any amount [TR-01 TR-06]", () =>
    run(() =>
      withPair(async ({ client, server }) => {
        const megabytes = Buffer.alloc(5_000_000, "x");
        client.transport.write(megabytes);
        client.transport.close();
        assert.equal(client.transport.isClosing(), true);
        assert.deepEqual(client.events.includes("lost null"), false);
        await server.untilLost();
        await client.untilLost();
        assert.equal(server.receivedLength, megabytes.length);
        assert.equal(client.events.at(-1), "lost null");
      }),
    ));

  it("sends what is written afterwards too, as long as something is buffered [TR-10]", () =>
    run(() =>
      withPair(async ({ client, server }) => {
        client.transport.write(Buffer.alloc(5_000_000));
        client.transport.close();
        client.transport.write("postscript");
        await server.untilLost();
        assert.equal(server.receivedLength, 5_000_010);
        assert.equal(server.text.endsWith("postscript"), true);
      }),
    ));

  it("receives nothing more while it sends what is buffered [TR-01]", { needs: ["sockets"] }, () =>
    run(() =>
      withPeer(
        (socket) => socket.pause(),
        async (peer) => {
          const client = await connectTo(peer.port, new Recorder());
          const socket = await peer.first();
          client.transport.write(Buffer.alloc(5_000_000));
          client.transport.close();
          socket.write("unheard");
          await sleep(5);
          socket.resume();
          await client.untilLost();
          assert.deepEqual(
            client.events.filter((event) => event.startsWith("data")),
            [],
          );
        },
      ),
    ),
  );
});

describeOnLoops("abort()", ({ it, run }) => {
  it(
    "drops what is buffered, and calls connectionLost(null) on the next turn [TR-07]",
    { needs: ["sockets"] },
    () =>
      run(() =>
        withPeer(
          (socket) => socket.pause(),
          async (peer) => {
            const client = await connectTo(peer.port, new Recorder());
            client.transport.write(Buffer.alloc(20_000_000));
            assert.equal(client.transport.getWriteBufferSize() > 0, true);
            client.transport.abort();
            assert.equal(client.transport.getWriteBufferSize(), 0);
            assert.equal(client.lost, false);
            await sleep(0);
            assert.deepEqual(client.events, ["made", "pause", "lost null"]);
          },
        ),
      ),
  );

  it("cuts short a close() that still sends [TR-07 TR-11]", { needs: ["sockets"] }, () =>
    run(() =>
      withPeer(
        (socket) => socket.pause(),
        async (peer) => {
          const client = await connectTo(peer.port, new Recorder());
          client.transport.write(Buffer.alloc(20_000_000));
          client.transport.close();
          await sleep(5);
          assert.equal(client.lost, false);
          client.transport.abort();
          await client.untilLost();
          assert.deepEqual(client.events, ["made", "pause", "lost null"]);
        },
      ),
    ),
  );

  it("in connectionMade ends the connection, and createConnection still returns it [TR-07]", () =>
    run(() =>
      withServer(
        () => new Recorder(),
        async (port) => {
          const client = new Recorder({ connectionMade: ({ transport }) => transport.abort() });
          const [transport] = await getRunningLoop().createConnection(() => client, "127.0.0.1", port);
          assert.equal(transport.isClosing(), true);
          await client.untilLost();
          assert.deepEqual(client.events, ["made", "lost null"]);
        },
      ),
    ));

  it("tells the peer an end of file, no error [TR-07]", () =>
    run(() =>
      withPair(async ({ client, server }) => {
        client.transport.abort();
        await server.untilLost();
        assert.deepEqual(server.events, ["made", "eof", "lost null"]);
      }),
    ));
});
