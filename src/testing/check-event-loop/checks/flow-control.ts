/** What waits to be sent is counted, and holds its writer up. */

import { sleep } from "../../../tasks/sleep.ts";
import { type CheckContext, inside, topic } from "../check.ts";
import { expect, expectEqual } from "../expect.ts";
import { type Pair, withPair } from "../support/pairs.ts";
import { until } from "../support/until.ts";

const CHUNK = 1_000_000;
const MOST = 64; // chunks; no system takes as much unread

/** Writes to a reader that does not read until something stays behind. @returns bytes */
async function fill({ client, server }: Pair): Promise<number> {
  server.transport.pauseReading();
  let sent = 0;
  while (client.transport.getWriteBufferSize() < 2 * CHUNK && sent < MOST * CHUNK) {
    client.transport.write(Buffer.alloc(CHUNK));
    sent += CHUNK;
    await sleep(1);
  }
  expect(
    client.transport.getWriteBufferSize() > 0,
    "what the peer does not read stays in the buffer in the end",
    `${sent} bytes went away`,
  );
  return sent;
}

async function untilEmpty(context: CheckContext, { client }: Pair): Promise<void> {
  await until(
    context,
    () =>
      `until this is true: pending falls to 0 when all has reached the system; it is ${client.transport.getWriteBufferSize()}, not 0`,
    () => client.transport.getWriteBufferSize() === 0,
  );
}

export const flowControlChecks = topic(
  "flow control",
  ["network"],
  [
    inside("pauseWriting comes from within the write that fills the buffer", "TR-09", (context) =>
      withPair(context, async ({ client, server }) => {
        server.transport.pauseReading();
        let sent = 0;
        while (!client.events.includes("pause") && sent < MOST * CHUNK) {
          const before = client.transport.getWriteBufferSize();
          client.transport.write(Buffer.alloc(CHUNK));
          sent += CHUNK;
          const size = client.transport.getWriteBufferSize();
          expect(
            size <= before + CHUNK,
            "what is buffered is what was written, at most",
            `${before} bytes became ${size}`,
          );
          expectEqual(
            client.events.includes("pause"),
            size > 65_536,
            "pauseWriting is called when more than 65,536 bytes wait",
          );
        }
        expectEqual(client.events, ["made", "pause"], "pauseWriting is called once");
        server.transport.resumeReading();
        await client.until("resume");
        await server.untilLength(sent);
        expectEqual(
          client.events,
          ["made", "pause", "resume"],
          "resumeWriting is called once for each pauseWriting",
        );
        expect(
          client.transport.getWriteBufferSize() <= 16_384,
          "resumeWriting is called at the low-water mark",
          `${client.transport.getWriteBufferSize()} bytes wait`,
        );
      }),
    ),
    inside("pause and resume alternate", "TR-09", (context) =>
      withPair(context, async ({ client, server }) => {
        for (let round = 0; round < 3; round++) {
          const already = server.length;
          const sent = await fill({ client, server });
          server.transport.resumeReading();
          await server.untilLength(already + sent);
          await client.until("resume");
        }
        const moves = client.events.slice(1);
        expect(
          moves.every((event, index) => event === (index % 2 === 0 ? "pause" : "resume")),
          "pauseWriting and resumeWriting alternate",
          moves.join(", "),
        );
      }),
    ),
    inside("the buffer empties, and tells so", "TR-08", (context) =>
      withPair(context, async (pair) => {
        const sent = await fill(pair);
        pair.server.transport.resumeReading();
        await pair.server.untilLength(sent);
        await untilEmpty(context, pair);
      }),
    ),
    inside("a small write does not stay behind", "TR-08", (context) =>
      withPair(context, async (pair) => {
        pair.client.transport.write("small");
        await pair.server.untilLength(5);
        await untilEmpty(context, pair);
      }),
    ),
    inside("limits are the usual ones, and can be set", "TR-08", (context) =>
      withPair(context, async ({ client: { transport } }) => {
        expectEqual(
          transport.getWriteBufferLimits(),
          [16_384, 65_536],
          "highWaterMark is 64 KiB, the low mark a quarter",
        );
        transport.setWriteBufferLimits({ high: 1000 });
        expectEqual(transport.getWriteBufferLimits(), [250, 1000], "setWriteBufferLimits() sets them");
      }),
    ),
    inside("a limit of zero pauses whenever something waits", "TR-08 TR-09", (context) =>
      withPair(context, async (pair) => {
        const { client, server } = pair;
        client.transport.setWriteBufferLimits({ high: 0 });
        server.transport.pauseReading();
        let sent = 0;
        while (client.transport.getWriteBufferSize() === 0 && sent < MOST * CHUNK) {
          client.transport.write(Buffer.alloc(CHUNK));
          sent += CHUNK;
        }
        expectEqual(client.events.at(-1), "pause", "any byte that waits pauses");
        server.transport.resumeReading();
        await server.untilLength(sent);
        await client.until("resume");
        await untilEmpty(context, pair);
      }),
    ),
  ],
);
