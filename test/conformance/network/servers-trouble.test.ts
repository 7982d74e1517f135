import assert from "node:assert/strict";
import { createTask, sleep, type Transport } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { collectReports } from "../support/reports.ts";
import { withSocket } from "./peers.ts";
import { connectTo, end, portOf, Recorder } from "./recording.ts";
import { Crowd, ECHO, listen, serving } from "./servers-support.ts";

describeOnLoops("a server that is in trouble", ({ it, run }) => {
  it("drops a connection whose protocol cannot be made, and says so only in debug mode [SRV-13]", () =>
    run(async (main) => {
      const loop = main.getLoop();
      for (const debug of [false, true]) {
        const reports = collectReports(loop);
        loop.setDebug(debug);
        const crowd = new Crowd(ECHO);
        let count = 0;
        const factory = () => {
          if (count++ === 0) throw new RangeError("not today");
          return crowd.factory();
        };
        await serving(await listen(factory, "127.0.0.1", 0), async (server) => {
          const refused = await connectTo(portOf(server), new Recorder());
          await refused.untilLost();
          const welcome = await connectTo(portOf(server), new Recorder());
          welcome.transport.write("hello");
          await welcome.untilText("hello");
          await end(welcome);
        });
        assert.deepEqual(
          reports.map(({ exception }) => String(exception)),
          debug ? ["RangeError: not today"] : [],
        );
      }
    }));

  it(
    "survives connections that are reset before anybody has looked at them [SRV-12 SRV-13]",
    { needs: ["sockets"] },
    () =>
      run(async () => {
        const reports = collectReports();
        const crowd = new Crowd();
        await serving(await listen(crowd.factory, "127.0.0.1", 0), async (server) => {
          for (let index = 0; index < 20; index++)
            await withSocket(portOf(server), async (socket) => void socket.resetAndDestroy());
          const client = await connectTo(portOf(server), new Recorder());
          await crowd.until(() => crowd.recorders.length === 21 && crowd.lost === 20);
          for (const { events } of crowd.recorders.slice(0, 20)) assert.equal(events[0], "made");
          await end(client);
          await crowd.until(() => crowd.lost === 21);
        });
        assert.deepEqual(reports, []);
      }),
  );

  it("lets a protocol close or abort its connection as it is made [SRV-01 PR-02]", () =>
    run(async () => {
      for (const how of ["close", "abort"] as const) {
        const crowd = new Crowd({ connectionMade: ({ transport }) => transport[how]() });
        await serving(await listen(crowd.factory, "127.0.0.1", 0), async (server) => {
          const client = await connectTo(portOf(server), new Recorder());
          await client.untilLost();
          await crowd.until(() => crowd.lost === 1);
          assert.deepEqual(crowd.recorders[0]?.events, ["made", "lost null"]);
          assert.equal(server.statistics().connections, 0);
        });
      }
    }));

  it("can be closed while connections come, and drops those that are too late [SRV-15]", () =>
    run(async () => {
      const lost: Promise<void>[] = [];
      const crowd = new Crowd();
      const server = await listen(crowd.factory, "127.0.0.1", 0);
      const port = portOf(server);
      const attempts = Array.from({ length: 20 }, () =>
        createTask(async () => {
          const client = await connectTo(port, new Recorder());
          lost.push(client.untilLost());
        }),
      );
      await crowd.until(() => crowd.made > 0);
      server.close();
      const made = crowd.made;
      for (const attempt of attempts) await attempt.catch(() => undefined); // refused or reset
      for (let turn = 0; turn < 5; turn++) await sleep(0);
      assert.equal(crowd.made, made);
      server.closeClients();
      await server.waitClosed();
      await Promise.all(lost);
    }));

  it("gives up its connections when the loop ends without it [SRV-15]", async () => {
    const transports: Transport[] = [];
    await run(async () => {
      const server = await listen(() => new Recorder(), "127.0.0.1", 0);
      const client = await connectTo(portOf(server), new Recorder());
      transports.push(client.transport);
      server.close(); // what is open is being closed: no warning
      server.closeClients();
      client.transport.close();
    });
    assert.equal(transports[0]?.isClosing(), true);
  });
});
