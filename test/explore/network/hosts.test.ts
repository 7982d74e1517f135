import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  createTask,
  getRunningLoop,
  isCancelled,
  openConnection,
  SOCK_STREAM,
  sleep,
  startServer,
  waitFor,
} from "gyre";
import { runVirtual, SimulatedNetwork } from "gyre/testing";
import { guardLeaks } from "../../support/leaks.ts";
import { echo, failure, now, PORT, serve, withServer } from "./support.ts";

describe("a partition of the simulated network", () => {
  guardLeaks();

  it("holds what connections send, until it is healed", () =>
    withServer({ latency: 10 }, async ({ network, reader, writer }) => {
      network.partition("main", "db");
      writer.write("one\n");
      await sleep(60_000);
      writer.write("two\n");
      const answer = reader.readexactly(8);
      await assert.rejects(
        waitFor(
          sleep(1000).then(() => answer),
          2000,
        ),
        { code: "GYRE_TIMEOUT" },
      );
      network.heal();
      const healed = now();
      assert.equal(String(await reader.readexactly(8)), "one\ntwo\n");
      assert.equal(now(), healed + 20);
    }));

  it("leaves idle connections alone, for days", () =>
    withServer({}, async ({ network, reader, writer }) => {
      network.partition(["main"], ["db"]);
      await sleep(86_400_000);
      network.heal();
      writer.write("still here\n");
      assert.equal(String(await reader.readline()), "still here\n");
    }));

  it("can be in one direction only", () =>
    withServer({ latency: 10 }, async ({ network, reader, writer }) => {
      network.partition("db", "main", { oneWay: true });
      writer.write("hello\n");
      await sleep(1000);
      network.path("db", "main").heal();
      assert.equal(String(await reader.readline()), "hello\n");
      assert.equal(now(), 20 + 1000 + 10);
    }));

  it("lets connections fail whose bytes do not get through", () =>
    withServer({ latency: 10, retransmissionTimeout: 30_000 }, async ({ network, reader, writer }) => {
      network.partition("main", "db");
      writer.write("hello\n");
      assert.deepEqual(await failure(reader.readline()), ["ETIMEDOUT", 20 + 30_000]);
      network.heal();
    }));

  it("makes connecting wait, and fail in the end", async () => {
    const network = new SimulatedNetwork({ latency: 10, connectTimeout: 10_000 });
    await runVirtual(
      async () => {
        const server = await serve(network.host("db"));
        network.partition("main", "db");
        const connecting = createTask(() => openConnection("db", PORT));
        await sleep(5000);
        network.heal();
        const [, writer] = await connecting;
        assert.equal(now(), 5020);
        writer.close();
        network.partition("main", "db");
        assert.deepEqual(await failure(openConnection("db", PORT)), ["ETIMEDOUT", 15_020]);
        network.heal();
        server.close();
        await server.waitClosed();
      },
      { network },
    );
  });

  it("names the hosts that it knows", () => {
    const network = new SimulatedNetwork();
    network.host("db");
    assert.throws(() => network.partition("db", "cache"), /Known: main, db/);
  });
});

describe("a simulated host", () => {
  guardLeaks();

  it("is inherited by tasks, and by the handlers of its servers", () =>
    runVirtual(async () => {
      const network = SimulatedNetwork.running();
      const [web, db] = [network.host("web"), network.host("db", { address: "10.1.2.3" })];
      const database = await serve(db, (_reader, writer) => {
        writer.write((writer.getExtraInfo("peername") as { address: string }).address);
        writer.close();
      });
      const server = await serve(web, async (_reader, writer) => {
        const [reader, upstream] = await openConnection("db", PORT);
        writer.write(await reader.read());
        upstream.close();
        writer.close();
      });
      const [reader, writer] = await openConnection("web", PORT);
      assert.equal(String(await reader.read()), web.address);
      writer.close();
      const asked = await web.createTask(async () => {
        const [answer, connection] = await openConnection("db", PORT);
        const text = String(await answer.read());
        connection.close();
        return text;
      });
      assert.equal(asked, web.address);
      assert.equal(db.address, "10.1.2.3");
      for (const one of [server, database]) {
        one.close();
        await one.waitClosed();
      }
    }));

  it("loses its tasks, servers and connections when it crashes, and tells its peers", () =>
    withServer({ latency: 10 }, async ({ db, reader, writer }) => {
      writer.write("hello\n");
      await reader.readline();
      const task = db.createTask(() => sleep(1_000_000));
      await sleep(10);
      db.crash();
      assert.deepEqual(await failure(reader.readline()), ["ECONNRESET", 60]);
      assert.ok(isCancelled(await Promise.resolve(task).catch((error: unknown) => error)));
      assert.deepEqual(await failure(openConnection("db", PORT)), ["ECONNREFUSED", 80]);
      assert.equal((await failure(db.run(() => openConnection("main", 1))))[0], "ENETDOWN");
      assert.equal(db.up, false);
      db.restart();
      const again = await serve(db);
      const [, second] = await openConnection("db", PORT);
      second.close();
      again.close();
      await again.waitClosed();
    }));

  it("says nothing when its power fails, and resets old connections when it is back", () =>
    withServer({ latency: 10, connectTimeout: 100 }, async ({ db, reader, writer }) => {
      await sleep(80);
      db.crash({ silently: true });
      writer.write("hello\n");
      assert.deepEqual(await failure(openConnection("db", PORT)), ["ETIMEDOUT", 200]);
      await sleep(800);
      db.restart();
      assert.deepEqual(await failure(reader.readline()), ["ECONNRESET", 1020]);
    }));
});

