import assert from "node:assert/strict";
import { sleep, type Transport, type WriteBufferLimits } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { type Peer, withPeer } from "./peers.ts";
import { connectTo, type Hooks, Recorder, withPair } from "./recording.ts";

const MEGABYTES = 20_000_000; // more than the system takes

/** A client whose peer reads nothing until it is told to. */
async function withDeafPeer(
  body: (client: Recorder, peer: Peer) => Promise<void> | void,
  hooks: Hooks = {},
): Promise<void> {
  await withPeer(
    (socket) => socket.pause(),
    async (peer) => {
      const client = await connectTo(peer.port, new Recorder(hooks));
      await body(client, peer);
      client.transport.abort();
      await client.untilLost();
    },
  );
}

describeOnLoops("write buffer limits", ({ it, run }) => {
  const limitsAfter = (transport: Transport, limits?: WriteBufferLimits): number[] => {
    transport.setWriteBufferLimits(limits);
    return transport.getWriteBufferLimits();
  };

  it("are 16 and 64 KiB, and can be set together or one by one [TR-08]", () =>
    run(() =>
      withPair(({ client: { transport } }) => {
        assert.deepEqual(transport.getWriteBufferLimits(), [16_384, 65_536]);
        assert.deepEqual(limitsAfter(transport, { high: 100, low: 50 }), [50, 100]);
        assert.deepEqual(limitsAfter(transport, { low: 10 }), [10, 40]);
        assert.deepEqual(limitsAfter(transport, { high: 7 }), [1, 7]);
        assert.deepEqual(limitsAfter(transport, { high: 0 }), [0, 0]);
        assert.deepEqual(limitsAfter(transport, { high: 5, low: 5 }), [5, 5]);
        assert.deepEqual(limitsAfter(transport, { high: null, low: null }), [16_384, 65_536]);
        assert.deepEqual(limitsAfter(transport, { low: 0 }), [0, 0]);
        assert.deepEqual(limitsAfter(transport), [16_384, 65_536]);
      }),
    ));

  it("refuse what makes no sense, and then stay as they are [TR-08]", () =>
    run(() =>
      withPair(({ client: { transport } }) => {
        const nonsense = [
          { high: 1, low: 2 },
          { high: -1 },
          { low: -1 },
          { high: 10, low: -1 },
          { high: Number.NaN },
        ];
        for (const limits of nonsense) {
          assert.throws(() => transport.setWriteBufferLimits(limits), {
            name: "RangeError",
            code: "GYRE_OUT_OF_RANGE",
          });
        }
        assert.throws(() => transport.setWriteBufferLimits({ high: "64" as unknown as number }), {
          name: "TypeError",
          code: "GYRE_INVALID_ARGUMENT",
        });
        assert.deepEqual(transport.getWriteBufferLimits(), [16_384, 65_536]);
      }),
    ));

  it("that are lowered below what is buffered pause at once [TR-08 TR-09]", { needs: ["sockets"] }, () =>
    run(() =>
      withDeafPeer((client) => {
        client.transport.setWriteBufferLimits({ high: MEGABYTES * 2 });
        client.transport.write(Buffer.alloc(MEGABYTES));
        assert.deepEqual(client.events, ["made"]);
        client.transport.setWriteBufferLimits({ high: 1000 });
        assert.deepEqual(client.events, ["made", "pause"]);
        client.transport.setWriteBufferLimits({ high: 100 });
        assert.deepEqual(client.events, ["made", "pause"]);
      }),
    ),
  );

  it("that are raised do not resume by themselves [TR-08]", { needs: ["sockets"] }, () =>
    run(() =>
      withDeafPeer(async (client) => {
        client.transport.write(Buffer.alloc(MEGABYTES));
        client.transport.setWriteBufferLimits({ high: MEGABYTES * 2 });
        await sleep(2);
        assert.deepEqual(client.events, ["made", "pause"]);
      }),
    ),
  );

  it("set after the end tell nobody anything [TR-08]", { needs: ["sockets"] }, () =>
    run(() =>
      withDeafPeer(async (client) => {
        client.transport.setWriteBufferLimits({ high: MEGABYTES * 2 });
        client.transport.write(Buffer.alloc(MEGABYTES));
        client.transport.abort();
        client.transport.setWriteBufferLimits({ high: 0 });
        await client.untilLost();
        assert.equal(client.transport.getWriteBufferSize(), 0);
        client.transport.setWriteBufferLimits({ high: 0 });
        assert.deepEqual(client.events, ["made", "lost null"]);
      }),
    ),
  );
});

