/** Protocols with memory of their own, on many connections that have data at once. */
import assert from "node:assert/strict";
import type { BufferedProtocol, Transport } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { content, untilLength, untilReceived } from "./crowd.ts";
import { connectTo, end, Recorder, withServer } from "./recording.ts";

const MANY = 20;
const SIZES = [1, 100, 3000, 3001, 5000, 20_000, 50_000, 7, 4096];
const ROOM = 3000; // bytes

/** Echoes what comes, out of memory that is used again at once. */
class Echo implements BufferedProtocol {
  readonly #memory = Buffer.alloc(ROOM);
  readonly #before: (self: Echo) => void;
  transport: Transport | null = null;
  received = 0;
  lost = 0;

  /** @param before - called before it echoes */
  constructor(before: (self: Echo) => void) {
    this.#before = before;
  }

  connectionMade(transport: Transport): void {
    this.transport = transport;
  }

  getBuffer(): Uint8Array {
    return this.#memory;
  }

  bufferUpdated(count: number): void {
    this.received += count;
    this.#before(this);
    this.transport?.write(Buffer.from(this.#memory.subarray(0, count)));
    this.#memory.fill("!");
  }

  connectionLost(): void {
    this.lost++;
  }
}

/** So many clients of buffered servers. */
async function withEchoes(
  before: (self: Echo, all: readonly Echo[]) => void,
  body: (clients: readonly Recorder[], echoes: readonly Echo[]) => Promise<void>,
): Promise<void> {
  const echoes: Echo[] = [];
  const accept = (): Echo => {
    const echo = new Echo((self) => before(self, echoes));
    echoes.push(echo);
    return echo;
  };
  await withServer(accept, async (port) => {
    const clients: Recorder[] = [];
    try {
      for (let index = 0; index < MANY; index++) clients.push(await connectTo(port, new Recorder()));
      await body(clients, echoes);
    } finally {
      for (const client of clients) await end(client);
    }
  });
}

/** Each client sends something of each size, and has all of it come back, in order. */
async function exchange(clients: readonly Recorder[]): Promise<void> {
  let length = 0;
  for (const [round, size] of SIZES.entries()) {
    for (const [index, { transport }] of clients.entries()) transport.write(content(index + round, size));
    length += size;
    await untilLength(clients, length);
  }
  await untilReceived(clients, (index) => SIZES.map((size, round) => content(index + round, size)));
}

describeOnLoops("buffered protocols of many that have data at once", ({ it, run }) => {
  it("get all in order, and answer in order [PR-03]", () => run(() => withEchoes(() => undefined, exchange)));

  it("may pause and resume each other, and lose nothing [PR-03 TR-03]", () =>
    run(() =>
      withEchoes((_self, all) => {
        for (const { transport } of all) transport?.pauseReading();
        for (const { transport } of all) transport?.resumeReading();
      }, exchange),
    ));

  it("get nothing after one of them has aborted the others [PR-03 TR-07]", () =>
    run(() => {
      let chosen: Echo | null = null;
      return withEchoes(
        (self, all) => {
          if (chosen !== null) return;
          chosen = self;
          for (const other of all) if (other !== self) other.transport?.abort();
        },
        async (clients, echoes) => {
          for (const size of [2000, 10_000])
            for (const { transport } of clients) transport.write(content(1, size));
          for (const client of clients)
            await client.until(() => client.lost || client.receivedLength === 12_000);
          assert.equal(echoes.filter(({ received }) => received > 0).length, 1);
          assert.equal(echoes.filter(({ lost }) => lost === 1).length, MANY - 1);
        },
      );
    }));
});
