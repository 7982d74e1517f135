/** Reading can be paused and goes on without a loss; the peer feels it. */

import { sleep } from "../../../tasks/sleep.ts";
import { inside, topic } from "../check.ts";
import { expect, expectBytes, expectEqual } from "../expect.ts";
import { patterned } from "../support/bytes.ts";
import { withPair } from "../support/pairs.ts";

const QUIET = 15; // ms in which nothing may happen
const EXACT = "bytes that came while reading was paused are delivered afterwards: all, once and in order";

export const readingChecks = topic(
  "reading",
  ["network"],
  [
    inside("paused in connectionMade, delivers nothing", "TR-03", (context) =>
      withPair(
        context,
        async ({ client, server }) => {
          client.transport.write("early");
          await sleep(QUIET);
          expectEqual(server.events, ["made"], "nothing is delivered while reading is paused");
          expect(!server.transport.isReading(), "isReading() is false then", "it is true");
          server.transport.resumeReading();
          await server.untilLength(5);
          expectEqual(server.received.toString(), "early", EXACT);
        },
        { server: { connectionMade: ({ transport }) => transport.pauseReading() } },
      ),
    ),
    inside("paused in dataReceived, stops behind that chunk", "TR-03", (context) =>
      withPair(
        context,
        async ({ client, server }) => {
          const bytes = patterned(1_000_000, 5);
          client.transport.write(bytes);
          let had = 0;
          while (had < bytes.length) {
            await server.untilLength(had + 1);
            had = server.length;
            await sleep(1);
            expectEqual(server.length, had, "no chunk is delivered while reading is paused");
            server.transport.resumeReading();
          }
          expectBytes(server.received, bytes, EXACT);
        },
        { server: { dataReceived: ({ transport }) => transport.pauseReading() } },
      ),
    ),
    inside("paused and resumed at random, loses nothing", "TR-03", (context) =>
      withPair(context, async ({ client, server }) => {
        const bytes = patterned(3_000_000, 6);
        client.transport.write(bytes);
        for (let round = 0; server.length < bytes.length; round++) {
          if (round % 3 === 0) server.transport.pauseReading();
          await sleep(round % 5 === 0 ? 1 : 0);
          server.transport.resumeReading();
          if (round % 2 === 0) await sleep(0);
          else await server.untilLength(Math.min(bytes.length, server.length + 1));
        }
        expectBytes(server.received, bytes, EXACT);
      }),
    ),
    inside("paused, makes the writer pause in the end", "TR-03 TR-09", (context) =>
      withPair(context, async ({ client, server }) => {
        server.transport.pauseReading();
        const chunk = patterned(1_000_000, 7);
        let sent = 0;
        while (!client.events.includes("pause") && sent < 64) {
          client.transport.write(chunk);
          sent++;
          await sleep(0);
        }
        await client.until("pause");
        await sleep(QUIET);
        expect(
          client.transport.getWriteBufferSize() > 0,
          "a reader that does not read holds its writer up",
          `${sent} megabytes went away unread`,
        );
        server.transport.resumeReading();
        await server.untilLength(sent * chunk.length);
        await client.until("resume");
        expectBytes(server.received.subarray(-chunk.length), chunk, EXACT);
      }),
    ),
    inside("paused, does not deliver the end either", "TR-03", (context) =>
      withPair(context, async ({ client, server }) => {
        server.transport.pauseReading();
        client.transport.write("last");
        client.transport.writeEof();
        await sleep(QUIET);
        expectEqual(server.events, ["made"], "neither data nor the end is delivered while reading is paused");
        server.transport.resumeReading();
        await server.until("eof");
        expectEqual(
          [server.received.toString(), server.events.slice(0, 3)],
          ["last", ["made", "data", "eof"]],
          "first the data, then the end",
        );
      }),
    ),
    inside("may be paused and resumed twice", "TR-03", (context) =>
      withPair(context, async ({ client, server }) => {
        server.transport.pauseReading();
        server.transport.pauseReading();
        server.transport.resumeReading();
        server.transport.resumeReading();
        expect(server.transport.isReading(), "one resumeReading() is enough", "it still does not read");
        client.transport.write("x");
        await server.untilLength(1);
      }),
    ),
    inside("paused, can be closed", "TR-03 TR-01", (context) =>
      withPair(context, async ({ client, server }) => {
        server.transport.pauseReading();
        client.transport.write("unread");
        await sleep(2);
        server.transport.close();
        await server.untilLost();
        expectEqual(server.events, ["made", "lost null"], "nothing is delivered after close()");
        server.transport.resumeReading();
        await client.untilLost();
      }),
    ),
  ],
);

export const halfCloseChecks = topic(
  "half-close",
  ["network"],
  [
    inside("writeEof ends one direction, the other goes on", "TR-06 PR-02", (context) =>
      withPair(
        context,
        async ({ client, server }) => {
          client.transport.write("question");
          client.transport.writeEof();
          await server.until("eof");
          const answer = patterned(500_000, 8);
          server.transport.write(answer);
          await client.untilLength(answer.length);
          expectBytes(client.received, answer, "the other direction stays open");
          expectEqual(client.events, ["made", "data"], "the end of one's own direction is not reported");
          server.transport.writeEof();
          await client.untilLost();
          server.transport.close();
          await server.untilLost();
          expectEqual(
            [client.events.at(-1), server.events.at(-1)],
            ["lost null", "lost null"],
            "the end of both directions is no error",
          );
        },
        { server: { eofReceived: () => true } },
      ),
    ),
    inside("the end comes behind all the data", "TR-06", (context) =>
      withPair(context, async ({ client, server }) => {
        const bytes = patterned(5_000_000, 11);
        client.transport.write(bytes);
        client.transport.writeEof();
        await server.until("eof");
        expectBytes(server.received, bytes, "writeEof() sends what is buffered first");
        expectEqual(server.events.slice(0, 3), ["made", "data", "eof"], "the end comes once, and last");
      }),
    ),
    inside("the end without data is an end", "TR-06", (context) =>
      withPair(context, async ({ client, server }) => {
        client.transport.writeEof();
        await server.until("eof");
        await server.untilLost();
        expectEqual(
          server.events,
          ["made", "eof", "lost null"],
          "a protocol without an answer to eofReceived is closed",
        );
        await client.untilLost();
      }),
    ),
    inside("writeEof may be called again, write may not", "TR-04 TR-06", (context) =>
      withPair(context, async ({ client, server }) => {
        expect(
          client.transport.canWriteEof(),
          "a socket can end one direction alone",
          "canWriteEof() is false",
        );
        client.transport.writeEof();
        client.transport.writeEof();
        let code = "";
        try {
          client.transport.write("x");
        } catch (error) {
          code = error instanceof Error && "code" in error ? String(error.code) : "";
        }
        expectEqual(code, "GYRE_EOF_WRITTEN", "write() after writeEof() throws");
        await server.until("eof");
      }),
    ),
    inside("both ends at once", "TR-06", (context) =>
      withPair(context, async ({ client, server }) => {
        client.transport.write("a");
        client.transport.writeEof();
        server.transport.write("b");
        server.transport.writeEof();
        await client.untilLost();
        await server.untilLost();
        expectEqual(
          [client.events, server.events],
          [
            ["made", "data", "eof", "lost null"],
            ["made", "data", "eof", "lost null"],
          ],
          "each gets the other's data and end, and then the loss",
        );
      }),
    ),
  ],
);
