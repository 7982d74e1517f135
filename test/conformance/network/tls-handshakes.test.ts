import assert from "node:assert/strict";
import { once } from "node:events";
import { createTask, getRunningLoop, isCancelled } from "gyre";
import { expectTrouble } from "../../support/leaks.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { withPeer, withSocket } from "./peers.ts";
import { Recorder } from "./recording.ts";
import { codeOf, connectTls, withTlsServer } from "./tls-support.ts";

const SHORT = 20; // ms

const REFUSED = /incoming connection could not be set up/;

describeOnLoops("the handshake of a client", ({ it, run }) => {
  it("is given up after its time, and the connection closed [CONN-13]", { needs: ["sockets"] }, () =>
    run(() =>
      withPeer(
        (socket) => void socket.resume(),
        async (peer) => {
          const client = new Recorder();
          const connecting = connectTls(peer.port, client, { sslHandshakeTimeout: SHORT });
          await assert.rejects(connecting, {
            name: "ConnectionError",
            code: "ECONNABORTED",
            message: /20 ms/,
          });
          const socket = await peer.first();
          if (!socket.readableEnded) await once(socket, "end");
          assert.deepEqual(client.events, []);
        },
      ),
    ),
  );

  it("fails when the server leaves, or speaks something else [TLS-01]", { needs: ["sockets"] }, () =>
    run(async () => {
      const outcomes: string[] = [];
      for (const answer of ["", "HTTP/1.1 400 Bad Request\r\n\r\n"]) {
        await withPeer(
          (socket) => void socket.once("data", () => socket.end(answer)),
          async ({ port }) => {
            outcomes.push(await codeOf(connectTls(port, new Recorder())));
          },
        );
      }
      assert.equal(outcomes[0], "ECONNRESET");
      assert.match(outcomes[1] ?? "", /^(ERR_SSL|EPROTO)/);
    }),
  );

  it("fails when the server resets the connection [TLS-01]", { needs: ["sockets"] }, () =>
    run(() =>
      withPeer(
        (socket) => void socket.once("data", () => socket.resetAndDestroy()),
        async ({ port }) => {
          assert.equal(await codeOf(connectTls(port, new Recorder())), "ECONNRESET");
        },
      ),
    ),
  );

  it("can be cancelled, which closes the connection [TLS-04 CONN-15]", { needs: ["sockets"] }, () =>
    run(() =>
      withPeer(
        (socket) => void socket.resume(),
        async (peer) => {
          const client = new Recorder();
          const task = createTask(() => connectTls(peer.port, client));
          const socket = await peer.first();
          if (socket.bytesRead === 0) await once(socket, "data");
          task.cancel();
          await assert.rejects(async () => await task, isCancelled);
          if (!socket.readableEnded) await once(socket, "end");
          assert.deepEqual(client.events, []);
        },
      ),
    ),
  );
});

describeOnLoops("the handshake of a server", ({ it, run }) => {
  it("is given up after its time, and the client disconnected [CONN-13 SRV-13]", { needs: ["sockets"] }, () =>
    run(async () => {
      getRunningLoop().setDebug(true);
      expectTrouble("report", REFUSED);
      const recorder = new Recorder();
      await withTlsServer(
        () => recorder,
        (port, server) =>
          withSocket(port, async (silent) => {
            await once(silent.resume(), "end");
            assert.deepEqual(recorder.events, []);
            assert.deepEqual(server.statistics().connections, 0);
          }),
        { sslHandshakeTimeout: SHORT },
      );
    }),
  );

  it(
    "fails at what is no TLS, and nobody hears of it but in debug mode [SRV-13 TLS-01]",
    { needs: ["sockets"] },
    () =>
      run(async () => {
        const recorder = new Recorder();
        await withTlsServer(
          () => recorder,
          async (port) => {
            await withSocket(port, async (stranger) => {
              stranger.write("GET / HTTP/1.1\r\n\r\n");
              await once(stranger.resume(), "end");
            });
            getRunningLoop().setDebug(true);
            expectTrouble("report", REFUSED);
            await withSocket(port, async (stranger) => {
              stranger.write("GET / HTTP/1.1\r\n\r\n");
              await once(stranger.resume(), "end");
            });
            assert.deepEqual(recorder.events, []);
          },
        );
      }),
  );

  it("ends when the client leaves before it, or in the middle of it [SRV-13]", { needs: ["sockets"] }, () =>
    run(async () => {
      const recorder = new Recorder();
      await withTlsServer(
        () => recorder,
        async (port, server) => {
          await withSocket(port, async (early) => {
            early.end();
            await once(early.resume(), "end");
          });
          const helloBegins = Buffer.from([22, 3, 1, 2, 0, 1]);
          await withSocket(port, async (late) => {
            late.end(helloBegins);
            await once(late.resume(), "end");
          });
          await withSocket(port, async (rude) => {
            rude.write(helloBegins, () => rude.resetAndDestroy());
            await once(rude, "close");
          });
          const client = await connectTls(port, new Recorder());
          client.transport.close();
          await recorder.untilLost();
          server.close();
          await server.waitClosed(); // for the handshakes as well
          assert.deepEqual(recorder.events, ["made", "eof", "lost null"]);
        },
      );
    }),
  );

  it(
    "is broken off by closeClients, and waited for by waitClosed [SRV-13 TLS-04]",
    { needs: ["sockets"] },
    () =>
      run(async () => {
        const recorder = new Recorder();
        await withTlsServer(
          () => recorder,
          (port, server) =>
            withSocket(port, async (silent) => {
              while (server.statistics().handshakes === 0) await new Promise(setImmediate);
              server.close();
              const closed = createTask(() => server.waitClosed());
              await new Promise(setImmediate);
              assert.equal(closed.done(), false);
              server.closeClients();
              await closed;
              if (!silent.readableEnded) await once(silent.resume(), "end");
              assert.deepEqual(recorder.events, []);
            }),
        );
      }),
  );
});
