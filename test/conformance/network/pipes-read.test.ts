import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { type BufferedProtocol, createTask, getRunningLoop, isCancelled, type ReadTransport } from "gyre";
import { expectTrouble } from "../../support/leaks.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { isOpen, openEnd, untilClosed, untilHandleClosed, withEnds, withFifo } from "./fifos.ts";
import { Recorder } from "./recording.ts";

const connect = (
  recorder: Recorder,
  pipe: Parameters<ReturnType<typeof getRunningLoop>["connectReadPipe"]>[1],
) => getRunningLoop().connectReadPipe(() => recorder, pipe);

describeOnLoops("a pipe that is read", ({ it, run }) => {
  it("delivers what comes, then the end, whatever eofReceived answers [PIPE-01 PIPE-03]", () =>
    run(() =>
      withEnds(async ({ reader, writer }) => {
        const recorder = new Recorder({ eofReceived: () => true });
        const [transport, protocol] = await connect(recorder, reader);
        assert.equal(protocol, recorder);
        assert.equal(transport, recorder.transport);
        assert.equal(transport.getExtraInfo("pipe"), reader);
        assert.equal(transport.getExtraInfo("peername"), null);
        writeSync(writer, "one ");
        writeSync(writer, "two");
        await recorder.untilText("one two");
        closeSync(writer);
        await recorder.untilLost();
        assert.deepEqual(recorder.events, ["made", "data one two", "eof", "lost null"]);
        assert.equal(transport.isClosing(), true);
        await untilClosed(reader);
      }),
    ));

  it("is closed once, however often close is called, and tells no end [PIPE-03]", () =>
    run(() =>
      withEnds(async ({ reader }) => {
        const recorder = new Recorder();
        const [transport] = await connect(recorder, reader);
        transport.close();
        transport.close();
        assert.equal(transport.isClosing(), true);
        await recorder.untilLost();
        await untilClosed(reader);
        assert.deepEqual(recorder.events, ["made", "lost null"]);
      }),
    ));

  it("delivers nothing while it is paused [PIPE-03]", () =>
    run(() =>
      withEnds(async ({ reader, writer }) => {
        const recorder = new Recorder();
        const [transport] = await connect(recorder, reader);
        assert.equal(transport.isReading(), true);
        transport.pauseReading();
        transport.pauseReading();
        assert.equal(transport.isReading(), false);
        writeSync(writer, "later");
        for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate);
        assert.deepEqual(recorder.events, ["made"]);
        transport.resumeReading();
        transport.resumeReading();
        await recorder.untilText("later");
        closeSync(writer);
        await recorder.untilLost();
      }),
    ));

  it("fills the memory of a buffered protocol [PIPE-03]", () =>
    run(() =>
      withEnds(async ({ reader, writer }) => {
        const memory = Buffer.alloc(4);
        const pieces: string[] = [];
        const lost = getRunningLoop().createFuture<void>();
        const protocol: BufferedProtocol = {
          getBuffer: () => memory,
          bufferUpdated: (count) => void pieces.push(memory.toString("latin1", 0, count)),
          connectionLost: () => lost.setResult(),
        };
        await getRunningLoop().connectReadPipe(() => protocol, reader);
        writeSync(writer, "a long text");
        closeSync(writer);
        await lost;
        assert.equal(pieces.join(""), "a long text");
      }),
    ));

  it("can take another protocol [PIPE-03]", () =>
    run(() =>
      withEnds(async ({ reader, writer }) => {
        const [first, second] = [new Recorder(), new Recorder()];
        const [transport] = await connect(first, reader);
        transport.setProtocol(second);
        assert.equal(transport.getProtocol(), second);
        writeSync(writer, "to the second");
        closeSync(writer);
        await second.untilLost();
        assert.deepEqual(first.events, ["made"]);
        assert.deepEqual(second.events, ["data to the second", "eof", "lost null"]);
      }),
    ));

  it("refuses to be written [PIPE-03]", () =>
    run(() =>
      withEnds(async ({ reader }) => {
        const recorder = new Recorder();
        await connect(recorder, reader);
        const { transport } = recorder;
        const refusal = { code: "GYRE_NOT_SUPPORTED", message: /read pipe/ };
        assert.throws(() => transport.write("no"), refusal);
        assert.throws(() => transport.writelines(["no"]), refusal);
        assert.throws(() => transport.writeEof(), refusal);
        assert.equal(transport.canWriteEof(), false);
        transport.abort();
        await recorder.untilLost();
      }),
    ));

  it("ends with the error of the system [PIPE-03]", () =>
    run(() =>
      withEnds(async ({ writer }) => {
        const recorder = new Recorder();
        await connect(recorder, writer); // the wrong end
        await recorder.untilLost();
        assert.match(recorder.events.at(-1) ?? "", /^lost E[A-Z]+$/);
      }),
    ));

  it("warns when the loop is closed before it [PIPE-05]", async () => {
    expectTrouble("warning", /^warning: ResourceWarning: .*<Transport read pipe open/);
    await withEnds(async ({ reader }) => {
      await run(async () => void (await connect(new Recorder(), reader)));
      await untilClosed(reader);
    });
  });
});

