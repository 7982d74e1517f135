/** Datagrams keep their bounds, their senders and their order. */

import { sleep } from "../../../tasks/sleep.ts";
import { inside, topic } from "../check.ts";
import { expect, expectBytes, expectEqual, expectRejection, expectThrow } from "../expect.ts";
import { patterned } from "../support/bytes.ts";
import { Endpoint, isAddress, open, withEndpoints } from "../support/endpoint.ts";
import { LOCALHOST } from "../support/pairs.ts";

const SIZES = [0, 1, 512, 1472, 9216, 65_507];
const HUGE = 70_000; // bytes, more than any datagram has
const WINDOW = 40; // small datagrams that fit into a socket's buffer
const QUIET = 10;

export const datagramChecks = topic(
  "datagrams",
  ["datagrams"],
  [
    ...SIZES.map((size) =>
      inside(`of ${size} bytes`, "DG-07", (context) =>
        withEndpoints(context, async ({ client, server }) => {
          const bytes = patterned(size);
          client.transport.sendto(bytes);
          await server.untilCount(1);
          expectBytes(server.received[0] ?? Buffer.alloc(0), bytes, "a datagram arrives whole");
          expectEqual(server.received.length, 1, "and once");
        }),
      ),
    ),
    inside("tell who sent them, and go back to them", "DG-07 PR-04", (context) =>
      withEndpoints(context, async ({ client, server }) => {
        client.transport.sendto("ping");
        await server.untilCount(1);
        expectEqual(server.senders, [client.address], "the sender's address comes with it");
        server.transport.sendto("pong", client.address);
        await client.untilCount(1);
        expectEqual(
          [client.received[0]?.toString(), client.senders],
          ["pong", [server.address]],
          "an answer arrives at the sender",
        );
      }),
    ),
    inside("keep their order and their bounds", "DG-07", (context) =>
      withEndpoints(context, async ({ client, server }) => {
        for (let window = 0; window < 5; window++) {
          for (let count = 0; count < WINDOW; count++)
            client.transport.sendto(String(window * WINDOW + count));
          await server.untilCount((window + 1) * WINDOW);
        }
        const expected = Array.from({ length: 5 * WINDOW }, (_, index) => String(index));
        expectEqual(
          server.received.map(String),
          expected,
          "on one machine datagrams arrive in order, each by itself",
        );
      }),
    ),
    inside("are what the data was at the time", "DG-07", (context) =>
      withEndpoints(context, async ({ client, server }) => {
        const data = Buffer.from("before");
        client.transport.sendto(data);
        data.write("after!");
        await server.untilCount(1);
        expectEqual(server.received.map(String), ["before"], "send() copies what it cannot send at once");
      }),
    ),
    inside("that were received do not change", "PR-04", (context) =>
      withEndpoints(context, async ({ client, server }) => {
        for (let number = 0; number < 20; number++) {
          client.transport.sendto(patterned(500, number));
          await server.untilCount(number + 1);
        }
        for (let number = 0; number < 20; number++)
          expectBytes(
            server.received[number] ?? Buffer.alloc(0),
            patterned(500, number),
            "a datagram's memory is the receiver's own",
          );
      }),
    ),
    inside("come from the peer only, where there is one", "DG-03", (context) =>
      withEndpoints(context, async ({ client, server }) => {
        const stranger = await open(context, "stranger", {});
        stranger.transport.sendto("from a stranger", client.address);
        await sleep(QUIET);
        server.transport.sendto("from the peer", client.address);
        await client.untilCount(1);
        expectEqual(
          client.received.map(String),
          ["from the peer"],
          "a connected socket receives from its peer only",
        );
        await stranger.close();
      }),
    ),
    inside("go to the peer only, where there is one", "DG-07", (context) =>
      withEndpoints(context, async ({ client }) => {
        expectThrow(
          () => client.transport.sendto("x", client.address),
          "GYRE_OUT_OF_RANGE",
          "another address is refused",
        );
      }),
    ),
    inside("that are too large are an error on a later turn", "DG-07 PR-04", (context) =>
      withEndpoints(context, async ({ client, server }) => {
        client.transport.sendto(Buffer.alloc(HUGE));
        expectEqual(client.events, ["made"], "errors are reported later, never from within sendto()");
        client.transport.sendto("small");
        await client.until("error EMSGSIZE");
        await server.untilCount(1);
        expect(!client.transport.isClosing(), "the endpoint goes on", "it closed");
      }),
    ),
    inside(
      "to nobody are ECONNREFUSED, and the endpoint goes on",
      "DG-10",
      async (context) => {
        const gone = await open(context, "gone", {});
        await gone.close();
        const client = await open(context, "client", { remoteAddr: gone.address });
        client.transport.sendto("anybody?");
        await client.until("error ECONNREFUSED");
        expect(!client.transport.isClosing(), "the endpoint goes on", "it closed");
        await client.close();
      },
      "hostSockets",
    ),
    inside("that were sent before close() are sent", "DG-08", async (context) => {
      const server = await open(context, "server", {});
      const client = await open(context, "client", { remoteAddr: server.address });
      for (let number = 0; number < WINDOW; number++) client.transport.sendto(String(number));
      client.transport.close();
      client.transport.close();
      expectEqual(client.events, ["made"], "connectionLost is not called from within close()");
      await client.until("lost null");
      await server.untilCount(WINDOW);
      await sleep(QUIET);
      expectEqual(
        [server.received.length, client.events],
        [WINDOW, ["made", "lost null"]],
        "all of them, and one end",
      );
      await server.close();
    }),
    inside("are not delivered after close()", "DG-08", (context) =>
      withEndpoints(context, async ({ client, server }) => {
        server.transport.close();
        client.transport.sendto("too late");
        await server.until("lost null");
        await sleep(QUIET);
        expectEqual(server.received.length, 0, "a closed endpoint receives nothing");
      }),
    ),
    inside("end at once with abort()", "DG-08", async (context) => {
      const endpoint = await open(context, "endpoint", {});
      endpoint.transport.abort();
      endpoint.transport.abort();
      expectEqual(endpoint.events, ["made"], "connectionLost is not called from within abort()");
      await endpoint.until("lost null");
      expectEqual(endpoint.events, ["made", "lost null"], "connectionLost is called once");
    }),
    inside("have a port each, and one endpoint to a port", "DG-02", async (context) => {
      const first = await open(context, "first", {});
      const second = await open(context, "second", {});
      expect(
        first.address.port !== second.address.port && first.address.port > 0,
        "port 0 is any that is free",
        `${first.address.port} and ${second.address.port}`,
      );
      const attempt = context.loop.createDatagramEndpoint(() => new Endpoint(context, "third"), {
        localAddr: { address: LOCALHOST, port: first.address.port },
      });
      await expectRejection(attempt, "EADDRINUSE", "a port that is bound is taken");
      await first.close();
      await second.close();
      const again = await open(context, "again", {
        localAddr: { address: LOCALHOST, port: first.address.port },
      });
      await again.close();
    }),
    inside(
      "over IPv6",
      "DG-02",
      async (context) => {
        const server = await open(context, "server", { localAddr: { address: "::1", port: 0 } });
        const client = await open(context, "client", { remoteAddr: server.address });
        client.transport.sendto("six");
        await server.untilCount(1);
        expectEqual(
          [server.received.map(String), server.senders[0]?.family],
          [["six"], "IPv6"],
          "[data, family of the sender]",
        );
        await client.close();
        await server.close();
      },
      "ipv6",
    ),
    inside("that came before attach are kept", "DG-01", async (context) => {
      const { loop, waits } = context;
      const options = {
        local: { address: LOCALHOST, port: 0, family: "IPv4" as const },
        peer: null,
        family: 4 as const,
        reusePort: false,
        allowBroadcast: false,
      };
      const link = await waits.during("for openDatagrams()", loop.network.openDatagrams(options));
      const name = link.info("sockname");
      const sender = await open(context, "sender", {});
      expect(isAddress(name), "sockname is { address, port, family }", String(name));
      sender.transport.sendto("early", name);
      await sleep(QUIET);
      const got = loop.createFuture<string>();
      link.attach({
        received: (data) => {
          if (!got.done()) got.setResult(data.toString());
        },
        flushed: () => undefined,
        troubled: () => undefined,
        failed: () => undefined,
      });
      expectEqual(
        await waits.during("for a datagram that came before attach()", got),
        "early",
        "what comes before attach() is kept",
      );
      link.destroy();
      link.destroy();
      await sender.close();
    }),
    inside("opened and given up, leave nothing", "DG-01", async ({ loop }) => {
      const options = {
        local: null,
        peer: null,
        family: 4 as const,
        reusePort: false,
        allowBroadcast: false,
      };
      for (let turns = 0; turns < 3; turns++) {
        const opening = loop.network.openDatagrams(options);
        for (let turn = 0; turn < turns; turn++) await sleep(0);
        if (!opening.cancel()) (await opening).destroy();
      }
    }),
  ],
);
