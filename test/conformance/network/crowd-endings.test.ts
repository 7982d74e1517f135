import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import type { Transport } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { content, type Crowd, shout, untilAllLost, untilLength, withCrowd } from "./crowd.ts";
import { ignore } from "./peers.ts";
import { type Hooks, Recorder, withServer } from "./recording.ts";

const MANY = 24;
const RESET = /^lost (?:ECONNRESET|EPIPE)$/;

/** Servers that write something and then end the connection. */
async function answered(end: (transport: Transport) => void): Promise<Crowd> {
  let found: Crowd | undefined;
  await withCrowd(
    MANY,
    async (crowd) => {
      found = crowd;
      shout(crowd, () => "go");
      for (const client of crowd.clients) await client.untilEvent("eof");
      await untilAllLost(crowd.clients);
      await untilAllLost(crowd.servers);
    },
    {
      server: (index) => ({
        dataReceived: ({ transport }) => {
          transport.write(`answer ${index}, `);
          transport.write("and more");
          end(transport);
        },
      }),
    },
  );
  assert.ok(found);
  return found;
}

function assertAnswered({ clients, servers }: Crowd): void {
  for (const [index, client] of clients.entries())
    assert.deepEqual(client.events, ["made", `data answer ${index}, and more`, "eof", "lost null"]);
  for (const server of servers) assert.deepEqual(server.events, ["made", "data go", "lost null"]);
}

/** A server and sockets of the host's that do not read, all connected. */
async function withHostSockets(
  hooks: (index: number) => Hooks,
  body: (servers: readonly Recorder[], sockets: readonly net.Socket[]) => Promise<void>,
): Promise<void> {
  const servers: Recorder[] = [];
  const sockets: net.Socket[] = [];
  const accept = (): Recorder => {
    const server = new Recorder(hooks(servers.length));
    servers.push(server);
    return server;
  };
  await withServer(accept, async (port) => {
    try {
      for (let index = 0; index < MANY; index++) {
        const socket = net.connect({ port, host: "127.0.0.1" }).on("error", ignore).pause();
        sockets.push(socket);
        await once(socket, "connect");
        while (servers.length <= index) await new Promise((resolve) => setImmediate(resolve));
        await servers[index]?.untilEvent("made");
      }
      await body(servers, sockets);
    } finally {
      for (const socket of sockets) socket.destroy();
      for (const socket of sockets) if (!socket.closed) await once(socket, "close");
      await untilAllLost(servers);
    }
  });
}

describeOnLoops("what was written before the end, by many at once", ({ it, run }) => {
  it("arrives before that of close() [TR-01]", () =>
    run(async () => assertAnswered(await answered((transport) => transport.close()))));

  it("arrives before that of abort(), where the system takes it [TR-07]", () =>
    run(async () => assertAnswered(await answered((transport) => transport.abort()))));

  it("arrives before that of close() and abort() at once [TR-11]", () =>
    run(async () => {
      assertAnswered(
        await answered((transport) => {
          transport.close();
          transport.abort();
          transport.close();
        }),
      );
    }));

  it("arrives before that of writeEof(), and the other direction goes on [TR-06]", () =>
    run(() =>
      withCrowd(
        MANY,
        async (crowd) => {
          shout(crowd, () => "go");
          for (const client of crowd.clients) await client.untilEvent("eof");
          shout(crowd, () => "!");
          await untilLength(crowd.servers, 3);
          for (const [index, client] of crowd.clients.entries())
            assert.deepEqual(client.events, ["made", `data half ${index}`, "eof"]);
          for (const server of crowd.servers) {
            assert.deepEqual(server.events, ["made", "data go!"]);
            assert.throws(() => server.transport.write("x"), { code: "GYRE_EOF_WRITTEN" });
          }
        },
        {
          client: () => ({ eofReceived: () => true }),
          server: (index) => ({
            dataReceived: ({ transport, text }) => {
              if (text !== "go") return;
              transport.write(`half ${index}`);
              transport.writeEof();
              transport.writeEof();
            },
          }),
        },
      ),
    ));

  it("arrives with what was written after close(), if the connection is not over [TR-10]", () => {
    const large = content(1, 20_000_000); // more than the system takes;
    return run(() =>
      withCrowd(
        3,
        async (crowd) => {
          shout(crowd, () => "go");
          await untilAllLost(crowd.clients);
          for (const { received } of crowd.clients)
            assert.ok(received.equals(Buffer.concat([Buffer.from("small"), large, Buffer.from("late")])));
        },
        {
          server: () => ({
            dataReceived: ({ transport }) => {
              transport.write("small");
              transport.write(large);
              transport.close();
              transport.write("late");
            },
          }),
        },
      ),
    );
  });
});

