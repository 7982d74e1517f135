import assert from "node:assert/strict";
import { createTask, gather, isCancelled, type Protocol, type Transport } from "gyre";
import { memoryStreamPair, memoryTransportPair, waitAllTasksBlocked } from "gyre/testing";
import { describeOnBoth } from "./support.ts";

/** Writes down what happens to it. */
class Recorder implements Protocol {
  readonly log: string[];
  readonly #name: string;
  transport: Transport | null = null;
  /** What `eofReceived` answers. */
  keepsOpen = false;

  constructor(name: string, log: string[] = []) {
    this.#name = name;
    this.log = log;
  }

  connectionMade(transport: Transport): void {
    this.transport = transport;
    this.log.push(`${this.#name} made`);
  }
  dataReceived(data: Buffer): void {
    this.log.push(`${this.#name} data ${String(data)}`);
  }
  eofReceived(): boolean {
    this.log.push(`${this.#name} eof`);
    return this.keepsOpen;
  }
  connectionLost(error: (Error & { code?: string }) | null): void {
    this.log.push(`${this.#name} lost ${error?.code ?? "null"}`);
  }
  pauseWriting(): void {
    this.log.push(`${this.#name} pause`);
  }
  resumeWriting(): void {
    this.log.push(`${this.#name} resume`);
  }
}

describeOnBoth("memoryStreamPair", ({ test }) => {
  test("connects two pairs, both ways", async () => {
    await using pair = streams();
    const [[reader, writer], [peerReader, peerWriter]] = pair;
    writer.write("ping\n");
    assert.equal(String(await peerReader.readline()), "ping\n");
    peerWriter.writelines(["po", "ng\n"]);
    assert.equal(String(await reader.readline()), "pong\n");
  });

  test("ends one direction alone", async () => {
    await using pair = streams();
    const [[reader, writer], [peerReader, peerWriter]] = pair;
    writer.write("request");
    writer.writeEof();
    assert.equal(String(await peerReader.read()), "request");
    peerWriter.write("answer");
    peerWriter.close();
    assert.equal(String(await reader.read()), "answer");
  });

  test("makes drain() wait while the other end does not read, and loses nothing", async () => {
    await using pair = streams({ capacity: 1000, limit: 1000 });
    const [[, writer], [peerReader]] = pair;
    const sent = Buffer.alloc(200_000, "abcdefghij");
    const drained: number[] = [];
    const sending = createTask(async () => {
      for (let offset = 0; offset < sent.length; offset += 10_000) {
        writer.write(sent.subarray(offset, offset + 10_000));
        await writer.drain();
        drained.push(offset);
      }
      writer.writeEof();
    });
    await waitAllTasksBlocked();
    assert.equal(sending.done(), false);
    assert.ok(drained.length > 0 && drained.length < 10, `${drained.length} writes went through`);
    assert.deepEqual(await peerReader.read(), sent);
    await sending;
  });

  test("keeps what the writer's memory held at the time", async () => {
    await using pair = streams();
    const [[, writer], [peerReader]] = pair;
    const memory = Buffer.from("before");
    writer.write(memory);
    await writer.drain();
    memory.fill("x");
    writer.writeEof();
    assert.equal(String(await peerReader.read()), "before");
  });

  test("gives the other end a reset when it is aborted, and waitClosed() fails there", async () => {
    const [[, writer], [peerReader, peerWriter]] = memoryStreamPair();
    const reading = createTask(() => peerReader.read());
    await waitAllTasksBlocked();
    writer.transport.abort();
    await assert.rejects(reading, { code: "ECONNRESET" });
    await assert.rejects(peerWriter.waitClosed(), { code: "ECONNRESET" });
    await writer.waitClosed();
  });

  test("fails a write to an end that is closed", async () => {
    const [[, writer], [, peerWriter]] = memoryStreamPair();
    peerWriter.close();
    await peerWriter.waitClosed();
    writer.write("too late");
    await assert.rejects(writer.waitClosed(), { code: "EPIPE" });
  });

  test("sends what is buffered before it closes", async () => {
    await using pair = streams({ capacity: 10 });
    const [[, writer], [peerReader]] = pair;
    writer.write("x".repeat(100));
    writer.close();
    assert.equal((await peerReader.read()).length, 100);
    await writer.waitClosed();
  });

  test("fails to close when the other end goes with bytes on their way", async () => {
    const [[, writer], [, peerWriter]] = memoryStreamPair({ capacity: 10 });
    peerWriter.transport.pauseReading();
    await waitAllTasksBlocked();
    writer.write("x".repeat(100));
    writer.close();
    await waitAllTasksBlocked();
    peerWriter.close();
    await assert.rejects(writer.waitClosed(), { code: "EPIPE" });
  });

  test("leaves what a cancelled read did not take", async () => {
    await using pair = streams();
    const [[, writer], [peerReader]] = pair;
    const reading = createTask(() => peerReader.readexactly(10));
    writer.write("12345");
    await waitAllTasksBlocked();
    reading.cancel();
    await assert.rejects(reading, isCancelled);
    writer.write("67890");
    assert.equal(String(await peerReader.readexactly(10)), "1234567890");
  });

  test("has no address and no TLS, and says so", async () => {
    await using pair = streams();
    const [[, writer]] = pair;
    assert.equal(writer.getExtraInfo("peername"), null);
    assert.match(String(writer.transport), /<Transport memory open/);
    await assert.rejects(writer.startTls(true), { code: "GYRE_INVALID_ARGUMENT", message: /a socket/ });
  });

  test("refuses wrong options", async () => {
    for (const options of [{ limit: "1" }, { capacity: "1" }])
      assert.throws(() => memoryStreamPair(options as never), { code: "GYRE_INVALID_ARGUMENT" });
    for (const options of [{ limit: 0 }, { capacity: 0 }, { capacity: Number.NaN }])
      assert.throws(() => memoryStreamPair(options), { code: "GYRE_OUT_OF_RANGE" });
  });
});

