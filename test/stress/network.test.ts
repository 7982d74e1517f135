import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { createTask, getRunningLoop, sleep } from "gyre";
import { Recorder, portOf } from "../conformance/network/recording.ts";
import { Crowd, ECHO, listen, serving } from "../conformance/network/servers-support.ts";
import { describeOnLoops } from "../support/loops.ts";

const CONNECTIONS = 5000;
const WORKERS = 100; // connections that are being made at the same time
const SPARE = 200; // descriptors for everything else

/** How many descriptors a process may have. */
function descriptorLimit(): number {
  const limit = execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).trim();
  return limit === "unlimited" ? Number.POSITIVE_INFINITY : Number(limit);
}

function descriptors(): number {
  return process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0;
}

/** How many there are once the host has opened what it keeps for its first server. */
async function descriptorsOfAServer(): Promise<number> {
  await serving(await listen(() => new Recorder(), "127.0.0.1", 0), async () => undefined);
  await sleep(10);
  return descriptors();
}

describeOnLoops("very many connections", ({ it, run }) => {
  it("are open at once, all answer, and leave nothing behind [SRV-01 SRV-15 SRV-22 CONN-01]", () =>
    run(async () => {
      if (descriptorLimit() < 2 * CONNECTIONS + SPARE) {
        console.log(`skipped: ulimit -n is ${descriptorLimit()}, and ${2 * CONNECTIONS + SPARE} are needed`);
        return;
      }
      const before = await descriptorsOfAServer();
      const crowd = new Crowd(ECHO);
      const clients: Recorder[] = [];
      await serving(await listen(crowd.factory, "127.0.0.1", 0), async (server) => {
        const port = portOf(server);
        const workers = Array.from({ length: WORKERS }, (_, worker) =>
          createTask(async () => {
            for (let index = worker; index < CONNECTIONS; index += WORKERS) {
              const client = new Recorder();
              await getRunningLoop().createConnection(() => client, "127.0.0.1", port);
              clients.push(client);
              client.transport.write("accepted?"); // the host accepts one connection between two polls
              await client.untilText("accepted?");
            }
          }),
        );
        for (const worker of workers) await worker;
        assert.equal(server.statistics().connections, CONNECTIONS);
        for (const client of clients) client.transport.write(" yes");
        for (const client of clients) await client.untilText("accepted? yes");
        for (const client of clients) client.transport.close();
        for (const client of clients) await client.untilLost();
        server.close();
        await server.waitClosed();
        assert.equal(crowd.lost, CONNECTIONS);
      });
      while (descriptors() > before) await sleep(10);
      assert.equal(descriptors(), before);
    }));

  it("come and go, a thousand after each other, and leave nothing behind [SRV-01 SRV-27]", () =>
    run(async () => {
      const before = await descriptorsOfAServer();
      const crowd = new Crowd(ECHO);
      await serving(await listen(crowd.factory, "127.0.0.1", 0), async (server) => {
        for (let index = 0; index < 1000; index++) {
          const client = new Recorder();
          await getRunningLoop().createConnection(() => client, "127.0.0.1", portOf(server));
          client.transport.write("hello");
          await client.untilText("hello");
          client.transport[index % 2 === 0 ? "close" : "abort"]();
          await client.untilLost();
        }
        await crowd.until(() => crowd.lost === 1000);
        assert.equal(server.statistics().connections, 0);
      });
      while (descriptors() > before) await sleep(10);
      assert.equal(descriptors(), before);
    }));
});
