import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import {
  type DatagramProtocol,
  gather,
  getRunningLoop,
  openConnection,
  sleep,
  startServer,
  type StreamWriter,
} from "gyre";
import { type ExplorationError, explore, runVirtual, SimulatedNetwork } from "gyre/testing";
import { guardLeaks } from "../../support/leaks.ts";
import { echo, now, PORT, serve } from "./support.ts";

/** Everything that happens among six hosts whose links are bad, as one text. */
async function trace(seed: number | string, options: Parameters<typeof runVirtual>[1] = {}): Promise<string> {
  const lines: string[] = [];
  const network = new SimulatedNetwork({
    seed,
    latency: 5,
    jitter: 20,
    bandwidth: 100_000,
    loss: 0.2,
    reorder: 0.1,
    duplicate: 0.1,
    onEvent: (event) => void lines.push(String(event)),
  });
  const listening: DatagramProtocol = {
    datagramReceived: (data, { address }) => void lines.push(`${now()} got ${data.toString()} of ${address}`),
  };
  await runVirtual(
    async () => {
      const db = network.host("db");
      const server = await serve(db);
      const localAddr = { address: "0.0.0.0", port: 53 };
      const [receiver] = await db.run(() =>
        getRunningLoop().createDatagramEndpoint(() => listening, { localAddr }),
      );
      const client = (name: string) => async () => {
        const [reader, writer] = await openConnection("db", PORT);
        const remoteAddr = { address: "db", port: 53 };
        const [sender] = await getRunningLoop().createDatagramEndpoint(() => ({}), { remoteAddr });
        for (let round = 0; round < 10; round++) {
          sender.sendto(`${name}${round}`);
          writer.write(`${"x".repeat(100 * round)}\n`);
          lines.push(`${now()} ${name} ${(await reader.readline()).length}`);
        }
        sender.close();
        writer.close();
      };
      await gather(
        ["a", "b", "c", "d", "e"].map((name) => {
          const host = network.host(name);
          return () => host.createTask(client(name));
        }),
      );
      await sleep(1000);
      receiver.close();
      server.close();
      await server.waitClosed();
    },
    { network, ...options },
  );
  return lines.join("\n");
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

describe("the seed of the simulated network", () => {
  guardLeaks();

  it("determines every event, on every host", async () => {
    const first = await trace(1);
    assert.equal(await trace(1), first);
    assert.notEqual(await trace(2), first);
    assert.equal(hash(first), "ee62346fd4a18b78");
  });

  it("is that of the run, if the network has none", async () => {
    const drawn = (seed: number) =>
      runVirtual(
        async () => {
          const network = SimulatedNetwork.running();
          network.set({ jitter: 1000 });
          const server = await serve(network.host("db"));
          const [, writer] = await openConnection("db", PORT);
          writer.close();
          server.close();
          await server.waitClosed();
          return now();
        },
        { seed },
      );
    assert.equal(await drawn(1), await drawn(1));
    assert.notEqual(await drawn(1), await drawn(2));
  });

  it("stays the same under every schedule, which connections keep their order in", () =>
    explore(
      async () => {
        const sum: number[] = [];
        const server = await startServer(
          async (reader, writer) => {
            for await (const line of reader) sum.push(Number(line.toString()));
            writer.close();
          },
          "127.0.0.1",
          PORT,
        );
        const send = (base: number) => async () => {
          const [reader, writer] = await openConnection("127.0.0.1", PORT);
          for (let number = 0; number < 5; number++) {
            writer.write(`${base + number}\n`);
            await sleep(0);
          }
          writer.writeEof();
          await reader.read();
          writer.close();
        };
        await gather([send(0), send(10)]);
        server.close();
        await server.waitClosed();
        const small = sum.filter((number) => number < 10);
        assert.deepEqual(small, [0, 1, 2, 3, 4]);
        assert.equal(sum.length, 10);
      },
      { runs: 300 },
    ).then(({ distinct }) => assert.ok(distinct > 100, String(distinct))));

  it("finds a client that trusts the order of two connections, and replays it", async () => {
    const main = async (): Promise<void> => {
      const came: string[] = [];
      const handler = async (reader: { readline(): PromiseLike<Buffer> }, writer: StreamWriter) => {
        came.push(String(await reader.readline()));
        writer.close();
      };
      const server = await startServer(handler, "127.0.0.1", PORT);
      const one = await openConnection("127.0.0.1", PORT);
      const two = await openConnection("127.0.0.1", PORT);
      one[1].write("one\n");
      two[1].write("two\n");
      await gather([one[0].read(), two[0].read()]);
      one[1].close();
      two[1].close();
      server.close();
      await server.waitClosed();
      if (came[0] !== "one\n") throw new RangeError("two came first");
    };
    const failure = await explore(main, { runs: 300 }).then(
      () => assert.fail("it was not found"),
      (error: ExplorationError) => error,
    );
    assert.ok(failure.cause instanceof RangeError, String(failure));
    await assert.rejects(runVirtual(main, { schedule: failure.schedule }), RangeError);
  });

  it("makes a network for every run of an exploration, and a failure of the network replays", async () => {
    let made = 0;
    const network = () => {
      made++;
      return new SimulatedNetwork({ loss: 0.05 });
    };
    const main = async (): Promise<void> => {
      const events: string[] = [];
      const protocol: DatagramProtocol = { datagramReceived: (data) => void events.push(data.toString()) };
      const db = SimulatedNetwork.running().host("db");
      const loop = getRunningLoop();
      const localAddr = { address: "0.0.0.0", port: 53 };
      const [receiver] = await db.run(() => loop.createDatagramEndpoint(() => protocol, { localAddr }));
      const remoteAddr = { address: "db", port: 53 };
      const [sender] = await loop.createDatagramEndpoint(() => ({}), { remoteAddr });
      sender.sendto("hello");
      await sleep(100);
      sender.close();
      receiver.close();
      if (events.length === 0) throw new RangeError("lost");
    };
    const failure = await explore(main, { runs: 300, network }).then(
      () => assert.fail("it was not found"),
      (error: ExplorationError) => error,
    );
    assert.ok(made > 1);
    assert.match(
      failure.message,
      /Replay it with runVirtual\(main, \{ schedule: \[.*\], seed: "0\/\d+", network \}\)/,
    );
    await assert.rejects(
      runVirtual(main, { schedule: failure.schedule, seed: failure.networkSeed, network }),
      RangeError,
    );
  });

  it("serves for one run only", async () => {
    const network = new SimulatedNetwork();
    await runVirtual(async () => undefined, { network });
    await assert.rejects(
      runVirtual(async () => undefined, { network }),
      { code: "GYRE_NETWORK_IN_USE" },
    );
  });
});

describe("a large simulation", () => {
  guardLeaks();

  it("lets an hour pass for a hundred clients in a moment", async () => {
    const answers = await runVirtual(async () => {
      const network = SimulatedNetwork.running();
      const server = await serve(network.host("db"), echo);
      let count = 0;
      await gather(
        Array.from({ length: 100 }, (_, index) => async () => {
          const [reader, writer] = await openConnection("db", PORT);
          for (let minute = 0; minute < 60; minute++) {
            writer.write(`${index}\n`);
            await reader.readline();
            count++;
            await sleep(60_000);
          }
          writer.close();
        }),
      );
      server.close();
      await server.waitClosed();
      return count;
    });
    assert.equal(answers, 6000);
  });
});
