/** Every connection ends once, on a later turn, and tells the truth about it. */

import { sleep } from "../../../tasks/sleep.ts";
import { inside, topic } from "../check.ts";
import { expect, expectBytes, expectEqual } from "../expect.ts";
import { patterned } from "../support/bytes.ts";
import { hostPeer } from "../support/host-peer.ts";
import { connect, LOCALHOST, withPair, withServer } from "../support/pairs.ts";
import { Recorder } from "../support/recorder.ts";
import { until } from "../support/until.ts";

const LARGE = 5_000_000;
const MORE_THAN_FITS = 30_000_000; // bytes, into the buffers of the system

export const closingChecks = topic(
  "closing",
  ["network"],
  [
    inside("close() sends what is buffered first", "TR-01", (context) =>
      withPair(context, async ({ client, server }) => {
        const bytes = patterned(LARGE, 12);
        client.transport.write(bytes);
        client.transport.close();
        expect(
          client.transport.isClosing() && !client.lost,
          "close() is not the end yet",
          "connectionLost came from within",
        );
        await server.until("eof");
        await client.untilLost();
        expectBytes(server.received, bytes, "close() loses nothing");
        expectEqual(
          client.events.at(-1),
          "lost null",
          "a connection that was closed is lost without an error",
        );
      }),
    ),
    inside("connectionLost comes on a later turn, and once", "TR-07 TR-11", (context) =>
      withPair(context, async ({ client }) => {
        client.transport.close();
        client.transport.close();
        client.transport.abort();
        client.transport.abort();
        expectEqual(client.events, ["made"], "connectionLost is not called from within close() or abort()");
        await client.untilLost();
        client.transport.abort();
        client.transport.close();
        await sleep(5);
        expectEqual(client.events, ["made", "lost null"], "connectionLost is called once");
      }),
    ),
    inside("abort() drops what is buffered", "TR-07", (context) =>
      withPair(context, async ({ client, server }) => {
        server.transport.pauseReading();
        client.transport.write(Buffer.alloc(MORE_THAN_FITS));
        client.transport.abort();
        expectEqual(client.transport.getWriteBufferSize(), 0, "nothing waits to be sent after abort()");
        await client.untilLost();
        expectEqual(client.events.at(-1), "lost null", "abort() is no error to oneself");
        server.transport.resumeReading();
        await server.untilLost();
        expect(server.length < MORE_THAN_FITS, "abort() does not send what is buffered", "all arrived");
      }),
    ),
    inside("abort() cuts a close() short", "TR-07 TR-11", (context) =>
      withPair(context, async ({ client, server }) => {
        server.transport.pauseReading();
        client.transport.write(Buffer.alloc(MORE_THAN_FITS));
        client.transport.close();
        await sleep(5);
        expect(!client.lost, "close() waits for the peer to read", "the connection is lost");
        client.transport.abort();
        await client.untilLost();
        expectEqual(client.events.at(-1), "lost null", "the end comes without an error");
      }),
    ),
    inside("an orderly abort() is an end of file to the peer", "TR-07", (context) =>
      withPair(context, async ({ client, server }) => {
        client.transport.write("all read");
        await server.untilLength(8);
        client.transport.abort();
        await server.untilLost();
        expectEqual(
          server.events,
          ["made", "data", "eof", "lost null"],
          "where nothing is lost, abort() is a plain close",
        );
      }),
    ),
    inside(
      "abort() with bytes unread resets the connection",
      "TR-16",
      (context) =>
        withPair(context, async ({ client, server }) => {
          server.transport.pauseReading();
          client.transport.write(patterned(1_000_000));
          await sleep(5);
          server.transport.abort();
          client.transport.write("more");
          await client.untilLost();
          const [last] = client.events.slice(-1);
          expect(
            last === "lost ECONNRESET" || last === "lost EPIPE",
            "bytes that the peer threw away make connectionLost(ECONNRESET or EPIPE)",
            `the client got "${last}"`,
          );
        }),
      "hostSockets",
    ),
    inside(
      "a reset by the peer is told as one",
      "TR-16",
      (context) =>
        hostPeer(async (peer) => {
          const client = await connect(context, peer.port);
          (await peer.first()).resetAndDestroy();
          await client.untilLost();
          expectEqual(
            client.events,
            ["made", "lost ECONNRESET"],
            "a reset connection is lost with ECONNRESET",
          );
          const { lossError } = client;
          expect(
            lossError !== null && "syscall" in lossError && "errno" in lossError,
            "the error has Node's shape: code, errno, syscall",
            String(lossError),
          );
        }),
      "hostSockets",
    ),
    inside(
      "what came before a reset is delivered before it",
      "TR-16 PR-02",
      (context) =>
        hostPeer(async (peer) => {
          const client = await connect(context, peer.port);
          const socket = await peer.first();
          socket.write("before");
          await client.untilLength(6);
          socket.resetAndDestroy();
          await client.untilLost();
          expectEqual(client.events, ["made", "data", "lost ECONNRESET"], "first the data, then the loss");
        }),
      "hostSockets",
    ),
    inside(
      "a reset in the middle of a large write ends it",
      "TR-16 TR-08",
      (context) =>
        hostPeer(async (peer) => {
          const client = await connect(context, peer.port);
          const socket = (await peer.first()).pause();
          client.transport.write(Buffer.alloc(MORE_THAN_FITS));
          socket.resetAndDestroy();
          await client.untilLost();
          const last = client.events.at(-1);
          expect(
            last === "lost ECONNRESET" || last === "lost EPIPE",
            "the error is ECONNRESET or EPIPE",
            `it is "${last}"`,
          );
          expectEqual(client.transport.getWriteBufferSize(), 0, "nothing waits to be sent any more");
        }),
      "hostSockets",
    ),
    inside("close() in connectionMade leaves no room for data", "TR-01", (context) =>
      withServer(
        context,
        () =>
          new Recorder(context, "server", { connectionMade: ({ transport }) => transport.write("too late") }),
        async (port) => {
          const client = await connect(context, port, {
            connectionMade: ({ transport }) => transport.close(),
          });
          await client.untilLost();
          expectEqual(client.events, ["made", "lost null"], "nothing is delivered after close()");
        },
      ),
    ),
    inside("abort() in connectionMade is an end as well", "TR-07", (context) =>
      withServer(
        context,
        () => new Recorder(context, "server"),
        async (port) => {
          const client = await connect(context, port, {
            connectionMade: ({ transport }) => transport.abort(),
          });
          await client.untilLost();
          expectEqual(
            client.events,
            ["made", "lost null"],
            "createConnection returns, and connectionLost comes",
          );
        },
      ),
    ),
    inside("close() in dataReceived is the end of the data", "TR-01", (context) =>
      withPair(
        context,
        async ({ client, server }) => {
          client.transport.write("first");
          await server.untilLost();
          expectEqual(server.events, ["made", "data", "lost null"], "no chunk and no end follows on close()");
          await client.untilLost();
        },
        { server: { dataReceived: ({ transport }) => transport.close() } },
      ),
    ),
    inside("nothing is sent when the connection is lost", "TR-04", (context) =>
      withPair(context, async ({ client }) => {
        client.transport.close();
        await client.untilLost();
        client.transport.write("nobody hears this");
        client.transport.writelines(["nor", "this"]);
        expectEqual(
          client.transport.getWriteBufferSize(),
          0,
          "what is written to a lost connection is dropped",
        );
      }),
    ),
    inside("an error in dataReceived closes the connection with it", "ERR-07", async (context) =>
      withPair(
        context,
        async ({ client, server }) => {
          client.transport.write("x");
          await server.untilLost();
          expectEqual(server.events, ["made", "data", "lost on purpose"], "connectionLost gets the error");
          expectEqual(context.takeReports().length, 1, "it is reported once");
          await client.untilLost();
        },
        {
          server: {
            dataReceived: () => {
              throw new Error("on purpose");
            },
          },
        },
      ),
    ),
    inside("addresses are known after the end too", "TR-02", (context) =>
      withPair(context, async ({ client, server }) => {
        const names = ["sockname", "peername"].map((name) => client.transport.getExtraInfo(name));
        client.transport.close();
        await client.untilLost();
        await server.untilLost();
        expectEqual(
          ["sockname", "peername"].map((name) => client.transport.getExtraInfo(name)),
          names,
          "getExtraInfo() answers as before",
        );
      }),
    ),
    inside("fifty connections that come and go leave nothing", "TR-15", (context) =>
      withServer(
        context,
        () => new Recorder(context, "server"),
        async (port, server) => {
          for (let count = 0; count < 50; count++) {
            const client = await connect(context, port, {}, LOCALHOST);
            if (count % 2 === 0) client.transport.close();
            else client.transport.abort();
            await client.untilLost();
          }
          await until(
            context,
            () =>
              `until this is true: the server's ends have ended too; it is ${server.statistics().connections}, not 0`,
            () => server.statistics().connections === 0,
          );
          expectEqual(server.statistics().accepted, 50, "each was accepted");
        },
      ),
    ),
  ],
);
