import assert from "node:assert/strict";
import { inspect } from "node:util";
import {
  ArgumentTypeError,
  ConnectionError,
  createTask,
  gather,
  getRunningLoop,
  isCancelled,
  sleep,
  StreamReader,
  StreamReaderProtocol,
  StreamWriter,
} from "gyre";
import { describeOnLoops } from "../../../support/loops.ts";
import { connected } from "./support.ts";

const LARGEST_READ = 262_144; // bytes
const BIG = Buffer.alloc(1_000_000, "x");

/** Writes more than the system can hold between here and a peer that does not read. */
function fill(writer: StreamWriter): void {
  for (let i = 0; i < 32; i++) writer.write(BIG);
}

describeOnLoops("a writer", ({ it, run }) => {
  it("sends bytes, strings, and several pieces as one [STR-16]", () =>
    run(() =>
      connected(async ({ near: [reader], far: [, writer] }) => {
        writer.write("ä");
        writer.write(Uint8Array.of(33));
        writer.writelines([Buffer.from(" one"), " two"]);
        writer.write("");
        await writer.drain();
        writer.close();
        assert.equal(String(await reader.read()), "ä! one two");
        // @ts-expect-error -- a number is no data
        assert.throws(() => writer.write(1), ArgumentTypeError);
      }),
    ));

  it("ends its direction alone, either way [STR-19]", () =>
    run(() =>
      connected(async ({ near, far }) => {
        near[1].write("question");
        assert.equal(near[1].canWriteEof(), true);
        near[1].writeEof();
        assert.equal(String(await far[0].read()), "question");
        far[1].write("answer");
        far[1].writeEof();
        assert.equal(String(await near[0].read()), "answer");
        assert.throws(() => near[1].write("more"), { code: "GYRE_EOF_WRITTEN" });
        assert.deepEqual([near[0].atEof(), far[0].atEof(), far[1].isClosing()], [true, true, false]);
      }),
    ));

  it("knows its transport and the addresses [STR-15 STR-19]", () =>
    run(() =>
      connected(async ({ near: [reader, near], far: [, far] }) => {
        assert.deepEqual(near.getExtraInfo("sockname"), far.getExtraInfo("peername"));
        assert.equal(near.getExtraInfo("nonsense", "unknown"), "unknown");
        assert.equal(near.transport.isClosing(), false);
        assert.equal(
          inspect(near),
          `<StreamWriter transport=${String(near.transport)} reader=${String(reader)}>`,
        );
      }),
    ));

  it("closes twice as once, and says when it has ended [STR-18]", () =>
    run(() =>
      connected(async ({ near: [reader, near], far: [far] }) => {
        near.close();
        near.close();
        assert.equal(near.isClosing(), true);
        await gather([near.waitClosed(), near.waitClosed()]);
        await near.waitClosed();
        assert.equal((await far.read()).length, 0);
        assert.equal(reader.atEof(), true);
      }),
    ));

  it("goes on closing when the wait for it is cancelled [STR-18]", () =>
    run(() =>
      connected(async ({ near: [, writer] }) => {
        const [first, second] = [
          createTask(() => writer.waitClosed()),
          createTask(() => writer.waitClosed()),
        ];
        await sleep(0);
        first.cancel();
        await assert.rejects(first, isCancelled);
        writer.close();
        await second;
      }),
    ));

  it("is closed at the end of its block [STR-18]", () =>
    run(() =>
      connected(async ({ near: [, near], far: [far] }) => {
        {
          await using writer = near;
          writer.write("bye");
        }
        assert.equal(near.isClosing(), true);
        assert.equal(String(await far.read()), "bye");
      }),
    ));
});

