import assert from "node:assert/strict";
import { ExceptionGroup, getRunningLoop } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { runProgram } from "../support/programs.ts";
import { freePort, ignore, withPeer } from "./peers.ts";
import { connectTo, Recorder, withServer } from "./recording.ts";

type Options = Parameters<ReturnType<typeof getRunningLoop>["createConnection"]>[3];

const connect = (host: unknown, port: unknown, options?: unknown) =>
  getRunningLoop().createConnection(
    () => new Recorder(),
    host as string | null,
    port as number | null,
    options as Options,
  );

describeOnLoops("createConnection", ({ it, run }) => {
  it("takes the port as a number or in digits [CONN-01 CONN-04]", () =>
    run(() =>
      withServer(
        () => new Recorder(),
        async (port) => {
          const [transport, client] = await connect("127.0.0.1", String(port));
          transport.close();
          await client.untilLost();
        },
      ),
    ));

  it("sends small writes without delay [TR-13 CONN-01]", () =>
    run(() =>
      withServer(
        () => new Recorder(),
        async (port) => {
          const client = await connectTo(port, new Recorder());
          const socket = client.transport.getExtraInfo("socket");
          socket?.setNoDelay(true);
          socket?.setKeepAlive(true, 1000);
          client.transport.close();
          await client.untilLost();
        },
      ),
    ));

  it("refuses arguments of the wrong type at once [CONN-02]", () =>
    run(async () => {
      const wrong = { name: "TypeError", code: "GYRE_INVALID_ARGUMENT" };
      const loop = getRunningLoop();
      assert.throws(() => loop.createConnection({} as unknown as () => Recorder, "127.0.0.1", 1), wrong);
      assert.throws(() => connect(5, 1), wrong);
      assert.throws(() => connect("127.0.0.1", {}), wrong);
      assert.throws(() => connect("127.0.0.1", 1, { happyEyeballsDelay: "250" }), wrong);
      assert.throws(() => connect("127.0.0.1", 1, { interleave: "1" }), wrong);
      assert.throws(() => connect("127.0.0.1", 1, { localAddr: "127.0.0.1" }), wrong);
      assert.throws(() => connect("127.0.0.1", 1, { localAddr: { address: 5 } }), wrong);
    }));

  it("refuses values that make no sense [CONN-02 CONN-13]", () =>
    run(async () => {
      const rejected = (host: unknown, port: unknown, options: unknown, message: RegExp) =>
        assert.rejects(async () => connect(host, port, options), { code: "GYRE_OUT_OF_RANGE", message });
      await rejected(null, null, {}, /host and port, or the option sock/);
      await rejected("127.0.0.1", 65_536, {}, /port must be from 0 to 65535/);
      await rejected("127.0.0.1", -1, {}, /port must be/);
      await rejected("127.0.0.1", 1.5, {}, /port must be/);
      await rejected("127.0.0.1", 1, { family: 5 }, /family must be 4, 6 or 0/);
      await rejected("127.0.0.1", 1, { happyEyeballsDelay: Number.NaN }, /happyEyeballsDelay/);
      await rejected("127.0.0.1", 1, { localAddr: { port: 70_000 } }, /localAddr: port must be/);
      await rejected("127.0.0.1", 1, { sock: {} }, /host and port must be null where the option sock/);
      await rejected("127.0.0.1", 1, { serverHostname: "x" }, /serverHostname/);
      await rejected("127.0.0.1", 1, { sslHandshakeTimeout: 1 }, /sslHandshakeTimeout/);
      await rejected("127.0.0.1", 1, { sslShutdownTimeout: 1 }, /sslShutdownTimeout/);
      await rejected("127.0.0.1", 1, { ssl: true, sslHandshakeTimeout: 0 }, /sslHandshakeTimeout/);
      await rejected("127.0.0.1", 1, { ssl: true, sslShutdownTimeout: -1 }, /sslShutdownTimeout/);
    }));

  it("connects from the local address that it is told [CONN-05]", () =>
    run(async () => {
      const server = new Recorder();
      await withServer(
        () => server,
        async (port) => {
          const local = await freePort();
          const [transport, client] = await connect("127.0.0.1", port, {
            localAddr: { address: "127.0.0.1", port: local },
          });
          await server.untilEvent("made");
          assert.deepEqual(server.transport.getExtraInfo("peername"), {
            address: "127.0.0.1",
            port: local,
            family: "IPv4",
          });
          transport.abort();
          await client.untilLost();
        },
      );
    }));

  it("says when there is no local address of the right family [CONN-05]", () =>
    run(() =>
      withPeer(ignore, async (peer) => {
        await assert.rejects(connect("127.0.0.1", peer.port, { localAddr: { address: "::1", port: 0 } }), {
          code: "EADDRNOTAVAIL",
          syscall: "bind",
          message: /no local address of the family IPv4/,
        });
      }),
    ));

  it("says when the local address is not this machine's [CONN-05]", () =>
    run(() =>
      withPeer(ignore, async (peer) => {
        const options = { localAddr: { address: "203.0.113.77", port: 0 } };
        await assert.rejects(connect("127.0.0.1", peer.port, options), { code: "EADDRNOTAVAIL" });
      }),
    ));

  it("gives an ExceptionGroup with allErrors, even for one error [CONN-10 CONN-11]", () =>
    run(async () => {
      const port = await freePort();
      for (const happyEyeballsDelay of [null, 10]) {
        await assert.rejects(connect("127.0.0.1", port, { allErrors: true, happyEyeballsDelay }), (error) => {
          assert.equal(error instanceof ExceptionGroup, true);
          assert.match(String(error), /createConnection failed/);
          const { errors } = error as ExceptionGroup;
          assert.deepEqual(
            errors.map((one) => (one as NodeJS.ErrnoException).code),
            ["ECONNREFUSED"],
          );
          return true;
        });
        await assert.rejects(connect("127.0.0.1", port, { happyEyeballsDelay }), { code: "ECONNREFUSED" });
      }
    }));

  it("works outside of a task, from a callback [CONN-01]", () =>
    run(() =>
      withServer(
        () => new Recorder(),
        async (port) => {
          const loop = getRunningLoop();
          const client = new Recorder();
          const connected = loop.createFuture<void>();
          loop.callSoon(() => {
            void connectTo(port, client).then(() => connected.setResult());
          });
          await connected;
          client.transport.close();
          await client.untilLost();
        },
      ),
    ));

  it("says in a process with NODE_DEBUG=gyre what was connected [CONN-18]", async () => {
    const { stderr } = await runProgram(
      `
        import { getRunningLoop, run } from "gyre";
        await run(async () => {
          const loop = getRunningLoop();
          const server = await loop.createServer(() => ({}), "127.0.0.1", 0);
          const { port } = server.sockets[0].getsockname();
          const [transport] = await loop.createConnection(() => ({}), "127.0.0.1", port);
          transport.close();
          server.close();
          server.closeClients();
          await server.waitClosed();
        });
      `,
      { env: { NODE_DEBUG: "gyre" } },
    );
    assert.match(stderr, /^GYRE \d+: connected to 127\.0\.0\.1:\d+: <Transport socket open/m);
  });
});
