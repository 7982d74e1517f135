import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import tls from "node:tls";
import {
  type BufferedProtocol,
  createTask,
  getRunningLoop,
  isCancelled,
  type Protocol,
  type Transport,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { ignore, withPeer, withSocket } from "./peers.ts";
import { connectTo, end, type Hooks, type Pair, Recorder, withPair, withServer } from "./recording.ts";
import { codeOf, SERVING, TRUSTING } from "./tls-support.ts";

const LARGE = 1_000_000; // bytes
const SHORT = 20; // ms
const LOCALHOST = { serverHostname: "localhost" };

/** Both ends at once: the new transports of the client and of the server. */
function upgrade(
  from: { readonly client: Transport; readonly server: Transport },
  { client, server }: { readonly client: Protocol; readonly server: Protocol },
): Promise<[Transport, Transport]> {
  const loop = getRunningLoop();
  return Promise.all([
    loop.startTls(from.client, client, TRUSTING, LOCALHOST),
    loop.startTls(from.server, server, SERVING, { serverSide: true }),
  ]);
}

/** The stream of a socket, with a text before the first bytes that are written. */
function startingWith(text: string, socket: Socket): Duplex {
  let prefix = text;
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      socket.write(Buffer.concat([Buffer.from(prefix), chunk]), done);
      prefix = "";
    },
  });
  socket.on("data", (chunk) => stream.push(chunk));
  return stream;
}

const transportsOf = ({ client, server }: Pair) => ({ client: client.transport, server: server.transport });