describe("names of the simulated network", () => {
  guardLeaks();

  it("lead to hosts and to what the test says, after the time of a look-up", () => {
    const network = new SimulatedNetwork({ lookupLatency: 30 });
    return runVirtual(
      async () => {
        const loop = getRunningLoop();
        network.host("db", { addresses: ["10.0.0.9", "fd00::9"] });
        const ask = async (name: string, options = {}) =>
          (await loop.getaddrinfo(name, 80, { type: SOCK_STREAM, ...options })).map(({ address }) => address);
        assert.deepEqual(await ask("DB"), ["10.0.0.9", "fd00::9"]);
        assert.equal(now(), 30);
        assert.deepEqual(await ask("db", { family: 6 }), ["fd00::9"]);
        assert.deepEqual(await ask("localhost"), ["127.0.0.1"]);
        assert.deepEqual(await failure(loop.getaddrinfo("nope", 80)), ["ENOTFOUND", 120]);
        network.setName("api", ["10.0.0.1", "10.0.0.2"], { rotate: true });
        assert.deepEqual(
          [await ask("api"), await ask("api")].join(" "),
          "10.0.0.1,10.0.0.2 10.0.0.2,10.0.0.1",
        );
        assert.deepEqual(await loop.getnameinfo({ address: "fd00::9", port: 80 }), ["db", "http"]);
        network.setName("api", null);
        assert.equal((await failure(loop.getaddrinfo("api", 80)))[0], "ENOTFOUND");
        assert.deepEqual([...network.names.keys()], ["localhost", "main", "db"]);
      },
      { network },
    );
  });

  it("let the addresses race, on a happy eyeball", () => {
    const network = new SimulatedNetwork({ latency: 10 });
    return runVirtual(
      async () => {
        const db = network.host("db");
        const server = await db.run(() => startServer(echo, "0.0.0.0", PORT));
        network.setName("service", ["fd00::dead", db.address]);
        network.host("lonely", { addresses: ["fd00::1"] });
        const [, writer] = await network
          .host("client", { addresses: ["10.0.0.77", "fd00::77"] })
          .run(() => openConnection("service", PORT, { happyEyeballsDelay: 250 }));
        assert.equal(now(), 250 + 20);
        writer.close();
        server.close();
        await server.waitClosed();
      },
      { network },
    );
  });

  it("refuse addresses that are none, or somebody else's", () => {
    const network = new SimulatedNetwork();
    network.host("db", { address: "10.0.0.5" });
    assert.throws(() => network.host("db2", { address: "10.0.0.5" }), { code: "GYRE_OUT_OF_RANGE" });
    assert.throws(() => network.host("db2", { address: "db" }), { code: "GYRE_OUT_OF_RANGE" });
    assert.throws(() => network.host("db", { address: "10.0.0.6" }), { code: "GYRE_OUT_OF_RANGE" });
    assert.throws(() => new SimulatedNetwork({ loss: 2 }), { code: "GYRE_OUT_OF_RANGE" });
    assert.throws(() => network.link("main", "db").set({ latency: -1 }), { code: "GYRE_OUT_OF_RANGE" });
  });
});
