/** TLS is put upon what `release` gives away; sockets of the host become links. */

import { once } from "node:events";
import net from "node:net";
import type { ConnectionOptions, TlsOptions } from "node:tls";
import { runInRoot } from "../../../core/scope.ts";
import { createTask } from "../../../tasks/current.ts";
import { type CheckContext, inside, topic } from "../check.ts";
import { expectBytes, expectEqual, expectRejection } from "../expect.ts";
import { patterned } from "../support/bytes.ts";
import { LOCALHOST, portOf, withServer } from "../support/pairs.ts";
import { Recorder } from "../support/recorder.ts";
import { until } from "../support/until.ts";

/** A shared key takes no certificates. */
const SHARED = { ciphers: "PSK", maxVersion: "TLSv1.2" } as const;
const KEY = Buffer.from("a key that both ends know");
const SERVER: TlsOptions = { ...SHARED, pskIdentityHint: "", pskCallback: () => KEY };
const CLIENT: ConnectionOptions = {
  ...SHARED,
  pskCallback: () => ({ psk: KEY, identity: "check" }),
  checkServerIdentity: () => undefined,
};

/** A server and a client with TLS between them. */
async function withTls(
  context: CheckContext,
  body: (client: Recorder, server: Recorder) => Promise<void>,
): Promise<void> {
  const { loop, waits } = context;
  const server = new Recorder(context, "server");
  const client = new Recorder(context, "client");
  const listening = await loop.createServer(() => server, LOCALHOST, 0, { ssl: SERVER });
  const options = { ssl: CLIENT, serverHostname: "" };
  await waits.during(
    "for a TLS handshake",
    loop.createConnection(() => client, LOCALHOST, portOf(listening), options),
  );
  await server.until("made");
  await body(client, server);
  listening.close();
  listening.abortClients();
  await waits.during("for waitClosed()", listening.waitClosed());
}

const recorder = (context: CheckContext, name: string) => () => new Recorder(context, name);

export const tlsChecks = topic(
  "tls",
  ["tls"],
  [
    inside("carries bytes in both directions", "TLS-01", (context) =>
      withTls(context, async (client, server) => {
        const there = patterned(1_000_000, 16);
        const back = patterned(1_000_000, 17);
        client.transport.write(there);
        server.transport.write(back);
        await server.untilLength(there.length);
        await client.untilLength(back.length);
        expectBytes(server.received, there, "bytes arrive as they were written");
        expectBytes(client.received, back, "bytes arrive as they were written");
        client.transport.close();
        await client.untilLost();
        await server.untilLost();
        expectEqual(
          [client.events.at(-1), server.events.at(-1)],
          ["lost null", "lost null"],
          "an orderly end is no error",
        );
      }),
    ),
    inside("keeps the names of the connection below", "TLS-03", (context) =>
      withTls(context, async (client, server) => {
        expectEqual(
          client.transport.getExtraInfo("peername"),
          server.transport.getExtraInfo("sockname"),
          "the names of both ends agree",
        );
        client.transport.abort();
        await client.untilLost();
        await server.untilLost();
      }),
    ),
    inside("can be put upon a connection that was used", "TLS-02", (context) => {
      const server = new Recorder(context, "server");
      return withServer(
        context,
        () => server,
        async (port) => {
          const { loop, waits } = context;
          const client = new Recorder(context, "client");
          await loop.createConnection(() => client, LOCALHOST, port);
          client.transport.write("before ");
          await server.untilLength(7);
          const upgrade = createTask(() =>
            loop.startTls(server.transport, server, SERVER, { serverSide: true }),
          );
          const secured = await waits.during(
            "for a client's startTls",
            loop.startTls(client.transport, client, CLIENT, { serverHostname: "" }),
          );
          const other = await waits.during("for a server's startTls", upgrade);
          secured.write("secret");
          await server.untilLength(13);
          expectEqual(
            server.received.toString(),
            "before secret",
            "what comes through TLS goes to the same protocol",
          );
          secured.abort();
          await client.untilLost();
          other.abort();
          await server.untilLost();
        },
      );
    }),
    inside("given up in the middle of its handshake, leaves nothing open", "TLS-01 CONN-15", (context) =>
      withServer(context, recorder(context, "server that does not speak TLS"), async (port, server) => {
        const { loop, waits } = context;
        const task = createTask(() =>
          loop.createConnection(() => ({}), LOCALHOST, port, { ssl: CLIENT, serverHostname: "" }),
        );
        await until(
          context,
          "for the server to accept a connection",
          () => server.statistics().connections > 0,
        );
        task.cancel();
        await expectRejection(
          waits.during("for a handshake that was cancelled", task),
          "GYRE_CANCELLED",
          "it ends cancelled",
        );
        await until(
          context,
          () =>
            `until this is true: the connection below is closed; it is ${server.statistics().connections}, not 0`,
          () => server.statistics().connections === 0,
        );
      }),
    ),
  ],
);

async function hostSocket(port: number): Promise<net.Socket> {
  const socket = runInRoot(() => net.connect({ port, host: LOCALHOST }));
  await once(socket, "connect");
  return socket;
}

export const adoptingChecks = topic(
  "adopting",
  ["network"],
  [
    inside(
      "a socket of the host's",
      "CONN-06",
      (context) =>
        withServer(context, recorder(context, "server"), async (port) => {
          const socket = await hostSocket(port);
          const sockname = { address: LOCALHOST, port: socket.localPort, family: "IPv4" };
          const client = new Recorder(context, "client");
          await context.loop.createConnection(() => client, null, null, { sock: socket });
          expectEqual(client.transport.getExtraInfo("sockname"), sockname, "its name is the socket's");
          client.transport.write("adopted");
          client.transport.close();
          await client.untilLost();
        }),
      "hostSockets",
    ),
    inside("what is no socket is refused", "CONN-06", async ({ loop }) => {
      const adopt = async (): Promise<unknown> => loop.createConnection(() => ({}), null, null, { sock: {} });
      await expectRejection(adopt(), "GYRE_INVALID_ARGUMENT", "adoptStream() throws a TypeError");
    }),
  ],
);