describeOnLoops("startTls", ({ it, run }) => {
  it("puts TLS upon a connection without announcing it again [TLS-02]", () =>
    run(() =>
      withPair(async (pair) => {
        const { client, server } = pair;
        client.transport.write("plain");
        await server.untilText("plain");
        const [upper, lower] = await upgrade(transportsOf(pair), pair);
        assert.notEqual(upper, client.transport);
        assert.equal(upper.getProtocol(), client);
        assert.equal(upper.getExtraInfo("peercert")?.subject.CN, "server");
        assert.deepEqual(upper.getExtraInfo("peername"), lower.getExtraInfo("sockname"));
        upper.write(" secret");
        await server.untilText("plain secret");
        upper.close();
        await server.untilLost();
        await client.untilLost();
        assert.deepEqual(server.events, ["made", "data plain secret", "eof", "lost null"]);
        assert.deepEqual(client.events, ["made", "lost null"]);
      }),
    ));

  it("leaves the old transport closed, and its protocol in peace [TLS-02]", () =>
    run(async () => {
      const server = new Recorder();
      await withServer(
        () => server,
        async (port) => {
          const client = await connectTo(port, new Recorder());
          const successor = new Recorder();
          const old = client.transport;
          await server.untilEvent("made");
          const [upper, lower] = await upgrade(
            { client: old, server: server.transport },
            { client: successor, server },
          );
          assert.equal(old.isClosing(), true);
          assert.equal(old.isReading(), false);
          old.write("nowhere");
          old.close();
          old.abort();
          lower.write("to the successor");
          await successor.untilText("to the successor");
          const again = getRunningLoop().startTls(old, successor, TRUSTING, LOCALHOST);
          assert.equal(await codeOf(again), "GYRE_TRANSPORT_CLOSED");
          upper.close();
          await successor.untilLost();
          assert.deepEqual(client.events, ["made"]);
        },
      );
    }));

  it("sends before the handshake what was written before [TLS-02]", () =>
    run(() =>
      withPair(async (pair) => {
        const { client, server } = pair;
        server.transport.write(Buffer.alloc(LARGE));
        server.transport.write("!");
        const lower = getRunningLoop().startTls(server.transport, server, SERVING, { serverSide: true });
        await client.until(() => client.receivedLength === LARGE + 1);
        const upper = await getRunningLoop().startTls(client.transport, client, TRUSTING, LOCALHOST);
        (await lower).write("secret");
        await client.until(() => client.receivedLength === LARGE + 7);
        upper.abort();
      }),
    ));

  it("gives to the handshake what came and was not read [TLS-02]", () =>
    run(() =>
      withPair(async (pair) => {
        const { client, server } = pair;
        server.transport.pauseReading();
        const loop = getRunningLoop();
        const upper = createTask(() => loop.startTls(client.transport, client, TRUSTING, LOCALHOST));
        await new Promise((resolve) => setTimeout(resolve, SHORT)); // the hello is on its way
        await loop.startTls(server.transport, server, SERVING, { serverSide: true });
        (await upper).write("secret");
        await server.untilText("secret");
        assert.deepEqual(client.events, ["made"]);
        (await upper).abort();
      }),
    ));

  it(
    "gives to the handshake the rest of a chunk that the protocol did not want [TLS-02]",
    { needs: ["sockets"] },
    () =>
      run(async () => {
        const upgrades: Promise<Transport>[] = [];
        const buffer = Buffer.alloc("STARTTLS".length);
        let transport: Transport | null = null;
        const impatient: BufferedProtocol = {
          connectionMade: (made) => void (transport = made),
          getBuffer: () => buffer,
          bufferUpdated: () => {
            if (transport !== null && upgrades.length === 0)
              upgrades.push(getRunningLoop().startTls(transport, impatient, SERVING, { serverSide: true }));
          },
        };
        await withServer(
          () => impatient,
          (port) =>
            withSocket(port, async (socket) => {
              const secured = tls.connect({
                socket: startingWith("STARTTLS", socket),
                ...TRUSTING,
                host: "localhost",
              });
              await once(secured, "secureConnect");
              const [lower] = await Promise.all(upgrades);
              lower?.write("secret");
              const [data] = await once(secured, "data");
              assert.equal(String(data), "secret");
            }),
        );
      }),
  );

  it("takes over in the middle of what is being delivered [TLS-02]", () =>
    run(async () => {
      const upgrades: Promise<Transport>[] = [];
      const onCommand: Hooks = {
        dataReceived: (self) => {
          if (self.text !== "STARTTLS") return;
          self.transport.write("go");
          upgrades.push(getRunningLoop().startTls(self.transport, self, SERVING, { serverSide: true }));
        },
      };
      const onAnswer: Hooks = {
        dataReceived: (self) =>
          void upgrades.push(getRunningLoop().startTls(self.transport, self, TRUSTING, LOCALHOST)),
      };
      await withPair(
        async ({ client, server }) => {
          client.transport.write("STARTTLS");
          await client.untilText("go");
          const [lower, upper] = await Promise.all(upgrades);
          upper?.write(" secret");
          await server.untilText("STARTTLS secret");
          lower?.abort();
          upper?.abort();
        },
        { server: onCommand, client: onAnswer },
      );
    }));

  it("works within TLS, as deep as one likes [TLS-02]", () =>
    run(() =>
      withPair(async (pair) => {
        const { client, server } = pair;
        let [upper, lower] = await upgrade(transportsOf(pair), pair);
        [upper, lower] = await upgrade({ client: upper, server: lower }, pair);
        [upper, lower] = await upgrade({ client: upper, server: lower }, pair);
        assert.deepEqual(upper.getExtraInfo("peername"), server.transport.getExtraInfo("sockname"));
        upper.write(Buffer.alloc(LARGE, "c"));
        lower.write(Buffer.alloc(LARGE, "s"));
        await client.until(() => client.receivedLength === LARGE);
        await server.until(() => server.receivedLength === LARGE);
        assert.ok(client.received.equals(Buffer.alloc(LARGE, "s")));
        upper.close();
        await client.untilLost();
        await server.untilLost();
        assert.equal(client.events.at(-1), "lost null");
        assert.deepEqual(server.events.slice(-2), ["eof", "lost null"]);
      }),
    ));

  it("serves a protocol with a buffer of its own [TLS-02 TLS-11]", () =>
    run(() =>
      withPair(async (pair) => {
        const received = getRunningLoop().createFuture<string>();
        const buffer = Buffer.alloc(64);
        const buffered: BufferedProtocol = {
          getBuffer: () => buffer,
          bufferUpdated: (count) => received.setResult(buffer.toString("utf8", 0, count)),
        };
        const [upper] = await upgrade(transportsOf(pair), { ...pair, server: buffered });
        upper.write("secret");
        assert.equal(await received, "secret");
        upper.abort();
      }),
    ));

  it("keeps the connection with its server [TLS-02 SRV-13]", () =>
    run(async () => {
      const server = new Recorder();
      await withServer(
        () => server,
        async (port, listening) => {
          const client = await connectTo(port, new Recorder());
          await server.untilEvent("made");
          await upgrade({ client: client.transport, server: server.transport }, { client, server });
          assert.equal(listening.statistics().connections, 1);
          listening.close();
          const closed = createTask(() => listening.waitClosed());
          listening.closeClients();
          await closed;
          await client.untilLost();
          assert.deepEqual(server.events, ["made", "lost null"]);
          assert.deepEqual(client.events, ["made", "eof", "lost null"]);
        },
      );
    }));

  it("is broken off when the server closes its connections [TLS-02 TLS-04]", { needs: ["sockets"] }, () =>
    run(async () => {
      const server = new Recorder();
      await withServer(
        () => server,
        async (port, listening) => {
          const client = await connectTo(port, new Recorder());
          await server.untilEvent("made");
          const upgrading = codeOf(
            getRunningLoop().startTls(server.transport, server, SERVING, { serverSide: true }),
          );
          listening.close();
          listening.closeClients();
          assert.equal(await upgrading, "ECONNABORTED");
          await listening.waitClosed();
          await client.untilLost();
          assert.deepEqual(server.events, ["made", "lost ECONNABORTED"]);
        },
      );
    }),
  );
});

