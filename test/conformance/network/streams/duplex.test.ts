import assert from "node:assert/strict";
import { once } from "node:events";
import { Duplex, PassThrough, Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { ArgumentTypeError, createTask, currentTask, fromDuplex, sleep, toDuplex, wrapFuture } from "gyre";
import { describeOnLoops } from "../../../support/loops.ts";
import { connected } from "./support.ts";

const BIG = Buffer.alloc(3_000_000, "x");

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return String(Buffer.concat(chunks));
}

describeOnLoops("toDuplex", ({ it, run }) => {
  it("works in pipelines, through backpressure and half-closes, and closes at the end", () =>
    run(() =>
      connected(async ({ near, far }) => {
        const [client, server] = [toDuplex(...near), toDuplex(...far)];
        const upper = new Transform({
          transform: (chunk, _, done) => done(null, String(chunk).toUpperCase()),
        });
        const echoing = pipeline(server, upper, server);
        const sending = pipeline(Readable.from([BIG, "end"]), client);
        const answer = await textOf(client);
        await Promise.all([echoing, sending]);
        assert.equal(answer.length, BIG.length + 3);
        assert.ok(answer.endsWith("XEND"));
        await Promise.all([near[1].waitClosed(), far[1].waitClosed()]);
      }),
    ));

  it("makes whoever writes too much wait", () =>
    run(() =>
      connected(async ({ near, far }) => {
        const duplex = toDuplex(...near);
        let written = 0;
        const source = async function* () {
          for (; written < 50; written++) yield BIG;
        };
        const piping = pipeline(Readable.from(source()), duplex);
        while (!far[0].statistics().paused) await sleep(0);
        for (let i = 0; i < 50; i++) await sleep(0);
        assert.ok(written < 20);
        const failing = assert.rejects(piping);
        far[1].transport.abort();
        await failing;
      }),
    ));

  it("cuts the connection off when it is destroyed", () =>
    run(() =>
      connected(async ({ near, far }) => {
        const duplex = toDuplex(...near);
        duplex.resume();
        duplex.destroy();
        await once(duplex, "close");
        assert.equal(near[1].isClosing(), true);
        assert.equal((await far[0].read()).length, 0);
      }),
    ));

  it("fails as the connection does", () =>
    run(() =>
      connected(async ({ near }) => {
        const duplex = toDuplex(...near);
        const failed = once(duplex, "error");
        duplex.resume();
        near[0].setException(new Error("cut"));
        assert.match(String(await failed), /cut/);
      }),
    ));

  it("is not touched by the cancellation of a task that used it", () =>
    run(() =>
      connected(async ({ near, far }) => {
        const duplex = toDuplex(...near);
        const task = createTask(async () => {
          duplex.on("data", () => undefined);
          await sleep(0);
          currentTask()?.cancel();
          await sleep(1);
        });
        await assert.rejects(task);
        far[1].write("still here");
        assert.equal(String((await once(duplex, "data"))[0]), "still here");
        duplex.destroy();
        await once(duplex, "close");
      }),
    ));
});

describeOnLoops("fromDuplex", ({ it, run }) => {
  it("reads and writes a compressor, and sees its end", () =>
    run(async () => {
      const [reader, writer] = fromDuplex(createGzip());
      writer.write("squeeze me");
      writer.writeEof();
      const squeezed = await reader.read();
      writer.close();
      await writer.waitClosed();
      assert.equal(await textOf(Readable.from([squeezed]).pipe(createGunzip())), "squeeze me");
    }));

  it("makes the writer wait for a stream that is full, and the stream for a reader that is slow", () =>
    run(async () => {
      const through = new PassThrough();
      const [reader, writer] = fromDuplex(through, { limit: 1000 });
      const drained = createTask(async () => {
        for (let i = 0; i < 50; i++) {
          writer.write(Buffer.alloc(10_000));
          await writer.drain();
        }
        writer.writeEof();
      });
      for (let i = 0; i < 50; i++) await sleep(0);
      assert.equal(drained.done(), false);
      assert.equal(reader.statistics().paused, true);
      assert.equal((await reader.read()).length, 500_000);
      await drained;
      writer.close();
      await writer.waitClosed();
    }));

  it("ends the stream in order when the writer is closed", () =>
    run(async () => {
      const seen: string[] = [];
      const sink = new Duplex({
        read: () => undefined,
        write: (chunk, _, done) => {
          if (chunk.length > 0) seen.push(String(chunk));
          setImmediate(done);
        },
        final: (done) => {
          seen.push("final");
          done();
        },
      });
      const [, writer] = fromDuplex(sink);
      writer.write("one");
      writer.write("two");
      writer.close();
      await writer.waitClosed();
      assert.deepEqual(seen, ["one", "two", "final"]);
      assert.equal(sink.destroyed, true);
    }));

  it("fails as the stream does, and destroys it when it is aborted", () =>
    run(async () => {
      const broken = new PassThrough();
      const [reader, writer] = fromDuplex(broken);
      const line = createTask(() => reader.readline());
      await sleep(0);
      broken.destroy(new Error("broken"));
      await assert.rejects(line, /broken/);
      await assert.rejects(writer.waitClosed(), /broken/);

      const whole = new PassThrough();
      const [, aborting] = fromDuplex(whole);
      aborting.transport.abort();
      await aborting.waitClosed();
      assert.equal(whole.destroyed, true);
    }));

  it("brings back what toDuplex took away", () =>
    run(() =>
      connected(async ({ near, far }) => {
        const [reader, writer] = fromDuplex(toDuplex(...near));
        far[1].write("there\n");
        assert.equal(String(await reader.readline()), "there\n");
        writer.write("and back");
        writer.close();
        assert.equal(String(await far[0].read()), "and back");
        await wrapFuture(near[1].waitClosed());
      }),
    ));

  it("refuses what is no stream of bytes", () =>
    run(async () => {
      // @ts-expect-error -- a stream is needed
      assert.throws(() => fromDuplex({}), ArgumentTypeError);
      assert.throws(() => fromDuplex(new PassThrough({ objectMode: true })), ArgumentTypeError);
      assert.throws(() => fromDuplex(new PassThrough({ encoding: "utf8" })), ArgumentTypeError);
    }));
});
