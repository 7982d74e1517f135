/** Servers listen when they are told to, and only then; their end is one. */

import { createTask } from "../../../tasks/current.ts";
import { sleep } from "../../../tasks/sleep.ts";
import { type CheckContext, inside, topic } from "../check.ts";
import { expect, expectEqual, expectRejection } from "../expect.ts";
import { connect, end, LOCALHOST, portOf, withServer } from "../support/pairs.ts";
import { Recorder } from "../support/recorder.ts";
import { until } from "../support/until.ts";

const recorders = (context: CheckContext) => () => new Recorder(context, "server");

async function requireRefusal({ loop, waits }: CheckContext, port: number, contract: string): Promise<void> {
  await expectRejection(
    waits.during(
      "for a connection that is refused",
      loop.createConnection(() => ({}), LOCALHOST, port),
    ),
    "ECONNREFUSED",
    contract,
  );
}

export const serverChecks = topic(
  "servers",
  ["network"],
  [
    inside("port 0 is any that is free", "SRV-02", (context) =>
      withServer(context, recorders(context), (first) =>
        withServer(context, recorders(context), async (second) => {
          expect(
            first > 0 && second > 0 && first !== second,
            "bind() to port 0 gives each a port of its own",
            `they are ${first} and ${second}`,
          );
        }),
      ),
    ),
    inside("bound only, does not listen yet", "SRV-11", async (context) => {
      const { loop, waits } = context;
      const server = await loop.createServer(recorders(context), LOCALHOST, 0, { startServing: false });
      const port = portOf(server);
      await requireRefusal(context, port, "a listener listens when start() is called, not before");
      await server.startServing();
      await server.startServing();
      const client = await connect(context, port);
      await end(client);
      server.close();
      server.abortClients();
      await waits.during("for waitClosed()", server.waitClosed());
    }),
    inside("closed, refuses, and its connections go on", "SRV-15", async (context) => {
      const ends: Recorder[] = [];
      const factory = (): Recorder => {
        const recorder = new Recorder(context, "server");
        ends.push(recorder);
        return recorder;
      };
      const server = await context.loop.createServer(factory, LOCALHOST, 0);
      const port = portOf(server);
      const client = await connect(context, port);
      await until(context, "for the server's end of the connection", () => ends[0]?.events[0] === "made");
      server.close();
      server.close();
      expectEqual([server.isServing(), server.sockets], [false, []], "a closed server has no sockets");
      await requireRefusal(context, port, "a closed listener accepts nobody");
      client.transport.write("still here");
      await ends[0]?.untilLength(10);
      client.transport.close();
      await client.untilLost();
      await context.waits.during("for waitClosed()", server.waitClosed());
    }),
    inside("closed, gives its port back at once", "SRV-15", async (context) => {
      let port = 0;
      for (let count = 0; count < 5; count++) {
        const server = await context.loop.createServer(recorders(context), LOCALHOST, port);
        port = portOf(server);
        const client = await connect(context, port);
        await end(client);
        server.close();
        server.abortClients();
        await context.waits.during("for waitClosed()", server.waitClosed());
      }
    }),
    inside("waitClosed waits for the last connection", "SRV-22", async (context) => {
      const server = await context.loop.createServer(recorders(context), LOCALHOST, 0);
      const client = await connect(context, portOf(server));
      await until(
        context,
        "for the server to accept a connection",
        () => server.statistics().connections > 0,
      );
      server.close();
      let over = false;
      const waiting = createTask(async () => {
        await server.waitClosed();
        over = true;
      });
      await sleep(5);
      expect(!over, "waitClosed() waits for connections that are open", "it did not");
      client.transport.close();
      await client.untilLost();
      await context.waits.during("for waitClosed()", waiting);
    }),
    inside("closeClients ends its connections in order", "SRV-16", (context) =>
      withServer(
        context,
        () =>
          new Recorder(context, "server", {
            connectionMade: ({ transport }) => transport.write(Buffer.alloc(1_000_000)),
          }),
        async (port, server) => {
          const client = await connect(context, port);
          await client.untilLength(1);
          server.close();
          server.closeClients();
          await client.untilLost();
          expectEqual(
            [client.length, client.events],
            [1_000_000, ["made", "data", "eof", "lost null"]],
            "what is buffered arrives, then the end",
          );
        },
      ),
    ),
    inside("abortClients ends them at once", "SRV-17", (context) =>
      withServer(context, recorders(context), async (port, server) => {
        const client = await connect(context, port);
        await until(
          context,
          "for the server to accept a connection",
          () => server.statistics().connections > 0,
        );
        server.abortClients();
        await client.untilLost();
        expectEqual(server.statistics().connections, 0, "no connection is left");
      }),
    ),
    inside("closed at the same moment, accepts nobody", "SRV-15", async (context) => {
      const server = await context.loop.createServer(recorders(context), LOCALHOST, 0);
      const client = new Recorder(context, "client");
      const attempt = createTask(() =>
        context.loop.createConnection(() => client, LOCALHOST, portOf(server)),
      );
      await sleep(0);
      server.close();
      try {
        await context.waits.during("for a connection to a server that closes", attempt);
        server.abortClients();
        await client.untilLost();
      } catch {
        // it was refused, or reset
      }
      await context.waits.during("for waitClosed()", server.waitClosed());
      expectEqual(server.statistics().connections, 0, "a connection that came too late is closed");
    }),
    inside("serveForever ends with its task, and with its connections", "SRV-20", async (context) => {
      const server = await context.loop.createServer(recorders(context), LOCALHOST, 0);
      const port = portOf(server);
      const serving = createTask(() => server.serveForever());
      const client = await connect(context, port);
      serving.cancel();
      await sleep(1);
      client.transport.close();
      await client.untilLost();
      await expectRejection(
        context.waits.during("for serveForever() to end", serving),
        "GYRE_CANCELLED",
        "it ends cancelled",
      );
      await requireRefusal(context, port, "the server is closed then");
    }),
    inside("a factory that throws costs that connection only", "SRV-13", async (context) => {
      let calls = 0;
      const factory = (): Recorder => {
        if (++calls === 1) throw new Error("on purpose");
        return new Recorder(context, "server");
      };
      await withServer(context, factory, async (port) => {
        const first = await connect(context, port);
        await first.untilLost();
        const second = await connect(context, port);
        await until(context, "for the second connection", () => calls === 2);
        await end(second);
      });
      context.takeReports();
    }),
    inside("cancelled while it binds, leaves the port free", "SRV-01", async (context) => {
      for (let turns = 0; turns < 4; turns++) {
        const port = await freePort(context);
        const task = createTask(() => context.loop.createServer(recorders(context), LOCALHOST, port));
        for (let turn = 0; turn < turns; turn++) await sleep(0);
        task.cancel();
        try {
          (await task).close();
        } catch {
          // it was in time
        }
        await requireRefusal(context, port, "a server that was given up does not listen");
        await withServerAt(context, port);
      }
    }),
  ],
);

async function freePort(context: CheckContext): Promise<number> {
  return withServer(context, recorders(context), async (port) => port);
}

/** Shows that the port can be taken. */
async function withServerAt({ loop, waits }: CheckContext, port: number): Promise<void> {
  const server = await loop.createServer(() => ({}), LOCALHOST, port);
  server.close();
  await waits.during("for waitClosed()", server.waitClosed());
}
