/** Bytes arrive as they were sent: all, once, and in order, in whatever pieces. */

import { openConnection } from "../../../net/streams/open-connection.ts";
import { startServer } from "../../../net/streams/start-server.ts";
import { gather } from "../../../tasks/gather.ts";
import { sleep } from "../../../tasks/sleep.ts";
import { type CheckContext, inside, topic } from "../check.ts";
import { expect, expectBytes, expectEqual } from "../expect.ts";
import { Numbers, patterned, pieces } from "../support/bytes.ts";
import { connect, LOCALHOST, type Pair, portOf, withPair, withServer } from "../support/pairs.ts";
import { Recorder } from "../support/recorder.ts";

const EXACT = "bytes arrive as they were written: all, once and in order";
const SIZES = [1, 2, 1023, 65_536, 65_537, 262_144, 262_145, 1_000_000];
const LARGE = 5_000_000;

async function sendWhole({ client, server }: Pair, bytes: Buffer, already: number): Promise<void> {
  client.transport.write(bytes);
  await server.untilLength(already + bytes.length);
  await sleep(1);
  expectBytes(server.received.subarray(already), bytes, EXACT);
}

/** Writes pieces of random sizes, and lets the loop run in between, now and then. */
async function sendPieces(recorder: Recorder, bytes: Buffer, seed: number): Promise<void> {
  const numbers = new Numbers(seed);
  for (const piece of pieces(bytes, seed)) {
    if (numbers.below(2) === 0) recorder.transport.write(piece);
    else recorder.transport.writelines(pieces(piece, seed + piece.length));
    if (numbers.below(3) === 0) await sleep(0);
    if (numbers.below(200) === 0) await sleep(1);
  }
}

function echo(context: CheckContext): () => Recorder {
  return () =>
    new Recorder(context, "echo server", { dataReceived: ({ transport }, data) => transport.write(data) });
}

