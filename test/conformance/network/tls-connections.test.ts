import assert from "node:assert/strict";
import tls from "node:tls";
import { type BufferedProtocol, getRunningLoop, type Transport } from "gyre";
import { identity } from "../../support/certificates.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { withPeer } from "./peers.ts";
import { end, Recorder } from "./recording.ts";
import { codeOf, connectTls, SERVING, TRUSTING, withTlsPair, withTlsServer } from "./tls-support.ts";

const LARGE = 12_000_000; // bytes: more than all buffers on the way hold

/** Receives in memory of its own, in small pieces. */
class Counter implements BufferedProtocol {
  readonly #buffer = Buffer.alloc(1000);
  readonly #wanted: number;
  readonly all = getRunningLoop().createFuture<void>();
  readonly lost = getRunningLoop().createFuture<void>();
  count = 0;

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  getBuffer(): Buffer {
    return this.#buffer;
  }

  bufferUpdated(count: number): void {
    this.count += count;
    if (this.count === this.#wanted) this.all.setResult();
  }

  connectionLost(): void {
    this.lost.setResult();
  }
}

describeOnLoops("a connection with TLS", ({ it, run }) => {
  it("is announced after the handshake, and carries data both ways [TLS-01 CONN-12]", () =>
    run(async () => {
      const echo = { dataReceived: (self: Recorder, data: Buffer) => self.transport.write(data) };
      await withTlsPair(
        async ({ client, server }) => {
          assert.deepEqual(client.events, ["made"]);
          client.transport.write("ping");
          await client.untilText("ping");
          client.transport.close();
          await client.untilLost();
          await server.untilLost();
          assert.deepEqual(server.events, ["made", "data ping", "eof", "lost null"]);
          assert.deepEqual(client.events, ["made", "data ping", "lost null"]);
        },
        { server: echo },
      );
    }));

  it("makes the protocols before the handshake, as asyncio does [TLS-01]", () =>
    run(async () => {
      let made = 0;
      const recorder = new Recorder();
      await withTlsServer(
        () => {
          made++;
          return recorder;
        },
        async (port) => {
          assert.match(await codeOf(connectTls(port, new Recorder(), { ssl: true })), /VERIFY|SIGNED/);
          assert.equal(made, 1);
          assert.deepEqual(recorder.events, []);
        },
      );
    }));

  it("delivers what the server sends in connectionMade [TLS-01]", () =>
    run(() =>
      withTlsPair(async ({ client }) => client.untilText("welcome"), {
        server: { connectionMade: ({ transport }) => transport.write("welcome") },
      }),
    ));

  it("tells about the connection and what is below it [TLS-03 TR-02]", () =>
    run(() =>
      withTlsPair(({ client, server }) => {
        const { transport } = client;
        assert.deepEqual(transport.getExtraInfo("peername"), server.transport.getExtraInfo("sockname"));
        assert.deepEqual(transport.getExtraInfo("sockname"), server.transport.getExtraInfo("peername"));
        assert.equal(transport.getExtraInfo("socket")?.family, "IPv4");
        assert.equal(transport.getExtraInfo("peercert")?.subject.CN, "server");
        assert.equal(server.transport.getExtraInfo("peercert"), null);
        assert.match(transport.getExtraInfo("cipher")?.version ?? "", /^TLSv1/);
        assert.equal(transport.getExtraInfo("compression"), null);
        assert.equal(transport.getExtraInfo("sslObject") instanceof tls.TLSSocket, true);
        assert.notEqual(transport.getExtraInfo("sslcontext"), null);
        assert.notEqual(server.transport.getExtraInfo("sslcontext"), null);
        assert.equal(transport.getExtraInfo("unheard-of", "fallback"), "fallback");
        assert.match(String(transport), /TLS open/);
      }),
    ));

  it("can be told which versions and application protocols to use [CONN-12]", () =>
    run(() =>
      withTlsPair(
        ({ client, server }) => {
          assert.equal(client.transport.getExtraInfo("sslObject")?.getProtocol(), "TLSv1.2");
          assert.equal(client.transport.getExtraInfo("sslObject")?.alpnProtocol, "two");
          assert.equal(server.transport.getExtraInfo("sslObject")?.alpnProtocol, "two");
        },
        {
          connection: { ssl: { ...TRUSTING, maxVersion: "TLSv1.2", ALPNProtocols: ["one", "two"] } },
          serving: { ssl: { ...SERVING, ALPNProtocols: ["two", "three"] } },
        },
      ),
    ));

  it("can be made with secure contexts, which both sides report [CONN-12 TLS-03]", () =>
    run(async () => {
      const trusting = tls.createSecureContext(TRUSTING);
      const serving = tls.createSecureContext(identity("server"));
      for (const ssl of [serving, { secureContext: serving }]) {
        await withTlsPair(
          async ({ client, server }) => {
            assert.equal(client.transport.getExtraInfo("sslcontext"), trusting);
            assert.equal(server.transport.getExtraInfo("sslcontext"), serving);
            client.transport.write("in both");
            await server.untilText("in both");
            client.transport.close();
            await server.untilLost();
            assert.deepEqual(server.events, ["made", "data in both", "eof", "lost null"]);
          },
          { connection: { ssl: trusting }, serving: { ssl } },
        );
      }
    }));

  it("serves a protocol with a buffer of its own [TLS-11]", () =>
    run(async () => {
      const counter = new Counter(LARGE);
      await withTlsServer(
        () => counter,
        async (port) => {
          const client = await connectTls(port, new Recorder());
          client.transport.write(Buffer.alloc(LARGE));
          await counter.all;
          await end(client);
          await counter.lost;
          assert.equal(counter.count, LARGE);
        },
      );
    }));

  it("pauses and resumes who writes more than half a mebibyte, in both directions [TLS-08]", () =>
    run(() =>
      withTlsPair(async ({ client, server }) => {
        assert.deepEqual(client.transport.getWriteBufferLimits(), [131_072, 524_288]);
        client.transport.write(Buffer.alloc(LARGE, "c"));
        server.transport.write(Buffer.alloc(LARGE, "s"));
        assert.ok(client.transport.getWriteBufferSize() > 524_288);
        assert.equal(client.events.at(-1), "pause");
        await client.until(() => client.receivedLength === LARGE);
        await server.until(() => server.receivedLength === LARGE);
        await client.untilEvent("resume");
        await server.untilEvent("resume");
        assert.ok(client.received.equals(Buffer.alloc(LARGE, "s")));
        assert.ok(server.received.equals(Buffer.alloc(LARGE, "c")));
      }),
    ));

  it("stops reading when it is paused, so that the writer is paused as well [TLS-08]", () =>
    run(() =>
      withTlsPair(async ({ client, server }) => {
        client.transport.pauseReading();
        server.transport.writelines([Buffer.alloc(LARGE), "!"]);
        assert.equal(server.events.at(-1), "pause");
        client.transport.write("go on");
        await server.untilText("go on");
        assert.equal(client.receivedLength, 0);
        assert.ok(!server.events.includes("resume"));
        client.transport.resumeReading();
        await client.until(() => client.receivedLength === LARGE + 1);
        assert.ok(server.events.includes("resume"));
      }),
    ));

  it("cannot end one direction alone [TLS-07]", () =>
    run(() =>
      withTlsPair(({ client }) => {
        assert.equal(client.transport.canWriteEof(), false);
        assert.throws(() => client.transport.writeEof(), { code: "GYRE_NOT_SUPPORTED" });
      }),
    ));

  it("refuses options that make no sense, before it connects [CONN-12 CONN-13]", () =>
    run(() =>
      withPeer(
        () => assert.fail("nobody should connect"),
        async ({ port }) => {
          const loop = getRunningLoop();
          const factory = () => new Recorder();
          const connect = async (options: object): Promise<unknown> =>
            loop.createConnection(factory, "127.0.0.1", port, options);
          const serve = async (options: object): Promise<unknown> =>
            loop.createServer(factory, "127.0.0.1", 0, options);
          assert.throws(
            () => void loop.createConnection(factory, "127.0.0.1", port, { ssl: "yes" as never }),
            { name: "TypeError", code: "GYRE_INVALID_ARGUMENT" },
          );
          assert.equal(await codeOf(connect({ serverHostname: "localhost" })), "GYRE_OUT_OF_RANGE");
          assert.equal(await codeOf(connect({ ssl: true, sslHandshakeTimeout: 0 })), "GYRE_OUT_OF_RANGE");
          assert.equal(await codeOf(connect({ ssl: true, sslShutdownTimeout: -1 })), "GYRE_OUT_OF_RANGE");
          assert.equal(
            await codeOf(connect({ ssl: true, sslShutdownTimeout: "1" })),
            "GYRE_INVALID_ARGUMENT",
          );
          assert.equal(await codeOf(connect({ sslHandshakeTimeout: 5 })), "GYRE_OUT_OF_RANGE");
          assert.match(
            await codeOf(connect({ ssl: { ...TRUSTING, cert: "no certificate" } })),
            /^ERR_OSSL_PEM/,
          );
          assert.equal(await codeOf(serve({ ssl: true })), "GYRE_INVALID_ARGUMENT");
          assert.equal(await codeOf(serve({ ssl: {} })), "GYRE_OUT_OF_RANGE");
          assert.equal(await codeOf(serve({ ssl: SERVING, sslHandshakeTimeout: -1 })), "GYRE_OUT_OF_RANGE");
          const secureContext = tls.createSecureContext(identity("server"));
          assert.equal(
            await codeOf(serve({ ssl: { secureContext, requestCert: true } })),
            "GYRE_OUT_OF_RANGE",
          );
        },
      ),
    ));

  it("needs a name for the certificate where it has no host [CONN-12]", () =>
    run(() =>
      withTlsServer(
        () => new Recorder(),
        async (port) => {
          const loop = getRunningLoop();
          const transports: Transport[] = [];
          const client = new Recorder();
          const [plain] = await loop.createConnection(() => client, "127.0.0.1", port);
          transports.push(plain);
          assert.equal(await codeOf(loop.startTls(plain, client, TRUSTING)), "GYRE_OUT_OF_RANGE");
          assert.equal(plain.isClosing(), false);
          await end(client);
        },
      ),
    ));
});
