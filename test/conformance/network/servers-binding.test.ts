import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import net from "node:net";
import { getRunningLoop, isCancelled, createTask, Server, type SocketAddress } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { withSocket } from "./peers.ts";
import { connectTo, end, portOf, Recorder } from "./recording.ts";
import { Crowd, ECHO, listen, type ServerArguments, serving } from "./servers-support.ts";

const HAS_IPV6 = existsSync("/proc/net/if_inet6") && readFileSync("/proc/net/if_inet6", "utf8") !== "";
const ELSEWHERE = "192.0.2.1"; // TEST-NET-1: no machine has it

function addresses(server: Server): SocketAddress[] {
  return server.sockets.map((socket) => {
    const name = socket.getsockname();
    assert.ok(typeof name === "object");
    return name;
  });
}

const recorders = () => new Recorder();

async function refused(port: number, host: string): Promise<boolean> {
  const socket = net.connect({ port, host });
  const outcome = await Promise.race([
    once(socket, "connect").then(() => false),
    once(socket, "error").then(
      () => true,
      () => true,
    ),
  ]).catch(() => true);
  socket.destroy();
  return outcome;
}

describeOnLoops("binding a server", ({ it, run }) => {
  it("makes a protocol for each connection [SRV-01 SRV-14]", () =>
    run(async () => {
      const crowd = new Crowd(ECHO);
      await serving(await listen(crowd.factory, "127.0.0.1", 0), async (server) => {
        assert.ok(server instanceof Server);
        const clients = [];
        for (const text of ["one", "two", "three"]) {
          const client = await connectTo(portOf(server), new Recorder());
          client.transport.write(text);
          await client.untilText(text);
          clients.push(client);
        }
        assert.deepEqual(
          crowd.recorders.map(({ text }) => text),
          ["one", "two", "three"],
        );
        for (const client of clients) await end(client);
      });
    }));

  it("takes all interfaces, with a port for each family, when no host is named [SRV-02]", () =>
    run(async () => {
      for (const host of [null, ""]) {
        await serving(await listen(recorders, host, 0), async (server) => {
          const found = addresses(server);
          const wanted = HAS_IPV6 ? ["0.0.0.0", "::"] : ["0.0.0.0"];
          assert.deepEqual(
            found.map(({ address }) => address),
            wanted,
          );
          assert.equal(new Set(found.map(({ port }) => port)).size, wanted.length);
        });
      }
    }));

  it("takes several hosts, and each only once [SRV-02]", () =>
    run(async () => {
      const hosts = ["127.0.0.1", "127.0.0.2", "127.0.0.1"];
      await serving(await listen(recorders, hosts, 0), async (server) => {
        assert.deepEqual(
          addresses(server).map(({ address }) => address),
          ["127.0.0.1", "127.0.0.2"],
        );
      });
    }));

  it("looks up the name of a host [SRV-02 SRV-03]", () =>
    run(async () => {
      await serving(await listen(recorders, "localhost", 0, { family: 4 }), async (server) => {
        assert.deepEqual(
          addresses(server).map(({ address, family }) => [address, family]),
          [["127.0.0.1", "IPv4"]],
        );
      });
    }));

  it("keeps to one family when it is told to [SRV-03]", () =>
    run(async () => {
      await serving(await listen(recorders, null, 0, { family: 4 }), async (server) => {
        assert.deepEqual(
          addresses(server).map(({ family }) => family),
          ["IPv4"],
        );
      });
      await assert.rejects(listen(recorders, "127.0.0.1", 0, { family: 5 as 4 }), {
        code: "GYRE_OUT_OF_RANGE",
      });
    }));

  it("does not take IPv4 with an IPv6 socket [SRV-04]", { needs: ["sockets"] }, () =>
    run(async () => {
      if (!HAS_IPV6) return;
      await serving(await listen(recorders, "::", 0), async (server) => {
        assert.equal(await refused(portOf(server), "127.0.0.1"), true);
        assert.equal(await refused(portOf(server), "::1"), false);
      });
    }),
  );

  it("leaves out an address that the machine does not have, as long as there is another [SRV-05]", () =>
    run(async () => {
      await serving(await listen(recorders, [ELSEWHERE, "127.0.0.1"], 0), async (server) => {
        assert.deepEqual(
          addresses(server).map(({ address }) => address),
          ["127.0.0.1"],
        );
      });
      const failure = { code: "EADDRNOTAVAIL", syscall: "bind", address: ELSEWHERE };
      await assert.rejects(listen(recorders, ELSEWHERE, 0), failure);
    }));

  it("says which address is taken, and binds none of the others [SRV-05]", () =>
    run(async () => {
      await serving(await listen(recorders, "127.0.0.1", 0), async (first) => {
        const port = portOf(first);
        const failure = { code: "EADDRINUSE", address: "127.0.0.1", port, message: /127\.0\.0\.1:\d+/ };
        await assert.rejects(listen(recorders, "127.0.0.1", port), failure);
        await assert.rejects(listen(recorders, ["127.0.0.2", "127.0.0.1"], port), failure);
        await serving(await listen(recorders, "127.0.0.2", port), async () => undefined);
        await assert.rejects(listen(recorders, "127.0.0.1", port, { startServing: false }), failure);
      });
    }));

  it("says so too when the address is taken between binding and listening [SRV-05 SRV-11]", () =>
    run(async () => {
      const bound = await listen(recorders, "127.0.0.1", 0, { startServing: false });
      const port = portOf(bound);
      await serving(await listen(recorders, "127.0.0.1", port), async () => {
        await assert.rejects(bound.startServing(), { code: "EADDRINUSE", syscall: "listen", port });
        assert.deepEqual([bound.isServing(), bound.sockets], [false, []]);
        await bound.waitClosed();
      });
    }));

  it("refuses connections until it is told to serve [SRV-11 SRV-19 SRV-21]", () =>
    run(async () => {
      const crowd = new Crowd(ECHO);
      await serving(await listen(crowd.factory, "127.0.0.1", 0, { startServing: false }), async (server) => {
        const port = portOf(server);
        assert.equal(server.isServing(), false);
        assert.equal(await refused(port, "127.0.0.1"), true);
        await server.startServing();
        await server.startServing();
        assert.equal(server.isServing(), true);
        assert.equal(portOf(server), port);
        const client = await connectTo(port, new Recorder());
        client.transport.write("served");
        await client.untilText("served");
        await end(client);
      });
    }));

  it("reuses a port at once, and cannot be told not to [SRV-08]", () =>
    run(async () => {
      const crowd = new Crowd();
      const first = await listen(crowd.factory, "127.0.0.1", 0, { reuseAddress: true });
      const port = portOf(first);
      await serving(first, async () => {
        const client = await connectTo(port, new Recorder());
        await crowd.until(() => crowd.made === 1);
        first.closeClients(); // this side closes first, and its socket stays in TIME_WAIT
        await client.untilLost();
      });
      await serving(await listen(crowd.factory, "127.0.0.1", port), async () => undefined);
      await assert.rejects(listen(crowd.factory, "127.0.0.1", 0, { reuseAddress: false }), {
        code: "GYRE_OUT_OF_RANGE",
      });
    }));

  it("shares a port with another server, where the host can do that [SRV-09]", () =>
    run(async () => {
      const crowds = [new Crowd(), new Crowd()] as const;
      const options = { reusePort: true };
      const first = await listen(crowds[0].factory, "127.0.0.1", 0, options).catch((error: unknown) => error);
      if (!(first instanceof Server)) {
        assert.ok(first instanceof Error && "code" in first && first.code === "GYRE_NOT_SUPPORTED");
        return;
      }
      const port = portOf(first);
      await serving(first, async () => {
        await serving(await listen(crowds[1].factory, "127.0.0.1", port, options), async () => {
          let count = 0;
          while (crowds.some(({ made }) => made === 0)) {
            const client = await connectTo(port, new Recorder());
            count++;
            await Promise.race(crowds.map((crowd) => crowd.until(() => sum(crowds) === count)));
            await end(client);
          }
        });
      });
      for (const crowd of crowds) await crowd.until(() => crowd.lost === crowd.made);
    }));

  it("lets the system probe idle connections when it is told to [SRV-10]", { needs: ["sockets"] }, () =>
    run(async () => {
      if (!existsSync("/proc/net/tcp")) return;
      for (const keepAlive of [true, false]) {
        const crowd = new Crowd();
        await serving(await listen(crowd.factory, "127.0.0.1", 0, { keepAlive }), async (server) => {
          await withSocket(portOf(server), async () => {
            await crowd.until(() => crowd.made === 1);
            assert.equal(hasKeepAliveTimer(portOf(server)), keepAlive);
          });
          await crowd.until(() => crowd.lost === 1);
        });
      }
    }),
  );

  it("takes a backlog, also of none [SRV-07]", () =>
    run(async () => {
      for (const backlog of [0, 1, 1000]) {
        const crowd = new Crowd();
        await serving(await listen(crowd.factory, "127.0.0.1", 0, { backlog }), async (server) => {
          await end(await connectTo(portOf(server), new Recorder()));
          await crowd.until(() => crowd.lost === 1);
        });
      }
      for (const backlog of [-1, 1.5]) {
        await assert.rejects(listen(recorders, "127.0.0.1", 0, { backlog }), { code: "GYRE_OUT_OF_RANGE" });
      }
    }));

  it("refuses what makes no sense, before anything is bound [SRV-01]", () =>
    run(async () => {
      const wrong: [unknown[], string][] = [
        [["no function", "127.0.0.1", 0], "GYRE_INVALID_ARGUMENT"],
        [[recorders, 5, 0], "GYRE_INVALID_ARGUMENT"],
        [[recorders, ["127.0.0.1", 5], 0], "GYRE_INVALID_ARGUMENT"],
        [[recorders, "127.0.0.1", {}], "GYRE_INVALID_ARGUMENT"],
        [[recorders, "127.0.0.1", 0, { ssl: true }], "GYRE_INVALID_ARGUMENT"],
        [[recorders, "127.0.0.1", 65_536], "GYRE_OUT_OF_RANGE"],
        [[recorders, [], 0], "GYRE_OUT_OF_RANGE"],
        [[recorders, null, null], "GYRE_OUT_OF_RANGE"],
        [[recorders, "127.0.0.1", 0, { sslHandshakeTimeout: 1000 }], "GYRE_OUT_OF_RANGE"],
        [[recorders, "127.0.0.1", 0, { sslShutdownTimeout: 1000 }], "GYRE_OUT_OF_RANGE"],
        [[recorders, "127.0.0.1", 0, { sock: 0 }], "GYRE_OUT_OF_RANGE"],
      ];
      for (const [args, code] of wrong) {
        await assert.rejects(async () => listen(...(args as unknown as ServerArguments)), { code });
      }
    }));

  it("leaves nothing bound when it is cancelled [SRV-01]", () =>
    run(async () => {
      let port = 0;
      await serving(await listen(recorders, "127.0.0.1", 0), async (server) => {
        port = portOf(server);
      });
      for (const turns of [0, 1]) {
        const task = createTask(() => listen(recorders, ["127.0.0.1", "127.0.0.2"], port));
        for (let turn = 0; turn < turns; turn++) await getRunningLoop().createTask(async () => undefined);
        task.cancel();
        const outcome = await task.catch((error: unknown) => error);
        if (outcome instanceof Server) await serving(outcome, async () => undefined);
        else assert.ok(isCancelled(outcome), String(outcome));
      }
      await serving(await listen(recorders, "127.0.0.1", port), async () => undefined);
    }));
});

function sum(crowds: readonly Crowd[]): number {
  return crowds.reduce((total, { made }) => total + made, 0);
}

/** What the kernel says of the connections that were accepted on a port of 127.0.0.1. */
function hasKeepAliveTimer(port: number): boolean {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const fields = readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  const connection = fields.find(([, address, , state]) => address === local && state === "01");
  assert.ok(connection);
  return connection[5]?.startsWith("02:") === true;
}
