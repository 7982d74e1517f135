import assert from "node:assert/strict";
import { type BufferedProtocol, sleep, type Transport } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { collectReports } from "../support/reports.ts";
import { connectTo, Recorder, withServer } from "./recording.ts";

interface Hooks {
  getBuffer?(self: Reader, sizehint: number): Uint8Array;
  bufferUpdated?(self: Reader, count: number): void;
}

/** Receives into one small buffer, and writes down what happens. */
class Reader implements BufferedProtocol {
  readonly events: string[] = [];
  readonly hints: number[] = [];
  readonly buffer: Buffer;
  readonly recorder = new Recorder();
  readonly #hooks: Hooks;

  constructor(size: number, hooks: Hooks = {}) {
    this.buffer = Buffer.alloc(size);
    this.#hooks = hooks;
  }

  get transport(): Transport {
    return this.recorder.transport;
  }

  connectionMade(transport: Transport): void {
    this.recorder.connectionMade(transport);
  }

  getBuffer(sizehint: number): Uint8Array {
    this.hints.push(sizehint);
    return this.#hooks.getBuffer?.(this, sizehint) ?? this.buffer;
  }

  bufferUpdated(count: number): void {
    this.events.push(this.buffer.toString("latin1", 0, count));
    this.recorder.dataReceived(Buffer.from(this.buffer.subarray(0, count)));
    this.#hooks.bufferUpdated?.(this, count);
  }

  eofReceived(): void {
    this.recorder.eofReceived();
  }

  connectionLost(error: Error | null): void {
    this.recorder.connectionLost(error);
  }
}

/** A server with this protocol, and a client that talks to it. */
async function withReader(
  reader: Reader,
  body: (client: Recorder, reader: Reader) => Promise<void>,
): Promise<void> {
  await withServer(
    () => reader,
    async (port) => {
      const client = await connectTo(port, new Recorder());
      await reader.recorder.untilEvent("made");
      await body(client, reader);
      client.transport.abort();
      await client.untilLost();
    },
  );
}

describeOnLoops("a BufferedProtocol", ({ it, run }) => {
  it("receives into its own memory [PR-03]", () =>
    run(() =>
      withReader(new Reader(100), async (client, reader) => {
        client.transport.write("hello");
        await reader.recorder.untilText("hello");
        assert.equal(reader.buffer.toString("latin1", 0, 5), "hello");
        assert.deepEqual(reader.events, ["hello"]);
        client.transport.close();
        await reader.recorder.untilLost();
        assert.deepEqual(reader.recorder.events, ["made", "data hello", "eof", "lost null"]);
      }),
    ));

  it("gets what does not fit in several pieces [PR-03]", () =>
    run(() =>
      withReader(new Reader(3), async (client, reader) => {
        client.transport.write("0123456789");
        await reader.recorder.untilText("0123456789");
        assert.equal(reader.events.join(""), "0123456789");
        assert.equal(
          reader.events.every((piece) => piece.length <= 3),
          true,
        );
      }),
    ));

  it("is asked for a buffer with a hint of -1 or of what is there [PR-03]", () =>
    run(() =>
      withReader(new Reader(4), async (client, reader) => {
        client.transport.write("01234");
        await reader.recorder.untilText("01234");
        assert.equal(reader.hints[0], -1);
        assert.equal(
          reader.hints.every((hint) => hint === -1 || hint > 0),
          true,
        );
      }),
    ));

  it("receives much through one small buffer [PR-03]", () =>
    run(() =>
      withReader(new Reader(1000), async (client, reader) => {
        const sent = Buffer.from(Array.from({ length: 500_000 }, (_, index) => index % 253));
        client.transport.write(sent);
        await reader.recorder.until(() => reader.recorder.receivedLength === sent.length);
        assert.equal(reader.recorder.received.equals(sent), true);
      }),
    ));

  it("gets nothing more of a chunk once it has paused reading [PR-03 TR-03]", () =>
    run(() =>
      withReader(
        new Reader(1, { bufferUpdated: ({ transport }) => transport.pauseReading() }),
        async (client, reader) => {
          client.transport.write("abc");
          for (const text of ["a", "ab", "abc"]) {
            await reader.recorder.untilText(text);
            await sleep(2);
            assert.equal(reader.recorder.text, text);
            reader.transport.resumeReading();
          }
        },
      ),
    ));

  it("gets nothing more of a chunk once it has closed the connection [PR-03 TR-01]", () =>
    run(() =>
      withReader(
        new Reader(1, { bufferUpdated: ({ transport }) => transport.close() }),
        async (client, reader) => {
          client.transport.write("abc");
          await reader.recorder.untilLost();
          assert.deepEqual(reader.recorder.events, ["made", "data a", "lost null"]);
        },
      ),
    ));

  const broken = [
    ["an empty buffer", () => Buffer.alloc(0), { code: "GYRE_EMPTY_BUFFER" }],
    ["no buffer", () => 5 as unknown as Buffer, { code: "GYRE_INVALID_ARGUMENT" }],
    [
      "a DataView",
      () => new DataView(new ArrayBuffer(4)) as unknown as Buffer,
      { code: "GYRE_INVALID_ARGUMENT" },
    ],
  ] as const;
  it("that gives a wrong buffer loses the connection, with a report [PR-03 TR-16]", () =>
    run(async () => {
      for (const [, getBuffer, { code }] of broken) {
        const reports = collectReports();
        await withReader(new Reader(1, { getBuffer }), async (client, reader) => {
          client.transport.write("abc");
          await reader.recorder.untilLost();
          assert.deepEqual(reader.recorder.events, ["made", `lost ${code}`]);
          assert.deepEqual(
            reports.map(({ message }) => message),
            ["Fatal error: protocol.getBuffer() failed"],
          );
        });
      }
    }));

  it("whose bufferUpdated throws loses the connection, with a report [PR-03 TR-16]", () =>
    run(async () => {
      const reports = collectReports();
      const boom = (): never => {
        throw new Error("boom");
      };
      await withReader(new Reader(1, { bufferUpdated: boom }), async (client, reader) => {
        client.transport.write("abc");
        await reader.recorder.untilLost();
        assert.deepEqual(reader.recorder.events, ["made", "data a", "lost boom"]);
        assert.deepEqual(
          reports.map(({ message }) => message),
          ["Fatal error: protocol.bufferUpdated() failed"],
        );
      });
    }));

  it("may hand over to a Protocol in the middle of a chunk, which then gets the rest [PR-03 TR-01]", () =>
    run(async () => {
      const second = new Recorder();
      const reader = new Reader(2, { bufferUpdated: ({ transport }) => transport.setProtocol(second) });
      await withReader(reader, async (client) => {
        client.transport.write("headbody");
        await second.untilText("adbody");
        assert.equal(reader.recorder.text, "he");
        client.transport.write("!");
        await second.untilText("adbody!");
        client.transport.close();
        await second.untilLost();
      });
    }));

  it("may take over from a Protocol [PR-03 TR-01]", () =>
    run(async () => {
      const reader = new Reader(100);
      const first = new Recorder({
        dataReceived: ({ transport }) => {
          reader.connectionMade(transport);
          transport.setProtocol(reader);
        },
      });
      await withServer(
        () => first,
        async (port) => {
          const client = await connectTo(port, new Recorder());
          client.transport.write("one");
          await first.untilText("one");
          client.transport.write("two");
          await reader.recorder.untilText("two");
          assert.equal(first.text, "one");
          client.transport.close();
          await client.untilLost();
          await reader.recorder.untilLost();
        },
      );
    }));
});