export const streamChecks = topic(
  "streams",
  ["network"],
  [
    ...SIZES.map((size) =>
      inside(`${size} bytes in one write`, "TR-04", (context) =>
        withPair(context, (pair) => sendWhole(pair, patterned(size), 0)),
      ),
    ),
    inside("five megabytes in one write, from the client", "TR-04", (context) =>
      withPair(context, (pair) => sendWhole(pair, patterned(LARGE), 0)),
    ),
    inside("five megabytes in one write, from the server", "TR-04", (context) =>
      withPair(context, ({ client, server }) =>
        sendWhole({ client: server, server: client }, patterned(LARGE), 0),
      ),
    ),
    inside("a thousand bytes one by one", "TR-04", (context) =>
      withPair(context, async ({ client, server }) => {
        const bytes = patterned(1000);
        for (let index = 0; index < bytes.length; index++)
          client.transport.write(bytes.subarray(index, index + 1));
        await server.untilLength(bytes.length);
        expectBytes(server.received, bytes, EXACT);
      }),
    ),
    ...[1, 2, 3].map((seed) =>
      inside(`random pieces in both directions at once (${seed})`, "TR-04 TR-05", (context) =>
        withPair(context, async ({ client, server }) => {
          const there = patterned(1_500_000, seed);
          const back = patterned(1_500_000, seed + 100);
          await gather([() => sendPieces(client, there, seed), () => sendPieces(server, back, seed + 7)]);
          await server.untilLength(there.length);
          await client.untilLength(back.length);
          expectBytes(server.received, there, EXACT);
          expectBytes(client.received, back, EXACT);
        }),
      ),
    ),
    inside("a conversation of three hundred turns", "TR-04", (context) =>
      withServer(context, echo(context), async (port) => {
        const client = await connect(context, port);
        for (let turn = 1; turn <= 300; turn++) {
          client.transport.write(`${turn},`);
          const expected = Array.from({ length: turn }, (_, index) => `${index + 1},`).join("");
          await client.untilLength(expected.length);
          if (turn % 100 === 0) expectEqual(client.received.toString(), expected, EXACT);
        }
        client.transport.close();
        await client.untilLost();
      }),
    ),
    inside("twenty connections do not mix", "TR-04 SRV-01", (context) =>
      withServer(context, echo(context), async (port) => {
        const talk = (seed: number) => async (): Promise<void> => {
          const client = await connect(context, port);
          const bytes = patterned(50_000, seed);
          await sendPieces(client, bytes, seed);
          await client.untilLength(bytes.length);
          expectBytes(client.received, bytes, "each connection has its own bytes");
          client.transport.close();
          await client.untilLost();
        };
        await gather(Array.from({ length: 20 }, (_, index) => talk(index + 1)));
      }),
    ),
    inside("writelines of a thousand pieces", "TR-05", (context) =>
      withPair(context, async ({ client, server }) => {
        const bytes = patterned(300_000, 9);
        client.transport.writelines(
          Array.from({ length: 1000 }, (_, index) => bytes.subarray(index * 300, (index + 1) * 300)),
        );
        await server.untilLength(bytes.length);
        expectBytes(server.received, bytes, EXACT);
      }),
    ),
    inside("small writes behind a large one keep their place", "TR-04", (context) =>
      withPair(context, async ({ client, server }) => {
        const large = patterned(2_000_000, 4);
        client.transport.write("<");
        client.transport.write(large);
        client.transport.write(">");
        client.transport.writelines(["!", "?"]);
        await server.untilLength(large.length + 4);
        expectBytes(server.received, Buffer.concat([Buffer.from("<"), large, Buffer.from(">!?")]), EXACT);
      }),
    ),
    inside("strings arrive as UTF-8", "TR-04", (context) =>
      withPair(context, async ({ client, server }) => {
        client.transport.write("grün 🌍");
        await server.untilLength(Buffer.byteLength("grün 🌍"));
        expectEqual(server.received.toString(), "grün 🌍", "a string is sent as UTF-8");
      }),
    ),
    inside("what is empty sends nothing", "TR-04", (context) =>
      withPair(context, async ({ client, server }) => {
        client.transport.write("");
        client.transport.write(Buffer.alloc(0));
        client.transport.writelines([]);
        client.transport.writelines(["", Buffer.alloc(0)]);
        client.transport.close();
        await server.untilLost();
        expectEqual(server.events, ["made", "eof", "lost null"], "empty writes are no data, and no end");
      }),
    ),
    inside("a chunk that a protocol keeps does not change", "PR-02", (context) => {
      const seen: string[] = [];
      const kept: Buffer[] = [];
      return withPair(
        context,
        async ({ client, server }) => {
          for (let round = 1; round <= 30; round++) {
            client.transport.write(patterned(5000, round));
            await server.untilLength(round * 5000);
          }
          expectEqual(
            kept.map((chunk) => chunk.toString("base64")).join() === seen.join(),
            true,
            "memory is said to be borrowed where the loop uses it again",
          );
        },
        {
          server: {
            dataReceived: (_self, data) => {
              kept.push(data);
              seen.push(data.toString("base64"));
            },
          },
        },
      );
    }),
    inside("what both ends write in connectionMade arrives", "PR-01 TR-04", (context) =>
      withPair(
        context,
        async ({ client, server }) => {
          await client.untilLength(5);
          await server.untilLength(5);
          expectEqual([client.received.toString(), server.received.toString()], ["serve", "hello"], EXACT);
        },
        {
          client: { connectionMade: ({ transport }) => transport.write("hello") },
          server: { connectionMade: ({ transport }) => transport.write("serve") },
        },
      ),
    ),
    inside("a protocol with a buffer of its own gets the same", "PR-03", (context) => {
      const chunks: Buffer[] = [];
      const buffer = Buffer.alloc(1000);
      const bytes = patterned(300_000, 3);
      const whole = context.loop.createFuture<void>();
      const protocol = {
        getBuffer: () => buffer,
        bufferUpdated: (count: number) => {
          chunks.push(Buffer.from(buffer.subarray(0, count)));
          if (chunks.reduce((sum, { length }) => sum + length, 0) === bytes.length) whole.setResult();
        },
      };
      return withServer(
        context,
        () => protocol,
        async (port) => {
          const client = await connect(context, port);
          client.transport.write(bytes);
          await context.waits.during("for all bytes to come into the protocol's buffer", whole);
          expectBytes(Buffer.concat(chunks), bytes, EXACT);
          client.transport.close();
          await client.untilLost();
        },
      );
    }),
    inside("StreamReader and StreamWriter hold a conversation", "STR-01 STR-02", async ({ waits }) => {
      const server = await startServer(
        async (reader, writer) => {
          for await (const line of reader) writer.write(line.toString().toUpperCase());
          writer.close();
          await writer.waitClosed();
        },
        LOCALHOST,
        0,
      );
      const [reader, writer] = await openConnection(LOCALHOST, portOf(server));
      for (const word of ["one", "two", "three"]) {
        writer.write(`${word}\n`);
        const line = await waits.during("for a line", reader.readline());
        expectEqual(line.toString(), `${word.toUpperCase()}\n`, EXACT);
      }
      writer.writeEof();
      const rest = await waits.during("for the end of the stream", reader.read());
      expectEqual(rest.length, 0, "the end of the stream ends read()");
      writer.close();
      await writer.waitClosed();
      server.close();
      await waits.during("for waitClosed()", server.waitClosed());
    }),
    inside("drain() bounds what is buffered", "STR-17 TR-09", async ({ waits }) => {
      const total = 4_000_000;
      let received = 0;
      const server = await startServer(
        async (reader, writer) => {
          for (let chunk = await reader.read(10_000); chunk.length > 0; chunk = await reader.read(10_000)) {
            received += chunk.length;
            if (received % 500_000 < 10_000) await sleep(1);
          }
          writer.close();
          await writer.waitClosed();
        },
        LOCALHOST,
        0,
      );
      const [, writer] = await openConnection(LOCALHOST, portOf(server));
      let most = 0;
      for (let sent = 0; sent < total; sent += 50_000) {
        writer.write(Buffer.alloc(50_000));
        most = Math.max(most, writer.transport.getWriteBufferSize());
        await waits.during("for drain()", writer.drain());
      }
      writer.close();
      await waits.during("for the writer to close", writer.waitClosed());
      server.close();
      await waits.during("for waitClosed()", server.waitClosed());
      expectEqual(received, total, EXACT);
      expect(
        most <= 65_536 + 50_000,
        "drain() waits until the buffer is below its marks",
        `${most} bytes were buffered`,
      );
    }),
  ],
);
