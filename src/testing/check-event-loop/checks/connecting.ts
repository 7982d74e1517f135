/** Connections are made, refused with the truth, and given up without a trace. */

import type { EventLoop } from "../../../core/event-loop.ts";
import type { SocketAddress } from "../../../net/addresses.ts";
import { createTask } from "../../../tasks/current.ts";
import { gather } from "../../../tasks/gather.ts";
import { sleep } from "../../../tasks/sleep.ts";
import { type CheckContext, inside, topic } from "../check.ts";
import { expect, expectEqual, expectRejection } from "../expect.ts";
import { connect, end, LOCALHOST, portOf, withPair, withServer } from "../support/pairs.ts";
import { Recorder } from "../support/recorder.ts";
import { until } from "../support/until.ts";

const ELSEWHERE = "203.0.113.77"; // an address that belongs to nobody (RFC 5737)
const TURNS_TO_CANCEL_AT = 6;

async function freePort(loop: EventLoop): Promise<number> {
  const server = await loop.createServer(() => ({}), LOCALHOST, 0);
  const port = portOf(server);
  server.close();
  await server.waitClosed();
  return port;
}

const recorders = (context: CheckContext) => () => new Recorder(context, "server");

function isAddress(name: unknown): name is SocketAddress {
  return typeof name === "object" && name !== null && "port" in name && "address" in name;
}