describeOnLoops("flow control", ({ it, run }) => {
  it("pauses within write(), once, however much follows [TR-09]", { needs: ["sockets"] }, () =>
    run(() =>
      withDeafPeer((client) => {
        client.transport.write(Buffer.alloc(MEGABYTES));
        assert.deepEqual(client.events, ["made", "pause"]);
        const size = client.transport.getWriteBufferSize();
        assert.equal(size > 65_536, true);
        for (let count = 0; count < 3; count++) client.transport.write(Buffer.alloc(1000));
        assert.equal(client.transport.getWriteBufferSize(), size + 3000);
        assert.deepEqual(client.events, ["made", "pause"]);
      }),
    ),
  );

  it("resumes when the peer reads again, and pauses anew [TR-09]", { needs: ["sockets"] }, () =>
    run(() =>
      withDeafPeer(async (client, peer) => {
        const socket = await peer.first();
        for (const round of [1, 2, 3]) {
          socket.pause();
          while (client.events.filter((event) => event === "pause").length < round)
            client.transport.write(Buffer.alloc(1_000_000));
          socket.resume();
          await client.until(() => client.events.at(-1) === "resume");
          assert.equal(client.transport.getWriteBufferSize() <= 16_384, true);
        }
        assert.equal(client.events.join(" "), "made pause resume pause resume pause resume");
      }),
    ),
  );

  it("does not pause at the high-water mark exactly, but above it [TR-09]", { needs: ["sockets"] }, () =>
    run(() =>
      withDeafPeer((client) => {
        client.transport.setWriteBufferLimits({ high: 2 * MEGABYTES });
        client.transport.write(Buffer.alloc(MEGABYTES));
        const size = client.transport.getWriteBufferSize();
        client.transport.setWriteBufferLimits({ high: size });
        assert.deepEqual(client.events, ["made"]);
        client.transport.write("x");
        assert.deepEqual(client.events, ["made", "pause"]);
      }),
    ),
  );

  it("lets pauseWriting and resumeWriting write themselves [TR-09]", { needs: ["sockets"] }, () =>
    run(() =>
      withDeafPeer(
        async (client, peer) => {
          client.transport.write(Buffer.alloc(MEGABYTES));
          (await peer.first()).resume();
          await client.until(() => client.events.filter((event) => event === "resume").length === 2);
          assert.deepEqual(client.events, ["made", "pause", "resume", "pause", "resume"]);
        },
        {
          pauseWriting: ({ transport }) => transport.write("one more"),
          resumeWriting: ({ transport, events }) => {
            if (events.length === 3) transport.write(Buffer.alloc(MEGABYTES));
          },
        },
      ),
    ),
  );

  it("keeps memory bounded for a protocol that obeys [TR-09]", () =>
    run(() =>
      withPair(async ({ client, server }) => {
        let most = 0;
        let sent = 0;
        while (sent < 10_000_000) {
          await client.until(() => client.events.at(-1) !== "pause");
          client.transport.write(Buffer.alloc(50_000));
          sent += 50_000;
          most = Math.max(most, client.transport.getWriteBufferSize());
        }
        await server.until(() => server.receivedLength === sent);
        assert.equal(most <= 65_536 + 50_000, true, `${most} bytes were buffered`);
      }),
    ));

  it("does not resume after abort() [TR-09 TR-07]", { needs: ["sockets"] }, () =>
    run(() =>
      withDeafPeer(async (client, peer) => {
        client.transport.write(Buffer.alloc(MEGABYTES));
        (await peer.first()).resume();
        await sleep(0);
        if (!client.events.includes("resume")) client.transport.abort();
        else return;
        await client.untilLost();
        assert.deepEqual(client.events, ["made", "pause", "lost null"]);
      }),
    ),
  );

  it("resumes while close() sends what is buffered [TR-09 TR-01]", { needs: ["sockets"] }, () =>
    run(() =>
      withDeafPeer(async (client, peer) => {
        client.transport.write(Buffer.alloc(MEGABYTES));
        client.transport.close();
        (await peer.first()).resume();
        await client.untilLost();
        assert.deepEqual(client.events, ["made", "pause", "resume", "lost null"]);
      }),
    ),
  );
});
