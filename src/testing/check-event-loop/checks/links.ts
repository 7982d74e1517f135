/** The contract of `Link` and `Listener` itself, without the transports above. */

import type { Link } from "../../../net/driver.ts";
import { sleep } from "../../../tasks/sleep.ts";
import { inside, topic } from "../check.ts";
import { expect, expectBytes, expectEqual, expectRejection } from "../expect.ts";
import { patterned } from "../support/bytes.ts";
import {
  ANY_PORT,
  LISTENING,
  type LinkProbe,
  portOf,
  withLinks,
  withListener,
} from "../support/link-probe.ts";
import { LOCALHOST } from "../support/pairs.ts";

const QUIET = 15; // ms in which nothing may happen
const LARGE = 3_000_000;
const MORE_THAN_FITS = 30_000_000;
const INCIDENTAL = 1_000_000; // bytes that the host may have taken already when reading is paused

function closed(probe: LinkProbe): Promise<Error | null> {
  return new Promise((resolve) => {
    probe.link.close(resolve);
  });
}

/** A connection that should not have come about is not left open, at least. */
async function destroyed(connecting: PromiseLike<Link>): Promise<void> {
  (await connecting).destroy();
}

export const linkChecks = topic(
  "links",
  ["network"],
  [
    inside("report nothing before attach, and nothing before resume", "PR-02", (context) =>
      withLinks(context, async ({ client, server }) => {
        client.attach();
        client.link.write(Buffer.from("early"));
        await sleep(QUIET);
        server.attach();
        await sleep(QUIET);
        expectEqual(
          server.events,
          [],
          "nothing is reported before attach(), nothing is read before resume()",
        );
        server.call("resume", (link) => link.resume());
        await server.untilLength(5);
        expectEqual(server.bytes.toString(), "early", "what came before is kept");
      }),
    ),
    inside("keep the end of the stream for attach, too", "PR-02", (context) =>
      withLinks(context, async ({ client, server }) => {
        client.attach();
        client.link.write(Buffer.from("early"));
        client.link.end();
        await sleep(QUIET);
        server.attach();
        server.call("resume", (link) => link.resume());
        await server.until("to end", () => server.events.includes("ended"));
        expectEqual(
          [server.bytes.toString(), server.events],
          ["early", ["data", "ended"]],
          "first the data, then the end",
        );
      }),
    ),
    inside("report nothing from within a call", "TR-07", (context) =>
      withLinks(context, async ({ client, server }) => {
        client.attach();
        server.attach();
        client.call("resume", (link) => link.resume());
        server.call("resume", (link) => link.resume());
        const bytes = patterned(300_000);
        client.call("write", (link) => link.write(bytes));
        client.call("writev", (link) => link.writev([bytes, bytes]));
        server.call("write", (link) => link.write(bytes));
        for (let round = 0; round < 5; round++) {
          server.call("pause", (link) => link.pause());
          await sleep(0);
          server.call("resume", (link) => link.resume());
          server.call("write", (link) => link.write(Buffer.from("x")));
          await sleep(0);
        }
        client.call("end", (link) => link.end());
        await server.until("to end", () => server.events.includes("ended"));
        expectEqual(server.length, 900_000, "all bytes came");
        server.call("end", (link) => link.end());
        await client.until("to end", () => client.events.includes("ended"));
      }),
    ),
    inside("pause and go on", "TR-03", (context) =>
      withLinks(context, async ({ client, server }) => {
        client.attach();
        server.attach();
        server.link.resume();
        const bytes = patterned(LARGE);
        client.link.write(bytes);
        await server.untilLength(1);
        server.call("pause", (link) => link.pause());
        await sleep(2);
        const had = server.length;
        await sleep(QUIET);
        expect(
          server.length - had <= INCIDENTAL && server.length < LARGE,
          "pause() stops reading, except for a chunk that the host has taken",
          `${server.length - had} bytes came while it was paused`,
        );
        server.call("resume", (link) => link.resume());
        await server.untilLength(LARGE);
        expectBytes(server.bytes, bytes, "nothing is lost by a pause");
      }),
    ),
    inside("send pieces of writev in order, behind what was written", "TR-05", (context) =>
      withLinks(context, async ({ client, server }) => {
        client.attach();
        server.attach();
        server.link.resume();
        const bytes = patterned(LARGE, 2);
        client.link.write(bytes.subarray(0, 1_000_000));
        client.link.writev([bytes.subarray(1_000_000, 1_000_001), bytes.subarray(1_000_001, 2_500_000)]);
        client.link.write(bytes.subarray(2_500_000));
        await server.untilLength(LARGE);
        expectBytes(server.bytes, bytes, "write() and writev() keep their order");
      }),
    ),
    inside("count what is pending, and say when it is less", "TR-08", (context) =>
      withLinks(context, async ({ client, server }) => {
        client.attach();
        server.attach();
        expectEqual(client.link.pending, 0, "nothing is pending at first");
        client.link.write(Buffer.alloc(MORE_THAN_FITS));
        await sleep(2);
        const { pending } = client.link;
        expect(
          pending > 0 && pending <= MORE_THAN_FITS,
          "what has not reached the system is pending",
          `${pending} of ${MORE_THAN_FITS} bytes are, and nobody reads`,
        );
        server.link.resume();
        await server.untilLength(MORE_THAN_FITS);
        await client.until("to flush", () => client.flushes > 0 && client.link.pending === 0);
      }),
    ),
    inside("end once, and say nothing afterwards", "PR-02", (context) =>
      withLinks(context, async ({ client, server }) => {
        client.attach();
        server.attach();
        server.link.resume();
        client.link.write(Buffer.from("x"));
        client.link.end();
        await server.until("to end", () => server.events.includes("ended"));
        server.call("pause", (link) => link.pause());
        server.call("resume", (link) => link.resume());
        await sleep(QUIET);
        expectEqual(server.events, ["data", "ended"], "the end is reported once, and nothing after it");
      }),
    ),
    inside("close behind what is pending, and call back once", "TR-01", (context) =>
      withLinks(context, async ({ client, server }) => {
        client.attach();
        server.attach();
        let calls = 0;
        client.link.write(patterned(LARGE, 3));
        const done = new Promise<Error | null>((resolve) => {
          client.link.close((error) => {
            calls++;
            resolve(error);
          });
        });
        server.link.resume();
        expectEqual(
          await context.waits.during("for the callback of close()", done),
          null,
          "an orderly close has no error",
        );
        await server.until("to end", () => server.events.includes("ended"));
        expectBytes(server.bytes, patterned(LARGE, 3), "close() sends what is pending first");
        await sleep(QUIET);
        expectEqual(calls, 1, "close() calls back once");
      }),
    ),
    inside("are silent once they are destroyed", "TR-07", (context) =>
      withLinks(context, async ({ client, server }) => {
        client.attach();
        server.attach();
        server.link.resume();
        client.link.write(patterned(100_000));
        server.link.write(patterned(100_000));
        server.destroy();
        server.destroy();
        await sleep(QUIET);
        client.destroy();
        expectEqual(server.events, [], "destroy() ends all reports at once, and may be called again");
      }),
    ),
    inside("tell who they are", "TR-02", (context) =>
      withLinks(context, async ({ client, server }) => {
        const { kind, halfClose, highWaterMark } = client.link.traits;
        expectEqual(
          [typeof kind, halfClose, highWaterMark],
          ["string", true, 65_536],
          "a socket's traits: [type of kind, halfClose, highWaterMark]",
        );
        expectEqual(
          client.link.info("peername"),
          server.link.info("sockname"),
          "the names of both ends agree",
        );
        expectEqual(client.link.info("no such name"), undefined, "an unknown name is undefined");
      }),
    ),
    inside("of a connection that the peer closes while it is idle", "TR-01", (context) =>
      withLinks(context, async ({ client, server }) => {
        client.attach();
        server.attach();
        client.link.resume();
        await context.waits.during("for the callback of close()", closed(server));
        await client.until("to end", () => client.events.includes("ended"));
        expectEqual(client.events, ["ended"], "an orderly close is the end of the stream");
      }),
    ),
  ],
);

