import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import tls from "node:tls";
import { getRunningLoop } from "gyre";
import { identity } from "../../support/certificates.ts";
import { expectTrouble } from "../../support/leaks.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { ignore, withPeer, withSocket } from "./peers.ts";
import { end, Recorder } from "./recording.ts";
import { connectTls, TRUSTING, withTlsPair, withTlsServer } from "./tls-support.ts";

const LARGE = 12_000_000; // bytes: more than all buffers on the way hold
const SHORT = 20; // ms

/** The server's end of a TLS connection, by the host alone. */
async function hostsTls(socket: Socket): Promise<tls.TLSSocket> {
  const secureContext = tls.createSecureContext(identity("server"));
  const secured = new tls.TLSSocket(socket, { isServer: true, secureContext });
  secured.on("error", ignore);
  await once(secured, "secure");
  return secured;
}

describeOnLoops("closing a connection with TLS", ({ it, run }) => {
  it("delivers everything that was written before, and nothing after [TLS-05 TLS-09]", () =>
    run(() =>
      withTlsPair(async ({ client, server }) => {
        client.transport.write(Buffer.alloc(LARGE));
        client.transport.write("!");
        client.transport.close();
        client.transport.close();
        client.transport.write("too late");
        client.transport.writelines(["too", "late"]);
        assert.equal(client.transport.isClosing(), true);
        assert.ok(client.transport.getWriteBufferSize() > 0);
        await server.untilLost();
        await client.untilLost();
        assert.equal(server.receivedLength, LARGE + 1);
        assert.deepEqual(server.events.slice(-2), ["eof", "lost null"]);
        assert.equal(client.events.at(-1), "lost null");
      }),
    ));

  it("throws away what still comes [TLS-05]", () =>
    run(() =>
      withTlsPair(
        async ({ client, server }) => {
          client.transport.close();
          await client.untilLost();
          await server.untilLost();
          assert.deepEqual(client.events, ["made", "lost null"]);
          assert.deepEqual(server.events.slice(-1), ["lost null"]);
        },
        {
          server: {
            connectionMade: ({ transport }) => transport.write(Buffer.alloc(LARGE)),
            eofReceived: ({ transport }) => transport.write("too late"),
          },
        },
      ),
    ));

  it(
    "sends what is written in eofReceived, also to a peer that was slow to read [TLS-05 TLS-06]",
    { needs: ["sockets"] },
    () =>
      run(() =>
        withTlsServer(
          () => new Recorder({ eofReceived: ({ transport }) => transport.write(Buffer.alloc(LARGE)) }),
          (port) =>
            withSocket(port, async (socket) => {
              const client = tls.connect({ socket, ...TRUSTING, servername: "localhost" });
              await once(client, "secureConnect");
              let count = 0;
              client.on("data", (chunk: Buffer) => (count += chunk.length));
              client.end();
              await once(client, "end");
              assert.equal(count, LARGE);
            }),
        ),
      ),
  );

  it("happens by itself when the peer has closed, whatever eofReceived returns [TLS-06]", () =>
    run(() =>
      withTlsPair(
        async ({ client, server }) => {
          server.transport.close();
          await client.untilLost();
          assert.deepEqual(client.events, ["made", "eof", "lost null"]);
        },
        { client: { eofReceived: () => true } },
      ),
    ));

  it("warns in debug mode that eofReceived cannot keep it open [TLS-06]", () =>
    run(async () => {
      expectTrouble("warning", /TransportWarning: .*eofReceived\(\) returned true/);
      getRunningLoop().setDebug(true);
      await withTlsPair(
        async ({ client, server }) => {
          server.transport.close();
          await client.untilLost();
        },
        { client: { eofReceived: () => true } },
      );
    }));

  it("waits with the end until a paused reader has read all [TLS-05]", () =>
    run(() =>
      withTlsPair(async ({ client, server }) => {
        client.transport.pauseReading();
        server.transport.write("before the end");
        server.transport.close();
        client.transport.write("sent after that");
        await new Promise((resolve) => setTimeout(resolve, SHORT));
        assert.deepEqual(client.events, ["made"]);
        client.transport.resumeReading();
        await client.untilLost();
        assert.deepEqual(client.events, ["made", "data before the end", "eof", "lost null"]);
      }),
    ));

  it("gives up a peer that does not answer [CONN-13 TLS-05]", { needs: ["sockets"] }, () =>
    run(() =>
      withPeer(
        (socket) => void hostsTls(socket).then((secured) => secured.pause()),
        async (peer) => {
          const client = await connectTls(peer.port, new Recorder(), {
            serverHostname: "localhost",
            sslShutdownTimeout: SHORT,
          });
          client.transport.write("something that is never read");
          client.transport.close();
          await client.untilLost();
          assert.deepEqual(client.events, ["made", "lost GYRE_TIMEOUT"]);
        },
      ),
    ),
  );

  it(
    "is orderly when the peer ends the connection without saying so, as in asyncio [TLS-05]",
    { needs: ["sockets"] },
    () =>
      run(() =>
        withPeer(
          (socket) => void hostsTls(socket).then(() => socket.end()),
          async (peer) => {
            const client = await connectTls(peer.port, new Recorder());
            await client.untilLost();
            assert.deepEqual(client.events, ["made", "eof", "lost null"]);
          },
        ),
      ),
  );

  it("is reported as an error when the peer resets the connection [TLS-05]", { needs: ["sockets"] }, () =>
    run(() =>
      withPeer(ignore, async (peer) => {
        const connecting = connectTls(peer.port, new Recorder(), { serverHostname: "localhost" });
        const raw = await peer.first();
        // A relay in between, since the host cannot reset a socket that TLS is upon.
        await withPeer(
          (inner) => void hostsTls(inner),
          (inside) =>
            withSocket(inside.port, async (relay) => {
              raw.pipe(relay).pipe(raw);
              const client = await connecting;
              raw.unpipe(relay);
              raw.resetAndDestroy();
              await client.untilLost();
              assert.deepEqual(client.events, ["made", "lost ECONNRESET"]);
            }),
        );
      }),
    ),
  );

  it("at once by abort loses what is buffered [TLS-05]", () =>
    run(() =>
      withTlsPair(async ({ client, server }) => {
        server.transport.pauseReading();
        client.transport.write(Buffer.alloc(LARGE));
        await end(client);
        assert.equal(client.events.at(-1), "lost null");
        assert.equal(client.transport.getWriteBufferSize(), 0);
        server.transport.resumeReading();
        await server.untilLost();
        assert.ok(server.receivedLength < LARGE);
      }),
    ));

  it("makes further writes vanish, and says so after some of them [TLS-09]", () =>
    run(async () => {
      expectTrouble("warning", /LostConnectionWarning/);
      await withTlsPair(async ({ client, server }) => {
        client.transport.close();
        client.transport.write("after close");
        await client.untilLost();
        await server.untilLost();
        for (let count = 0; count < 6; count++) client.transport.write("after the end");
        assert.deepEqual(server.events, ["made", "eof", "lost null"]);
      });
    }));
});
