import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type DatagramTransport, getRunningLoop, run, sleep } from "gyre";
import { LinkedDatagramTransport } from "#gyre/net/datagrams/datagram-transport.js";
import { DATAGRAM_OVERHEAD, type DatagramLink, type DatagramReceiver } from "#gyre/net/driver.js";
import { guardLeaks } from "../../support/leaks.ts";

const HERE = { address: "127.0.0.1", port: 9, family: "IPv4" } as const;
const BUSY = 2000; // datagrams of a kilobyte, more than are kept

/** A link that sends when it is told to. */
class Reluctant implements DatagramLink {
  readonly peer = null;
  readonly sent: string[] = [];
  destroyed = false;
  receiver: DatagramReceiver | null = null;
  #queue: Uint8Array[] = [];
  #onFlushed: (() => void) | null = null;

  attach(receiver: DatagramReceiver): void {
    this.receiver = receiver;
  }

  send(data: Uint8Array): void {
    this.#queue.push(data);
  }

  get pending(): number {
    return this.#queue.reduce((sum, { length }) => sum + length + DATAGRAM_OVERHEAD, 0);
  }

  flush(onFlushed: () => void): void {
    this.#onFlushed = onFlushed;
    if (this.#queue.length === 0) onFlushed();
  }

  destroy(): void {
    this.destroyed = true;
  }

  info(): unknown {
    return undefined;
  }

  release(count: number): void {
    for (const data of this.#queue.splice(0, count)) this.sent.push(Buffer.from(data).toString());
    this.receiver?.flushed();
    if (this.#queue.length === 0) this.#onFlushed?.();
  }
}

interface Scene {
  readonly link: Reluctant;
  readonly transport: DatagramTransport;
  readonly events: string[];
}

async function play(body: (scene: Scene) => Promise<void>): Promise<void> {
  await run(async () => {
    const link = new Reluctant();
    const events: string[] = [];
    const protocol = {
      pauseWriting: () => void events.push("pause"),
      resumeWriting: () => void events.push("resume"),
      datagramReceived: (data: Buffer) => void events.push(`got ${data.length}`),
      errorReceived: ({ message }: Error) => void events.push(`error ${message}`),
      connectionLost: (error: Error | null) => void events.push(`lost ${error?.message ?? "null"}`),
    };
    const transport = new LinkedDatagramTransport(getRunningLoop(), link, protocol);
    await transport.start();
    await body({ link, transport, events });
    transport.abort();
    assert.ok(link.destroyed);
  });
}

describe("a datagram transport whose link is slow", () => {
  guardLeaks();

  it("counts eight bytes for each datagram, also when they go [DG-09]", () =>
    play(async ({ link, transport }) => {
      for (const text of ["", "four", ""]) transport.sendto(text, HERE);
      assert.equal(transport.getWriteBufferSize(), 28);
      link.release(1);
      assert.equal(transport.getWriteBufferSize(), 20);
      link.release(2);
      assert.equal(transport.getWriteBufferSize(), 0);
    }));

  it("pauses its protocol and resumes it, strictly in turns [DG-09]", () =>
    play(async ({ link, transport, events }) => {
      transport.setWriteBufferLimits({ high: 40, low: 20 });
      for (let count = 0; count < 5; count++) transport.sendto("12", HERE);
      assert.deepEqual(events, ["pause"]);
      assert.equal(transport.statistics().writingPaused, true);
      link.release(2);
      await sleep(0);
      assert.deepEqual(events, ["pause"]);
      link.release(1);
      await sleep(0);
      assert.deepEqual(events, ["pause", "resume"]);
      for (let count = 0; count < 5; count++) transport.sendto("", HERE);
      assert.deepEqual(events, ["pause", "resume", "pause"]);
    }));

  it("goes on sending while it closes, until nothing is queued [DG-08]", () =>
    play(async ({ link, transport, events }) => {
      transport.sendto("one", HERE);
      transport.close();
      transport.sendto("two", HERE);
      await sleep(0);
      assert.equal(transport.isClosing(), true);
      assert.deepEqual(events, []);
      link.release(2);
      transport.sendto("three", HERE);
      await sleep(0);
      assert.deepEqual(link.sent, ["one", "two"]);
      assert.deepEqual(events, ["lost null"]);
    }));

  it("loses what is queued with abort [DG-08]", () =>
    play(async ({ link, transport, events }) => {
      transport.sendto("one", HERE);
      transport.abort();
      await sleep(0);
      assert.deepEqual(events, ["lost null"]);
      assert.deepEqual(link.sent, []);
      assert.equal(transport.getWriteBufferSize(), 0);
    }));

  it("delivers in order what came while the loop was busy, and drops what is too much [DG-01]", () =>
    play(async ({ link, transport, events }) => {
      getRunningLoop().callSoon(() => undefined);
      for (let count = 0; count < BUSY; count++) link.receiver?.received(Buffer.alloc(1024), HERE);
      link.receiver?.troubled(new Error("after that"));
      assert.deepEqual(events, []);
      await sleep(0);
      const { datagramsReceived, datagramsDropped } = transport.statistics();
      assert.equal(datagramsReceived + datagramsDropped, BUSY);
      assert.ok(datagramsReceived > BUSY / 4);
      assert.ok(datagramsDropped > 0);
      assert.equal(events.length, datagramsReceived + 1);
      assert.equal(events.at(-1), "error after that");
      link.receiver?.received(Buffer.alloc(5), HERE);
      await sleep(0);
      assert.equal(events.at(-1), "got 5");
    }));

  it("ends with the error of its socket [DG-01]", () =>
    play(async ({ link, transport, events }) => {
      link.receiver?.failed(new Error("unplugged"));
      transport.close();
      await sleep(0);
      assert.deepEqual(events, ["lost unplugged"]);
    }));
});
