import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type DatagramProtocol, type DatagramTransport, getRunningLoop, sleep } from "gyre";
import { runVirtual, type SimulatedHost, SimulatedNetwork } from "gyre/testing";
import { guardLeaks } from "../../support/leaks.ts";
import { now } from "./support.ts";

class Recorder implements DatagramProtocol {
  readonly events: string[] = [];

  datagramReceived(data: Buffer): void {
    this.events.push(`${now()} ${data.toString()}`);
  }

  errorReceived(error: Error): void {
    this.events.push(`${now()} ${"code" in error ? String(error.code) : error.message}`);
  }
}

type Options = NonNullable<ConstructorParameters<typeof SimulatedNetwork>[0]>;

interface Scene {
  readonly network: SimulatedNetwork;
  readonly db: SimulatedHost;
  readonly transport: DatagramTransport;
  readonly client: Recorder;
  readonly events: string[];
}

const open = (options: Parameters<ReturnType<typeof getRunningLoop>["createDatagramEndpoint"]>[1]) =>
  getRunningLoop().createDatagramEndpoint(() => new Recorder(), options);

/** Runs body with a client that is connected to the host "db", and gives what came there. */
async function withPair(options: Options, body: (scene: Scene) => Promise<void>): Promise<string[]> {
  const network = new SimulatedNetwork(options);
  return runVirtual(
    async () => {
      const db = network.host("db");
      const [receiver, { events }] = await db.run(() =>
        open({ localAddr: { address: "0.0.0.0", port: 53 } }),
      );
      const [transport, client] = await open({ remoteAddr: { address: "db", port: 53 } });
      await body({ network, db, transport, client, events });
      await sleep(10_000);
      receiver.close();
      transport.close();
      await sleep(0);
      return events;
    },
    { network },
  );
}

const numbers = (events: readonly string[]): number[] => events.map((event) => Number(event.split(" ")[1]));

async function sendHundred({ transport }: Scene): Promise<void> {
  for (let number = 0; number < 100; number++) {
    transport.sendto(String(number));
    await sleep(1);
  }
}

describe("datagrams of the simulated network", () => {
  guardLeaks();

  it("arrive once, in order, and after the latency", async () => {
    const events = await withPair({ latency: 7 }, sendHundred);
    assert.deepEqual(
      events,
      Array.from({ length: 100 }, (_, number) => `${number + 7} ${number}`),
    );
  });

  it("keep their order although each takes its own time", async () => {
    const events = await withPair({ latency: 5, jitter: 50 }, sendHundred);
    assert.deepEqual(
      numbers(events),
      Array.from({ length: 100 }, (_, number) => number),
    );
  });

  it("get lost, come twice and overtake each other as likely as the test wants", async () => {
    const lost = numbers(await withPair({ loss: 0.3 }, sendHundred));
    assert.ok(lost.length > 55 && lost.length < 85, String(lost.length));
    const twice = numbers(await withPair({ duplicate: 0.5 }, sendHundred));
    assert.ok(twice.length > 130 && twice.length < 170, String(twice.length));
    const reordered = numbers(await withPair({ latency: 10, reorder: 0.2 }, sendHundred));
    assert.equal(reordered.length, 100);
    assert.notDeepEqual(
      reordered,
      reordered.toSorted((a, b) => a - b),
    );
  });

  it("are lost in a partition, and counted", async () => {
    const events = await withPair({}, async ({ network, transport }) => {
      network.partition("main", "db");
      transport.sendto("lost");
      await sleep(100);
      network.heal();
      transport.sendto("found");
      assert.equal(network.statistics().datagramsSent, 2);
      assert.equal(network.statistics().datagramsLost, 1);
    });
    assert.deepEqual(events, ["101 found"]);
  });

  it("take turns on a slow link", async () => {
    const events = await withPair({ latency: 10, bandwidth: 1000 }, async ({ transport }) => {
      for (const text of ["a", "b", "c"]) transport.sendto(text.repeat(100));
    });
    assert.deepEqual(
      events.map((event) => event.slice(0, 5)),
      ["110 a", "210 b", "310 c"],
    );
  });

  it("are refused when nobody listens, which only connected sockets hear of", () =>
    withPair({ latency: 10 }, async ({ network, transport, client }) => {
      network.host("web");
      const [stranger, other] = await open({ remoteAddr: { address: "web", port: 1 } });
      stranger.sendto("hello?");
      const [loose, third] = await open({ family: 4 });
      loose.sendto("hello?", { address: "web", port: 1 });
      await sleep(100);
      assert.deepEqual(other.events, ["20 ECONNREFUSED"]);
      assert.deepEqual(third.events, []);
      transport.sendto(Buffer.alloc(65_508));
      await sleep(1);
      assert.deepEqual(client.events, ["100 EMSGSIZE"]);
      loose.sendto("all", { address: "224.0.0.1", port: 1 });
      await sleep(1);
      assert.deepEqual(third.events, ["101 GYRE_NOT_SUPPORTED"]);
      stranger.close();
      loose.close();
    }).then((events) => assert.deepEqual(events, [])));

  it("come from the peer alone, where there is one", () =>
    withPair({}, async ({ network, transport, client }) => {
      const { port } = transport.getExtraInfo("sockname") as { port: number };
      const [stranger] = await network.host("web").run(() => open({ family: 4 }));
      stranger.sendto("psst", { address: "main", port });
      await sleep(10);
      assert.deepEqual(client.events, []);
      stranger.close();
    }).then((events) => assert.deepEqual(events, [])));
});