export const connectingChecks = topic(
  "connecting",
  ["network"],
  [
    inside("connectionMade comes before createConnection returns", "CONN-01", (context) =>
      withServer(context, recorders(context), async (port) => {
        const client = new Recorder(context, "client");
        const [transport, protocol] = await context.waits.during(
          "for a connection",
          context.loop.createConnection(() => client, LOCALHOST, port),
        );
        expectEqual(client.events, ["made"], "connectionMade has been called, once");
        expect(
          transport === client.transport && protocol === client,
          "the transport and the protocol are returned",
          "they are others",
        );
        await end(client);
      }),
    ),
    inside("both ends know their addresses", "TR-02", (context) =>
      withPair(context, async ({ client, server }) => {
        const here = client.transport.getExtraInfo("sockname");
        const there = client.transport.getExtraInfo("peername");
        expect(
          isAddress(here) && isAddress(there),
          "sockname and peername are { address, port, family }",
          `they are ${String(here)} and ${String(there)}`,
        );
        expectEqual(
          [here.address, here.family, here.port > 0],
          [LOCALHOST, "IPv4", true],
          "the client's address",
        );
        expectEqual(server.transport.getExtraInfo("peername"), here, "the peer of the server is the client");
        expectEqual(server.transport.getExtraInfo("sockname"), there, "the peer of the client is the server");
        const socket = client.transport.getExtraInfo("socket");
        expectEqual(
          [socket?.getsockname(), socket?.getpeername(), socket?.family],
          [here, there, "IPv4"],
          "the socket says the same",
        );
        expectEqual(
          [client.transport.getExtraInfo("weather"), client.transport.getExtraInfo("weather", "fine")],
          [null, "fine"],
          "info() of an unknown name is undefined",
        );
      }),
    ),
    inside("nobody listening is ECONNREFUSED, with the place", "CONN-11", async ({ loop, waits }) => {
      const port = await freePort(loop);
      const attempt = waits.during(
        "for a connection that is refused",
        loop.createConnection(() => ({}), LOCALHOST, port),
      );
      const error = await expectRejection(attempt, "ECONNREFUSED", "a refused connection says so");
      expectEqual(
        [error.syscall, error.address, error.port, typeof error.errno],
        ["connect", LOCALHOST, port, "number"],
        "[syscall, address, port, type of errno], as Node's errors have them",
      );
    }),
    inside("an address in use is EADDRINUSE, with the place", "SRV-05", (context) =>
      withServer(context, recorders(context), async (port) => {
        const error = await expectRejection(
          context.loop.createServer(() => ({}), LOCALHOST, port),
          "EADDRINUSE",
          "one server to an address",
        );
        expect(
          error.syscall === "listen" || error.syscall === "bind",
          "the syscall is listen or bind",
          `it is ${error.syscall}`,
        );
        expectEqual(
          [error.address, error.port, typeof error.errno],
          [LOCALHOST, port, "number"],
          "[address, port, type of errno]",
        );
      }),
    ),
    inside(
      "an address of another machine is EADDRNOTAVAIL",
      "SRV-05",
      async ({ loop }) => {
        await expectRejection(
          loop.createServer(() => ({}), ELSEWHERE, 0),
          "EADDRNOTAVAIL",
          "a server binds to this machine's addresses only",
        );
      },
      "hostSockets",
    ),
    inside(
      "from an address of another machine is EADDRNOTAVAIL",
      "CONN-05",
      (context) =>
        withServer(context, recorders(context), async (port) => {
          const attempt = context.loop.createConnection(() => ({}), LOCALHOST, port, {
            localAddr: { address: ELSEWHERE, port: 0 },
          });
          await expectRejection(
            attempt,
            "EADDRNOTAVAIL",
            "a connection begins at this machine's addresses only",
          );
        }),
      "hostSockets",
    ),
    inside("from a port of one's own", "CONN-05", (context) =>
      withServer(context, recorders(context), async (port) => {
        const local = await freePort(context.loop);
        const client = new Recorder(context, "client");
        await context.loop.createConnection(() => client, LOCALHOST, port, {
          localAddr: { address: LOCALHOST, port: local },
        });
        expectEqual(
          client.transport.getExtraInfo("sockname"),
          { address: LOCALHOST, port: local, family: "IPv4" },
          "the local address is the one that was asked for",
        );
        await end(client);
      }),
    ),
    inside(
      "by the name localhost",
      "CONN-01 DNS-01",
      (context) =>
        withServer(context, recorders(context), async (port) => {
          const client = new Recorder(context, "client");
          await context.waits.during(
            "for a connection by name",
            context.loop.createConnection(() => client, "localhost", port, { family: 4 }),
          );
          await end(client);
        }),
      "names",
    ),
    inside(
      "over IPv6",
      "CONN-01 SRV-04",
      (context) =>
        withPair(
          context,
          async ({ client, server }) => {
            client.transport.write("six");
            await server.untilLength(3);
            const name = client.transport.getExtraInfo("sockname");
            expect(isAddress(name), "sockname is { address, port, family }", String(name));
            expectEqual([name.address, name.family], ["::1", "IPv6"], "the address is one of IPv6");
          },
          {},
          "::1",
        ),
      "ipv6",
    ),
    inside("fifty at once", "CONN-01 SRV-07", (context) =>
      withServer(context, recorders(context), async (port, server) => {
        const clients = await gather(Array.from({ length: 50 }, () => () => connect(context, port)));
        await until(
          context,
          () =>
            `until this is true: the backlog holds them, and each is accepted; it is ${server.statistics().accepted}, not 50`,
          () => server.statistics().accepted === 50,
        );
        for (const client of clients) await end(client);
      }),
    ),
    inside("cancelled at any moment, leaves nothing open", "CONN-15", (context) =>
      withServer(context, recorders(context), async (port, server) => {
        for (let turns = 0; turns < TURNS_TO_CANCEL_AT; turns++) {
          const client = new Recorder(context, "client");
          const task = createTask(() => context.loop.createConnection(() => client, LOCALHOST, port));
          for (let turn = 0; turn < turns; turn++) await sleep(0);
          task.cancel();
          try {
            const [transport] = await context.waits.during(
              () => `for a connection that was cancelled after ${turns} turns`,
              task,
            );
            transport.abort();
          } catch {
            // it was in time
          }
          if (client.events.includes("made")) await client.untilLost();
        }
        await sleep(5);
        await until(
          context,
          () =>
            `until this is true: a connection that was given up is closed; it is ${server.statistics().connections}, not 0`,
          () => server.statistics().connections === 0,
        );
      }),
    ),
    inside("given up by a timeout, leaves nothing open", "CONN-15", (context) =>
      withServer(context, recorders(context), async (port, server) => {
        const attempt = context.loop.network.connect({ address: LOCALHOST, port, family: "IPv4" }, null);
        attempt.cancel();
        expect(attempt.cancelled(), "the future of connect() can be cancelled", "it was not");
        await sleep(10);
        await until(
          context,
          () =>
            `until this is true: cancelling the future of connect() closes what it began; it is ${server.statistics().connections}, not 0`,
          () => server.statistics().connections === 0,
        );
      }),
    ),
  ],
);