describeOnLoops("the end of a pipe to read, given as", ({ it, run }) => {
  it("a FileHandle is closed with the transport [PIPE-01]", () =>
    run(() =>
      withFifo(async (path) => {
        const [handle, writer] = await Promise.all([open(path, "r"), open(path, "w")]);
        const recorder = new Recorder();
        const [transport] = await connect(recorder, handle);
        assert.equal(transport.getExtraInfo("pipe"), handle);
        await writer.write("by handle");
        await recorder.untilText("by handle");
        await writer.close();
        await recorder.untilLost();
        assert.deepEqual(recorder.events, ["made", "data by handle", "eof", "lost null"]);
        await untilHandleClosed(handle);
      }),
    ));

  it("a FileHandle ends also if its writer has left before [PIPE-01]", () =>
    run(() =>
      withFifo(async (path) => {
        const [handle, writer] = await Promise.all([open(path, "r"), open(path, "w")]);
        await writer.write("left behind");
        await writer.close();
        const recorder = new Recorder();
        await connect(recorder, handle);
        await recorder.untilLost();
        assert.deepEqual(recorder.events, ["made", "data left behind", "eof", "lost null"]);
        await untilHandleClosed(handle);
      }),
    ));

  it("a FileHandle that does not block waits for its first writer [PIPE-01]", () =>
    run(() =>
      withFifo(async (path) => {
        const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
        const recorder = new Recorder();
        await connect(recorder, handle);
        for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate);
        assert.deepEqual(recorder.events, ["made"]);
        const writer = openEnd(path, "write");
        writeSync(writer, "first");
        closeSync(writer);
        await recorder.untilLost();
        assert.deepEqual(recorder.events, ["made", "data first", "eof", "lost null"]);
        await untilHandleClosed(handle);
      }),
    ));

  it("a stream of a child process is read to its end [PIPE-01]", () =>
    run(async () => {
      const child = spawn("sh", ["-c", "printf 'from the child'"], { stdio: ["ignore", "pipe", "inherit"] });
      const recorder = new Recorder();
      const [transport] = await connect(recorder, child.stdout);
      assert.equal(transport.getExtraInfo("pipe"), child.stdout);
      const exited = once(child, "close");
      await recorder.untilLost();
      await exited;
      assert.deepEqual(recorder.events, ["made", "data from the child", "eof", "lost null"]);
    }));

  it("a stream of the program's own can fail [PIPE-01]", () =>
    run(async () => {
      const stream = new Readable({ read() {} });
      const recorder = new Recorder();
      await connect(recorder, stream);
      stream.push("so far");
      await recorder.untilText("so far");
      stream.destroy(Object.assign(new Error("of the stream"), { code: "ESTREAM" }));
      await recorder.untilLost();
      assert.deepEqual(recorder.events, ["made", "data so far", "lost ESTREAM"]);
      assert.equal(stream.listenerCount("error") + stream.listenerCount("data"), 0);
    }));

  it("a character device is read like a pipe [PIPE-01]", () =>
    run(async () => {
      const fd = openSync("/dev/null", "r");
      const recorder = new Recorder();
      await connect(recorder, fd);
      await recorder.untilLost();
      assert.deepEqual(recorder.events, ["made", "eof", "lost null"]);
      await untilClosed(fd);
    }));
});

describeOnLoops("connectReadPipe", ({ it, run }) => {
  it("refuses at once what is no pipe [PIPE-01]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const refused = { name: "TypeError", code: "GYRE_INVALID_ARGUMENT" };
      const refuse = (pipe: unknown): void =>
        assert.throws(() => loop.connectReadPipe(() => ({}), pipe as never), refused);
      for (const pipe of [null, "path", {}, process.stdout.constructor]) refuse(pipe);
      assert.throws(() => loop.connectReadPipe({} as never, 0), refused);
    }));

  it("refuses files and directories, and leaves them open [PIPE-01]", () =>
    run(async () => {
      for (const path of [process.execPath, "/"]) {
        const fd = openSync(path, "r");
        await assert.rejects(connect(new Recorder(), fd), { name: "RangeError", code: "GYRE_OUT_OF_RANGE" });
        assert.equal(isOpen(fd), true);
        closeSync(fd);
        const handle = await open(path, "r");
        await assert.rejects(connect(new Recorder(), handle), { code: "GYRE_OUT_OF_RANGE" });
        assert.notEqual(handle.fd, -1);
        await handle.close();
        await assert.rejects(connect(new Recorder(), handle), { code: "GYRE_OUT_OF_RANGE" });
      }
      await assert.rejects(connect(new Recorder(), 0.5), { code: "GYRE_OUT_OF_RANGE" });
      await assert.rejects(connect(new Recorder(), 1_000_000), { code: "EBADF" });
    }));

  it("refuses streams that are over, or give no bytes [PIPE-01]", () =>
    run(async () => {
      const over = Readable.from([]);
      over.destroy();
      const texts = new Readable({ read() {} }).setEncoding("utf8");
      for (const stream of [over, texts, Readable.from([1])])
        await assert.rejects(connect(new Recorder(), stream), { code: "GYRE_OUT_OF_RANGE" });
    }));

  it("leaves the pipe alone when the factory throws [PIPE-01]", () =>
    run(() =>
      withEnds(async ({ reader }) => {
        const failing = () => {
          throw new Error("no protocol");
        };
        await assert.rejects(getRunningLoop().connectReadPipe(failing, reader), /no protocol/);
        assert.equal(isOpen(reader), true);
      }),
    ));

  it("closes the pipe when it is cancelled [PIPE-01]", () =>
    run(() =>
      withEnds(async ({ reader }) => {
        const recorder = new Recorder();
        const pending: { task?: { cancel(): boolean } } = {};
        const task = createTask(async (): Promise<ReadTransport> => {
          getRunningLoop().callSoon(() => pending.task?.cancel());
          const [transport] = await connect(recorder, reader);
          return transport;
        });
        pending.task = task;
        await assert.rejects(task, isCancelled);
        await recorder.untilLost();
        assert.deepEqual(recorder.events, ["made", "lost null"]);
        await untilClosed(reader);
      }),
    ));
});