export const listenerChecks = topic(
  "listeners",
  ["network"],
  [
    inside("know their address before they listen", "SRV-11", async ({ loop, waits }) => {
      const listener = await waits.during("for bind()", loop.network.bind(ANY_PORT, LISTENING));
      const port = portOf(listener);
      const attempt = destroyed(loop.network.connect({ ...ANY_PORT, port }, null));
      await expectRejection(
        waits.during("for a refusal", attempt),
        "ECONNREFUSED",
        "a listener does not listen before start()",
      );
      expectEqual(listener.info("sockname"), listener.address, "its name is its address");
      listener.close();
      listener.close();
    }),
    inside("reject with what the system says", "SRV-05", (context) =>
      withListener(context, async ({ port }) => {
        const { loop } = context;
        const bound = loop.network.bind({ ...ANY_PORT, port }, LISTENING);
        await expectRejection(bound, "EADDRINUSE", "bind() throws nothing, its future rejects");
      }),
    ),
    inside("accept nobody after close", "SRV-15", (context) =>
      withListener(context, async ({ listener, port, accepted }) => {
        const { loop, waits } = context;
        const client = await waits.during("for connect()", loop.network.connect({ ...ANY_PORT, port }, null));
        const server = await accepted();
        client.destroy();
        server.destroy();
        listener.close();
        const attempt = waits.during(
          "for a refusal",
          destroyed(loop.network.connect({ ...ANY_PORT, port }, null)),
        );
        await expectRejection(attempt, "ECONNREFUSED", "close() gives the address back");
      }),
    ),
    inside("report each connection once, none from within start", "SRV-07", (context) =>
      withListener(context, async ({ port, accepted }) => {
        const { loop, waits } = context;
        const links: Link[] = [];
        for (let count = 0; count < 10; count++)
          links.push(
            await waits.during(
              "for connect()",
              loop.network.connect({ address: LOCALHOST, port, family: "IPv4" }, null),
            ),
          );
        const servers = new Set<Link>();
        for (let count = 0; count < 10; count++) servers.add(await accepted());
        expectEqual(servers.size, 10, "each connection is a link of its own");
        for (const link of [...links, ...servers]) link.destroy();
      }),
    ),
  ],
);
