import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { open } from "node:fs/promises";
import { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { createGunzip, createGzip } from "node:zlib";
import { getRunningLoop, type WriteTransport } from "gyre";
import { expectTrouble } from "../../support/leaks.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { isOpen, untilClosed, untilHandleClosed, withEnds, withFifo } from "./fifos.ts";
import { Recorder } from "./recording.ts";

const MORE_THAN_A_PIPE = Buffer.alloc(1_000_000, "x");

async function connect(
  recorder: Recorder,
  pipe: Parameters<ReturnType<typeof getRunningLoop>["connectWritePipe"]>[1],
): Promise<WriteTransport> {
  const [transport, protocol] = await getRunningLoop().connectWritePipe(() => recorder, pipe);
  assert.equal(protocol, recorder);
  return transport;
}

/** Reads in the host's own way, to the end, and closes. */
async function readToEnd(path: string): Promise<string> {
  const handle = await open(path, "r");
  try {
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

describeOnLoops("a pipe that is written", ({ it, run }) => {
  it("sends all that was written before close, and then ends [PIPE-02 PIPE-04]", () =>
    run(() =>
      withEnds(async ({ reader, writer }) => {
        const [source, target] = [new Recorder(), new Recorder()];
        await getRunningLoop().connectReadPipe(() => target, reader);
        const transport = await connect(source, writer);
        assert.equal(transport.getExtraInfo("pipe"), writer);
        transport.write("one ");
        transport.writelines(["two ", Buffer.from("three "), ""]);
        transport.write(MORE_THAN_A_PIPE);
        transport.close();
        transport.close();
        assert.equal(transport.isClosing(), true);
        await source.untilLost();
        await target.untilLost();
        assert.equal(target.text, `one two three ${MORE_THAN_A_PIPE}`);
        assert.deepEqual(source.events, ["made", "pause", "resume", "lost null"]);
        await untilClosed(writer);
      }),
    ));

  it("closes by writeEof, after what is buffered [PIPE-04]", () =>
    run(() =>
      withEnds(async ({ reader, writer }) => {
        const [source, target] = [new Recorder(), new Recorder()];
        await getRunningLoop().connectReadPipe(() => target, reader);
        const transport = await connect(source, writer);
        assert.equal(transport.canWriteEof(), true);
        transport.write(MORE_THAN_A_PIPE);
        transport.writeEof();
        transport.writeEof();
        assert.equal(transport.isClosing(), true);
        transport.write("too late");
        await target.untilLost();
        await source.untilLost();
        assert.equal(target.received.length, MORE_THAN_A_PIPE.length);
      }),
    ));

  it("tells its protocol to wait while nobody reads [PIPE-04]", () =>
    run(() =>
      withEnds(async ({ reader, writer }) => {
        const source = new Recorder();
        const transport = await connect(source, writer);
        assert.deepEqual(transport.getWriteBufferLimits(), [16_384, 65_536]);
        const chunk = Buffer.alloc(10_000);
        let written = 0;
        for (; !source.events.includes("pause"); written += chunk.length) transport.write(chunk);
        assert.ok(transport.getWriteBufferSize() > 65_536);
        assert.ok(transport.getWriteBufferSize() <= 65_536 + chunk.length);
        const target = new Recorder();
        await getRunningLoop().connectReadPipe(() => target, reader);
        await source.untilEvent("resume");
        transport.close();
        await target.untilLost();
        assert.equal(target.received.length, written);
        await source.untilLost();
      }),
    ));

  it("drops what is buffered at abort [PIPE-04]", () =>
    run(() =>
      withEnds(async ({ reader, writer }) => {
        const source = new Recorder();
        const transport = await connect(source, writer);
        transport.write(MORE_THAN_A_PIPE);
        transport.abort();
        await source.untilLost();
        await untilClosed(writer);
        const left = Buffer.alloc(MORE_THAN_A_PIPE.length + 1);
        assert.ok(readSync(reader, left) < MORE_THAN_A_PIPE.length);
        assert.deepEqual(source.events, ["made", "pause", "lost null"]);
      }),
    ));

  it("is lost with EPIPE when the reader leaves before everything is sent [PIPE-02]", () =>
    run(() =>
      withEnds(async ({ reader, writer }) => {
        const source = new Recorder();
        const transport = await connect(source, writer);
        transport.write(MORE_THAN_A_PIPE);
        closeSync(reader);
        await source.untilLost();
        assert.deepEqual(source.events, ["made", "pause", "lost EPIPE"]);
        await untilClosed(writer);
      }),
    ));

  it("is lost with EPIPE also when it was closing [PIPE-02 PIPE-04]", () =>
    run(() =>
      withEnds(async ({ reader, writer }) => {
        const source = new Recorder();
        const transport = await connect(source, writer);
        transport.write(MORE_THAN_A_PIPE);
        transport.close();
        closeSync(reader);
        await source.untilLost();
        assert.equal(source.events.at(-1), "lost EPIPE");
      }),
    ));

  it("notices with the next write that the reader of a FIFO has left [PIPE-02]", () =>
    run(() =>
      withEnds(async ({ reader, writer }) => {
        const source = new Recorder();
        const transport = await connect(source, writer);
        closeSync(reader);
        transport.write("to nobody");
        await source.untilLost();
        assert.deepEqual(source.events, ["made", "lost EPIPE"]);
      }),
    ));

  it("ignores what is written after the end, and warns in the long run [PIPE-04]", () => {
    expectTrouble("warning", /^warning: LostConnectionWarning: /);
    return run(() =>
      withEnds(async ({ writer }) => {
        const source = new Recorder();
        const transport = await connect(source, writer);
        transport.close();
        for (let count = 0; count < 5; count++) transport.write("lost");
        await source.untilLost();
        assert.throws(() => transport.write(1 as never), {
          code: "GYRE_INVALID_ARGUMENT",
        });
      }),
    );
  });

  it("refuses to be read [PIPE-04]", () =>
    run(() =>
      withEnds(async ({ writer }) => {
        const source = new Recorder();
        await connect(source, writer);
        const refusal = { code: "GYRE_NOT_SUPPORTED", message: /write pipe/ };
        assert.throws(() => source.transport.pauseReading(), refusal);
        assert.throws(() => source.transport.resumeReading(), refusal);
        assert.equal(source.transport.isReading(), false);
        source.transport.close();
        await source.untilLost();
      }),
    ));

  it("warns when the loop is closed before it [PIPE-05]", async () => {
    expectTrouble("warning", /^warning: ResourceWarning: .*<Transport write pipe open/);
    await withEnds(async ({ writer }) => {
      await run(async () => void (await connect(new Recorder(), writer)));
      await untilClosed(writer);
    });
  });
});

describeOnLoops("the end of a pipe to write, given as", ({ it, run }) => {
  it("a FileHandle is closed with the transport [PIPE-02]", () =>
    run(() =>
      withFifo(async (path) => {
        const received = readToEnd(path);
        const handle = await open(path, "w");
        const source = new Recorder();
        const transport = await connect(source, handle);
        assert.equal(transport.getExtraInfo("pipe"), handle);
        transport.write("by handle");
        transport.close();
        await source.untilLost();
        assert.equal(await received, "by handle");
        await untilHandleClosed(handle);
      }),
    ));

  it("a FileHandle whose reader has left before is lost at the first write [PIPE-02]", () =>
    run(() =>
      withFifo(async (path) => {
        const [handle, reader] = await Promise.all([open(path, "w"), open(path, "r")]);
        await reader.close();
        const source = new Recorder();
        const transport = await connect(source, handle);
        transport.write("to nobody");
        await source.untilLost();
        assert.deepEqual(source.events, ["made", "lost EPIPE"]);
        await untilHandleClosed(handle);
      }),
    ));

  it("the input of a child process gets all, and its end [PIPE-02]", () =>
    run(async () => {
      const child = spawn("cat", { stdio: ["pipe", "pipe", "inherit"] });
      const exited = once(child, "close");
      const [source, target] = [new Recorder(), new Recorder()];
      const transport = await connect(source, child.stdin);
      await getRunningLoop().connectReadPipe(() => target, child.stdout);
      transport.write(MORE_THAN_A_PIPE);
      transport.writeEof();
      await target.untilLost();
      await exited;
      assert.equal(target.received.length, MORE_THAN_A_PIPE.length);
      assert.equal(source.events.at(-1), "lost null");
    }));

  it("the input of a child process that ends without reading is lost [PIPE-02]", () =>
    run(async () => {
      const child = spawn("sleep", ["60"], { stdio: ["pipe", "inherit", "inherit"] });
      const exited = once(child, "close");
      const source = new Recorder();
      const transport = await connect(source, child.stdin);
      transport.write(MORE_THAN_A_PIPE);
      child.kill();
      await source.untilLost();
      await exited;
      assert.equal(source.events.at(-1), "lost EPIPE");
    }));

  it("a stream that transforms gets its end, and may take its time [PIPE-02]", () =>
    run(async () => {
      const gzip = createGzip();
      const unpacked = text(gzip.pipe(createGunzip()));
      const source = new Recorder();
      const transport = await connect(source, gzip);
      transport.write("through gzip");
      transport.close();
      await source.untilLost();
      assert.equal(await unpacked, "through gzip");
      assert.equal(gzip.listenerCount("error"), 1); // of pipe()
    }));

  it("a stream that somebody else ends or destroys is lost [PIPE-02]", () =>
    run(async () => {
      const ended = new Writable({ write: (_chunk, _encoding, done) => done() });
      const destroyed = new Writable({ write() {} });
      for (const [stream, end] of [
        [ended, () => ended.end()],
        [destroyed, () => destroyed.destroy()],
      ] as const) {
        const source = new Recorder();
        await connect(source, stream);
        end();
        await source.untilLost();
        assert.deepEqual(source.events, ["made", "lost null"]);
      }
    }));

  it("a stream that fails tells its error [PIPE-02]", () =>
    run(async () => {
      const error = Object.assign(new Error("of the stream"), { code: "ESTREAM" });
      const source = new Recorder();
      const transport = await connect(
        source,
        new Writable({ write: (_chunk, _encoding, done) => done(error) }),
      );
      transport.write("this fails");
      await source.untilLost();
      assert.deepEqual(source.events, ["made", "lost ESTREAM"]);
    }));

  it("a character device is written like a pipe [PIPE-02]", () =>
    run(async () => {
      const fd = openSync("/dev/null", "w");
      const source = new Recorder();
      const transport = await connect(source, fd);
      transport.write(MORE_THAN_A_PIPE);
      transport.close();
      await source.untilLost();
      assert.equal(source.events.at(-1), "lost null");
      await untilClosed(fd);
    }));
});

describeOnLoops("connectWritePipe", ({ it, run }) => {
  it("refuses what is no pipe, or another end [PIPE-02]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const refused = { name: "TypeError", code: "GYRE_INVALID_ARGUMENT" };
      for (const pipe of [null, "path", {}, Readable.from([])])
        assert.throws(() => loop.connectWritePipe(() => ({}), pipe as never), refused);
      const over = new Writable();
      over.destroy();
      const objects = new Writable({ objectMode: true });
      for (const stream of [over, objects])
        await assert.rejects(connect(new Recorder(), stream), { code: "GYRE_OUT_OF_RANGE" });
    }));

  it("refuses files, and leaves them open and as they are [PIPE-02]", () =>
    run(() =>
      withFifo(async (path) => {
        const fd = openSync(`${path}.txt`, "w");
        await assert.rejects(connect(new Recorder(), fd), { name: "RangeError", code: "GYRE_OUT_OF_RANGE" });
        assert.equal(isOpen(fd), true);
        closeSync(fd);
        assert.equal(readFileSync(`${path}.txt`, "utf8"), "");
      }),
    ));
});