describeOnBoth("memoryTransportPair", ({ test }) => {
  test("tells nothing from within a call, and everything in order", async () => {
    const log: string[] = [];
    const [a, b] = [new Recorder("a", log), new Recorder("b", log)];
    const [transport, peer] = memoryTransportPair(a, b);
    transport.write("1");
    assert.equal(log.length, 0);
    await waitAllTasksBlocked();
    assert.deepEqual(log, ["a made", "b made", "b data 1"]);
    transport.write("2");
    transport.write("3");
    transport.writeEof();
    peer.write("4");
    assert.equal(log.length, 3);
    await waitAllTasksBlocked();
    assert.deepEqual(log.slice(3).toSorted(), [
      "a data 4",
      "a eof",
      "a lost null",
      "b data 23",
      "b eof",
      "b lost null",
    ]);
    assert.ok(log.indexOf("b data 23") < log.indexOf("b eof"));
    assert.ok(log.indexOf("a data 4") < log.indexOf("a eof"));
  });

  test("keeps the other direction open if the protocol wants it", async () => {
    const log: string[] = [];
    const [a, b] = [new Recorder("a", log), new Recorder("b", log)];
    b.keepsOpen = true;
    const [transport, peer] = memoryTransportPair(a, b);
    transport.writeEof();
    await waitAllTasksBlocked();
    peer.write("late");
    await waitAllTasksBlocked();
    assert.deepEqual(log, ["a made", "b made", "b eof", "a data late"]);
    peer.close();
    await waitAllTasksBlocked();
    assert.deepEqual(log.slice(4).toSorted(), ["a eof", "a lost null", "b lost null"]);
  });

  test("pauses and resumes the writer strictly in turns", async () => {
    const log: string[] = [];
    const [a, b] = [new Recorder("a", log), {}];
    const [transport, peer] = memoryTransportPair(a, b, { capacity: 10 });
    transport.setWriteBufferLimits({ high: 20, low: 5 });
    peer.pauseReading();
    await waitAllTasksBlocked();
    transport.write("x".repeat(31));
    assert.equal(transport.getWriteBufferSize(), 21);
    assert.deepEqual(log, ["a made", "a pause"]);
    peer.resumeReading();
    await waitAllTasksBlocked();
    assert.deepEqual(log, ["a made", "a pause", "a resume"]);
    assert.equal(transport.getWriteBufferSize(), 0);
    transport.close();
    await waitAllTasksBlocked();
    assert.ok(peer.isClosing());
  });

  test("reads nothing while reading is paused, and not even the end", async () => {
    const log: string[] = [];
    const [transport, peer] = memoryTransportPair({}, new Recorder("b", log));
    await waitAllTasksBlocked();
    peer.pauseReading();
    transport.write("data");
    transport.close();
    await waitAllTasksBlocked();
    assert.deepEqual(log, ["b made"]);
    peer.resumeReading();
    await waitAllTasksBlocked();
    assert.deepEqual(log, ["b made", "b data data", "b eof", "b lost null"]);
  });

  test("aborts as a reset, which overtakes what was on its way", async () => {
    const log: string[] = [];
    const [a, b] = [new Recorder("a", log), new Recorder("b", log)];
    const [transport] = memoryTransportPair(a, b);
    await waitAllTasksBlocked();
    transport.write("lost");
    transport.abort();
    transport.abort();
    await waitAllTasksBlocked();
    assert.deepEqual(log.toSorted(), ["a lost null", "a made", "b lost ECONNRESET", "b made"]);
  });

  test("aborted before anything else, still tells both sides both things", async () => {
    const log: string[] = [];
    const [a, b] = [new Recorder("a", log), new Recorder("b", log)];
    const [transport] = memoryTransportPair(a, b);
    transport.abort();
    await waitAllTasksBlocked();
    assert.deepEqual(
      log.filter((line) => line.startsWith("b")),
      ["b made", "b lost ECONNRESET"],
    );
    assert.deepEqual(
      log.filter((line) => line.startsWith("a")),
      ["a made", "a lost null"],
    );
  });

  test("serves buffered protocols", async () => {
    const memory = Buffer.alloc(4);
    const pieces: string[] = [];
    const buffered = {
      getBuffer: () => memory,
      bufferUpdated: (count: number) => void pieces.push(String(memory.subarray(0, count))),
    };
    const [transport] = memoryTransportPair({}, buffered);
    transport.write("0123456789");
    transport.close();
    await waitAllTasksBlocked();
    assert.deepEqual(pieces, ["0123", "4567", "89"]);
  });

  test("closes from both sides at once", async () => {
    const log: string[] = [];
    const [transport, peer] = memoryTransportPair(new Recorder("a", log), new Recorder("b", log));
    await waitAllTasksBlocked();
    transport.close();
    peer.close();
    await waitAllTasksBlocked();
    assert.deepEqual(log.slice(2).toSorted(), ["a lost null", "b lost null"]);
  });

  test("refuses what is no protocol, and a function that makes one", async () => {
    assert.throws(() => memoryTransportPair(5 as never, {}), {
      code: "GYRE_INVALID_ARGUMENT",
      message: /protocolA/,
    });
    assert.throws(() => memoryTransportPair({}, (() => ({})) as never), {
      code: "GYRE_INVALID_ARGUMENT",
      message: /protocolB .*no function/,
    });
    assert.throws(() => memoryTransportPair({}, {}, { capacity: 0.5 }), { code: "GYRE_OUT_OF_RANGE" });
  });
});

/** A pair of streams that closes all that is still open at the end of its block. */
function streams(options?: Parameters<typeof memoryStreamPair>[0]) {
  const pair = memoryStreamPair(options);
  return Object.assign(pair, {
    async [Symbol.asyncDispose]() {
      for (const [, writer] of pair) writer.close();
      await gather(
        pair.map(
          ([, writer]) =>
            () =>
              writer.waitClosed(),
        ),
      );
    },
  });
}
