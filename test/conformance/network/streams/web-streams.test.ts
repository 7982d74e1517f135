import assert from "node:assert/strict";
import { CompressionStream, DecompressionStream, TransformStream } from "node:stream/web";
import { createTask, fromWebStreams, sleep, toWebStreams } from "gyre";
import { describeOnLoops } from "../../../support/loops.ts";
import { connected } from "./support.ts";

describeOnLoops("toWebStreams", ({ it, run }) => {
  it("carries bytes both ways, and closes when both directions have ended", () =>
    run(() =>
      connected(async ({ near, far }) => {
        const { readable, writable } = toWebStreams(...near);
        const sink = writable.getWriter();
        await sink.write(Buffer.from("question"));
        await sink.close();
        assert.equal(String(await far[0].read()), "question");
        far[1].write("answer");
        far[1].writeEof();
        const chunks: Uint8Array[] = [];
        for await (const chunk of readable) chunks.push(chunk);
        assert.equal(String(Buffer.concat(chunks)), "answer");
        await near[1].waitClosed();
      }),
    ));

  it("works in pipes of the platform", () =>
    run(() =>
      connected(async ({ near, far }) => {
        const { readable, writable } = toWebStreams(...far);
        const echoing = readable.pipeTo(writable);
        near[1].write("x".repeat(500_000));
        near[1].writeEof();
        assert.equal((await near[0].read()).length, 500_000);
        await echoing;
        await far[1].waitClosed();
      }),
    ));

  it("makes whoever writes too much wait, and reads nothing that nobody asks for", () =>
    run(() =>
      connected(async ({ near, far }) => {
        const { writable } = toWebStreams(...near);
        toWebStreams(...far);
        const sink = writable.getWriter();
        let written = 0;
        const writing = createTask(async () => {
          for (;;) {
            await sink.write(Buffer.alloc(1_000_000));
            written++;
          }
        });
        while (!far[0].statistics().paused) await sleep(0);
        for (let i = 0; i < 50; i++) await sleep(0);
        assert.ok(written < 30);
        const failing = assert.rejects(writing);
        near[1].transport.abort();
        await failing;
      }),
    ));

  for (const end of ["cancel", "abort"] as const) {
    it(`cuts the connection off by ${end}()`, () =>
      run(() =>
        connected(async ({ near, far }) => {
          const { readable, writable } = toWebStreams(...near);
          await (end === "cancel" ? readable.cancel() : writable.abort());
          await near[1].waitClosed();
          assert.equal((await far[0].read()).length, 0);
        }),
      ));
  }

  it("fails as the connection does", () =>
    run(() =>
      connected(async ({ near }) => {
        const { readable, writable } = toWebStreams(...near);
        near[0].setException(new Error("cut"));
        await assert.rejects(readable.getReader().read(), /cut/);
        await assert.rejects(writable.getWriter().write(Buffer.from("x")), /cut/);
      }),
    ));
});

describeOnLoops("fromWebStreams", ({ it, run }) => {
  it("reads and writes streams of the platform, with half-closes", () =>
    run(async () => {
      const [reader, writer] = fromWebStreams(new CompressionStream("gzip"));
      writer.write("squeeze me");
      writer.writeEof();
      const [plain, feeder] = fromWebStreams(new DecompressionStream("gzip"));
      feeder.write(await reader.read());
      feeder.writeEof();
      assert.equal(String(await plain.read()), "squeeze me");
      for (const one of [writer, feeder]) {
        one.close();
        await one.waitClosed();
      }
    }));

  it("makes the writer wait, and the other side for the reader", () =>
    run(async () => {
      const [reader, writer] = fromWebStreams(new TransformStream<Uint8Array, Uint8Array>(), { limit: 1000 });
      const writing = createTask(async () => {
        for (let i = 0; i < 50; i++) {
          writer.write(Buffer.alloc(10_000));
          await writer.drain();
        }
        writer.writeEof();
      });
      for (let i = 0; i < 100; i++) await sleep(0);
      assert.equal(writing.done(), false);
      assert.equal((await reader.read()).length, 500_000);
      await writing;
      writer.close();
      await writer.waitClosed();
    }));

  it("fails as the stream does", () =>
    run(async () => {
      const failing = new TransformStream<Uint8Array, Uint8Array>({
        transform: () => {
          throw new Error("broken");
        },
      });
      const [reader, writer] = fromWebStreams(failing);
      writer.write("x");
      await assert.rejects(reader.readline(), /broken/);
      await assert.rejects(writer.waitClosed(), /broken/);
    }));
});