describeOnLoops("a startTls that fails", ({ it, run }) => {
  /** What becomes of a client whose server does not do TLS. */
  async function against(
    onData: (socket: Socket) => void,
    start: (transport: Transport, client: Recorder) => Promise<unknown>,
  ): Promise<[code: string, events: readonly string[]]> {
    return withPeer(
      (socket) => void socket.on("data", () => onData(socket)),
      async ({ port }) => {
        const client = await connectTo(port, new Recorder());
        const code = await codeOf(start(client.transport, client));
        await client.untilLost();
        return [code, client.events];
      },
    );
  }

  const start = (transport: Transport, client: Recorder): Promise<unknown> =>
    getRunningLoop().startTls(transport, client, TRUSTING, { ...LOCALHOST, sslHandshakeTimeout: SHORT });

  it(
    "closes the connection and tells the protocol, when it takes too long [TLS-02 CONN-13]",
    { needs: ["sockets"] },
    () =>
      run(async () => {
        assert.deepEqual(await against(ignore, start), ["ECONNABORTED", ["made", "lost ECONNABORTED"]]);
      }),
  );

  it("does so when the peer leaves [TLS-02]", { needs: ["sockets"] }, () =>
    run(async () => {
      const leave = (socket: Socket): void => void socket.end();
      const patient = (transport: Transport, client: Recorder): Promise<unknown> =>
        getRunningLoop().startTls(transport, client, TRUSTING, LOCALHOST);
      assert.deepEqual(await against(leave, patient), ["ECONNRESET", ["made", "lost ECONNRESET"]]);
    }),
  );

  it("does so when the certificate is not good [TLS-02 TLS-10]", () =>
    run(() =>
      withPair(async ({ client, server }) => {
        const loop = getRunningLoop();
        const lower = codeOf(loop.startTls(server.transport, server, SERVING, { serverSide: true }));
        const upper = loop.startTls(client.transport, client, TRUSTING, { serverHostname: "wrong.test" });
        assert.equal(await codeOf(upper), "ERR_TLS_CERT_ALTNAME_INVALID");
        await client.untilLost();
        assert.deepEqual(client.events, ["made", "lost ERR_TLS_CERT_ALTNAME_INVALID"]);
        await lower;
        await server.untilLost();
      }),
    ));

  it("does so when it is cancelled [TLS-02 TLS-04]", { needs: ["sockets"] }, () =>
    run(() =>
      withPeer(
        (socket) => void socket.resume(),
        async (peer) => {
          const client = await connectTo(peer.port, new Recorder());
          const socket = await peer.first();
          const task = createTask(() =>
            getRunningLoop().startTls(client.transport, client, TRUSTING, LOCALHOST),
          );
          if (socket.bytesRead === 0) await once(socket, "data");
          task.cancel();
          await assert.rejects(async () => await task, isCancelled);
          await client.untilLost();
          assert.deepEqual(client.events, ["made", "lost null"]);
        },
      ),
    ),
  );

  it("fails at once if the peer had ended the connection already [TLS-02]", { needs: ["sockets"] }, () =>
    run(async () => {
      await withPeer(
        (socket) => void socket.end(),
        async (peer) => {
          const client = await connectTo(peer.port, new Recorder({ eofReceived: () => true }));
          await client.untilEvent("eof");
          const upgrading = getRunningLoop().startTls(client.transport, client, TRUSTING, LOCALHOST);
          assert.equal(await codeOf(upgrading), "ECONNRESET");
          await client.untilLost();
        },
      );
    }),
  );

  it("refuses what is no transport of its own, no options, and what is closed [TLS-02]", () =>
    run(() =>
      withPair(async ({ client }) => {
        const loop = getRunningLoop();
        const { transport } = client;
        const wrong: unknown = {};
        assert.throws(() => loop.startTls(wrong as Transport, client, TRUSTING), {
          code: "GYRE_INVALID_ARGUMENT",
        });
        for (const options of [null, "yes", 1]) {
          assert.throws(() => loop.startTls(transport, client, options as never), {
            code: "GYRE_INVALID_ARGUMENT",
          });
        }
        assert.equal(
          await codeOf(loop.startTls(transport, client, true, { serverSide: true })),
          "GYRE_INVALID_ARGUMENT",
        );
        await end(client);
        assert.equal(
          await codeOf(loop.startTls(transport, client, TRUSTING, LOCALHOST)),
          "GYRE_TRANSPORT_CLOSED",
        );
      }),
    ));
});
