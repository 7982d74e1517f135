/** Look-ups, as far as they need no server of names; pipes. */

import { PassThrough } from "node:stream";
import { runInRoot } from "../../../core/scope.ts";
import {
  AI_NUMERICHOST,
  AI_PASSIVE,
  NI_NUMERICHOST,
  NI_NUMERICSERV,
  SOCK_DGRAM,
  SOCK_STREAM,
} from "../../../net/addresses.ts";
import { inside, topic } from "../check.ts";
import { expect, expectBytes, expectEqual, expectRejection } from "../expect.ts";
import { patterned } from "../support/bytes.ts";
import { Recorder } from "../support/recorder.ts";

export const nameChecks = topic(
  "names",
  ["names"],
  [
    inside("an address is its own name", "DNS-01", async ({ loop }) => {
      const [first] = await loop.getaddrinfo("127.0.0.1", 80, { type: SOCK_STREAM });
      expectEqual(
        [first?.address, first?.port, first?.family, first?.type],
        ["127.0.0.1", 80, "IPv4", SOCK_STREAM],
        "[address, port, family, type]",
      );
      const [six] = await loop.getaddrinfo("::1", 80, { type: SOCK_STREAM });
      expectEqual([six?.address, six?.family], ["::1", "IPv6"], "[address, family]");
    }),
    inside("no host is this machine, or all its interfaces", "DNS-01", async ({ loop }) => {
      const [loopback] = await loop.getaddrinfo(null, 80, { family: 4 });
      expectEqual(loopback?.address, "127.0.0.1", "null is loopback");
      const [any] = await loop.getaddrinfo(null, 80, { family: 4, flags: AI_PASSIVE });
      expectEqual(any?.address, "0.0.0.0", "with AI_PASSIVE it is every interface");
    }),
    inside("localhost is an address of loopback", "DNS-01", async ({ loop, waits }) => {
      const found = await waits.during("for localhost", loop.getaddrinfo("localhost", null));
      expect(
        found.length > 0 && found.every(({ address }) => address === "::1" || address.startsWith("127.")),
        "localhost is 127.0.0.1 or ::1",
        found.map(({ address }) => address).join(", "),
      );
    }),
    inside("the type and the family limit the answers", "DNS-01", async ({ loop }) => {
      const all = await loop.getaddrinfo("127.0.0.1", 1);
      expect(
        all.some(({ type }) => type === SOCK_STREAM) && all.some(({ type }) => type === SOCK_DGRAM),
        "without a type there is an answer for each",
        `${all.length} answers`,
      );
      const some = await loop.getaddrinfo("127.0.0.1", 1, { type: SOCK_DGRAM });
      expectEqual(
        some.map(({ type }) => type),
        [SOCK_DGRAM],
        "with a type there is one",
      );
    }),
    inside("a name where numbers are asked for is refused", "DNS-01", async ({ loop }) => {
      await expectRejection(
        loop.getaddrinfo("localhost", 1, { flags: AI_NUMERICHOST }),
        "ENOTFOUND",
        "AI_NUMERICHOST refuses names",
      );
    }),
    inside("the number of an address is itself", "DNS-02", async ({ loop }) => {
      const flags = NI_NUMERICHOST | NI_NUMERICSERV;
      expectEqual(
        await loop.getnameinfo({ address: "127.0.0.1", port: 80 }, flags),
        ["127.0.0.1", "80"],
        "[host, service]",
      );
    }),
    inside("a look-up can be given up", "DNS-01", async ({ loop, waits }) => {
      const search = loop.getaddrinfo("localhost", 1);
      search.cancel();
      await expectRejection(
        waits.during("for a look-up that was cancelled", search),
        "GYRE_CANCELLED",
        "the answer is dropped",
      );
    }),
  ],
);

export const pipeChecks = topic(
  "pipes",
  ["pipes"],
  [
    inside("are read to their end", "PIPE-01 PIPE-03", async (context) => {
      const stream = runInRoot(() => new PassThrough());
      const reader = new Recorder(context, "reader");
      const [transport] = await context.loop.connectReadPipe(() => reader, stream);
      expect(
        transport.getExtraInfo("pipe") === stream,
        'getExtraInfo("pipe") is what was given',
        "it is another",
      );
      const bytes = patterned(300_000, 14);
      stream.end(bytes);
      await reader.untilLost();
      expectBytes(reader.received, bytes, "all is read");
      expectEqual(reader.events, ["made", "data", "eof", "lost null"], "and then the end");
    }),
    inside("are written, and ended", "PIPE-02 PIPE-04", async (context) => {
      const stream = runInRoot(() => new PassThrough());
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => void chunks.push(chunk));
      const writer = new Recorder(context, "writer");
      const [transport] = await context.loop.connectWritePipe(() => writer, stream);
      const bytes = patterned(300_000, 15);
      transport.write(bytes);
      expect(transport.canWriteEof(), "a pipe can be ended", "canWriteEof() is false");
      transport.writeEof();
      await writer.untilLost();
      expectBytes(Buffer.concat(chunks), bytes, "all is written before the end");
      expectEqual(writer.events.at(-1), "lost null", "the end is no error");
    }),
  ],
);