describeOnLoops("the end of the peers of many", ({ name, it, run }) => {
  it("comes after the data that was there with it, and answers arrive [PR-02]", () =>
    run(() =>
      withCrowd(
        MANY,
        async (crowd) => {
          for (const [index, { transport }] of crowd.clients.entries()) {
            transport.write(`last of ${index}`);
            if (index % 3 > 0) transport.writeEof();
          }
          for (const [index, client] of crowd.clients.entries()) {
            if (index % 3 > 0) await client.untilLost();
            else await client.until(() => client.text === `echo last of ${index}`);
          }
          for (const [index, { events }] of crowd.servers.entries()) {
            const ends = index % 3 > 0 ? ["eof", "lost null"] : [];
            assert.deepEqual(events, ["made", `data last of ${index}`, ...ends]);
          }
          for (const [index, { events }] of crowd.clients.entries()) {
            const ends = index % 3 > 0 ? ["eof", "lost null"] : [];
            const bye = index % 3 > 0 ? " bye" : "";
            assert.deepEqual(events, ["made", `data echo last of ${index}${bye}`, ...ends]);
          }
        },
        {
          server: () => ({
            dataReceived: ({ transport }, data) => transport.write(`echo ${data.toString()}`),
            eofReceived: ({ transport }) => transport.write(" bye"),
          }),
        },
      ),
    ));

  it("is a loss once, where it was a reset, and the others go on [TR-16]", { needs: ["sockets"] }, () =>
    run(() =>
      withHostSockets(
        () => ({ dataReceived: ({ transport }, data) => transport.write(data) }),
        async (servers, sockets) => {
          for (const [index, socket] of sockets.entries()) {
            if (index % 2 === 0) socket.resetAndDestroy();
            else socket.write("alive");
          }
          await untilAllLost(servers.filter((_, index) => index % 2 === 0));
          for (const [index, server] of servers.entries()) {
            if (index % 2 === 0) assert.deepEqual(server.events, ["made", "lost ECONNRESET"]);
            else await server.untilText("alive");
          }
          for (const [index, socket] of sockets.entries()) {
            if (index % 2 === 0) continue;
            const [echo]: unknown[] = await once(socket.resume(), "data");
            assert.equal(String(echo), "alive");
          }
        },
      ),
    ),
  );

  it("is a loss once, where others write to it in the same turn [TR-16]", { needs: ["sockets"] }, () => {
    const all: Recorder[] = [];
    const hooks: Hooks = {
      connectionMade: (self) => void all.push(self),
      dataReceived: () => {
        for (const { transport } of all) {
          if (transport.isClosing()) continue;
          transport.write("to all");
          transport.write(content(1, 20_000));
          transport.write("again");
        }
      },
    };
    return run(() =>
      withHostSockets(
        () => hooks,
        async (servers, sockets) => {
          for (const [index, socket] of sockets.entries()) {
            if (index % 2 === 0) socket.resetAndDestroy();
            else socket.resume().write("alive");
          }
          await untilAllLost(servers.filter((_, index) => index % 2 === 0));
          for (const [index, server] of servers.entries()) {
            if (index % 2 > 0) await server.untilText("alive");
            else {
              const [made, lost = "", ...more] = server.events;
              assert.deepEqual([made, more], ["made", []]);
              assert.match(lost, RESET);
            }
          }
        },
      ),
    );
  });

  it("is a loss, and not an end, where something waits to be sent [TR-16]", { needs: ["sockets"] }, () => {
    const large = Buffer.alloc(8_000_000);
    return run(() =>
      withHostSockets(
        () => ({ connectionMade: ({ transport }) => transport.write(large) }),
        async (servers, sockets) => {
          for (const socket of sockets) socket.resetAndDestroy();
          await untilAllLost(servers);
          for (const { events } of servers) {
            assert.deepEqual(events.slice(0, -1), ["made", "pause"]);
            assert.match(events.at(-1) ?? "", RESET);
          }
        },
      ),
    );
  });

  it("comes after data that was there before a reset [TR-16 PR-02]", { needs: ["sockets"] }, () =>
    run(() =>
      withHostSockets(
        () => ({ connectionMade: ({ transport }) => transport.write(Buffer.alloc(8_000_000)) }),
        async (servers, sockets) => {
          const written = sockets.map(
            (socket) => new Promise<void>((resolve) => socket.write("last words", () => resolve())),
          );
          for (const { transport } of servers) transport.pauseReading();
          await Promise.all(written);
          for (const socket of sockets) socket.resetAndDestroy();
          for (const { transport } of servers) transport.resumeReading();
          await untilAllLost(servers);
          for (const { events } of servers) {
            const ends = events.filter((event) => !event.startsWith("data")).slice(2, -1);
            if (name !== "node") assert.deepEqual(ends, []); // the host's library may lose the error, and then find an end
            assert.match(events.at(-1) ?? "", RESET);
          }
        },
      ),
    ),
  );
});