describeOnLoops("drain", ({ it, run }) => {
  it("makes no task, and waits for nothing while there is room [STR-17]", () =>
    run(() =>
      connected(async ({ near: [, writer] }) => {
        const before = getRunningLoop().statistics();
        let turned = false;
        getRunningLoop().callSoon(() => {
          turned = true;
        });
        writer.write("x");
        await writer.drain();
        assert.equal(turned, false);
        assert.equal(getRunningLoop().statistics().tasks, before.tasks);
        await sleep(0);
      }),
    ));

  it("waits for a peer that does not read, so that memory stays bounded [STR-17 STR-23]", () =>
    run(() =>
      connected(async ({ near: [, writer], far: [reader] }) => {
        let sent = 0;
        const sending = createTask(async () => {
          for (; sent < 100; sent++) {
            writer.write(BIG);
            await writer.drain();
            assert.ok(writer.transport.getWriteBufferSize() < BIG.length);
          }
        });
        while (!reader.statistics().paused) await sleep(0);
        for (let i = 0; i < 100; i++) await sleep(0);
        assert.ok(sent < 50);
        const { buffered, limit } = reader.statistics();
        assert.ok(buffered <= 2 * limit + LARGEST_READ, `${buffered} bytes`);
        const all = createTask(() => reader.read());
        await sending;
        writer.close();
        assert.equal((await all).length, 100 * BIG.length);
      }),
    ));

  it("may be waited for by many tasks, of which one may be cancelled [STR-17 STR-23]", () =>
    run(() =>
      connected(async ({ near: [, writer], far: [reader] }) => {
        fill(writer);
        const tasks = Array.from({ length: 5 }, () => createTask(() => writer.drain()));
        await sleep(0);
        tasks[2]?.cancel();
        const all = createTask(() => reader.read());
        await gather(tasks, { returnExceptions: true });
        assert.deepEqual(
          tasks.map((task) => task.cancelled()),
          [false, false, true, false, false],
        );
        writer.close();
        await all;
      }),
    ));

  it("ends for all who wait when the connection is lost [STR-17 STR-23]", () =>
    run(() =>
      connected(async ({ near: [, writer] }) => {
        fill(writer);
        const tasks = [1, 2, 3].map(() => createTask(() => writer.drain()));
        await sleep(0);
        writer.transport.abort();
        assert.deepEqual(await gather(tasks), [undefined, undefined, undefined]); // no error caused it
        await assert.rejects(
          writer.drain(),
          (error) => error instanceof ConnectionError && error.code === "ECONNRESET",
        );
      }),
    ));

  it("takes a turn while the connection is closing, so that its end is seen [STR-17]", () =>
    run(() =>
      connected(async ({ near: [, writer] }) => {
        writer.close();
        const writing = async () => {
          for (;;) {
            writer.write("more");
            await writer.drain();
          }
        };
        await assert.rejects(writing(), { code: "ECONNRESET" });
      }),
    ));

  it("throws the error of the reader first [STR-17]", () =>
    run(() =>
      connected(async ({ near: [reader, writer] }) => {
        reader.setException(new Error("the reader's"));
        writer.close();
        await assert.rejects(writer.drain(), /the reader's/);
      }),
    ));
});

describeOnLoops("a protocol of streams", ({ it, run }) => {
  it("hands an error on to the reader, to drain and to waitClosed [STR-18 STR-22]", () =>
    run(() =>
      connected(async ({ near: [, transportOwner] }) => {
        const reader = new StreamReader();
        const protocol = new StreamReaderProtocol(reader);
        const writer = new StreamWriter(transportOwner.transport, protocol, reader);
        const failure = new Error("the line is cut");
        protocol.pauseWriting();
        const waits = [writer.drain(), writer.waitClosed(), reader.readline()].map((wait) =>
          assert.rejects(wait, failure),
        );
        await sleep(0);
        protocol.connectionLost(failure);
        await Promise.all(waits);
        await assert.rejects(writer.waitClosed(), failure);
        await assert.rejects(reader.read(), failure);
      }),
    ));

  it("reports no error of a connection that nobody waits for [STR-22]", () =>
    run(async () => {
      const reader = new StreamReader();
      const protocol = new StreamReaderProtocol(reader);
      protocol.connectionLost(new Error("unseen"));
      assert.equal(reader.atEof(), false);
    }));

  it("ends the reader and keeps the other direction open [STR-22]", () =>
    run(async () => {
      const reader = new StreamReader();
      const protocol = new StreamReaderProtocol(reader);
      protocol.dataReceived(Buffer.from("last"));
      assert.equal(protocol.eofReceived(), true);
      assert.equal(String(await reader.read()), "last");
    }));
});
