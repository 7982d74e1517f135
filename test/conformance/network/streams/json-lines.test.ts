import assert from "node:assert/strict";
import {
  ArgumentRangeError,
  ArgumentTypeError,
  createTask,
  isCancelled,
  JsonLineError,
  JsonLines,
  sleep,
  StreamReader,
} from "gyre";
import { describeOnLoops } from "../../../support/loops.ts";
import { connected } from "./support.ts";

function linesOf(text: string, options = {}): JsonLines {
  const reader = new StreamReader({ limit: 4 });
  reader.feedData(text);
  reader.feedEof();
  return new JsonLines(reader, null, options);
}

describeOnLoops("JSON lines", ({ it, run }) => {
  it("carry values both ways, however small the limit of the streams", () =>
    run(() =>
      connected(
        async ({ near, far }) => {
          const client = new JsonLines<number, { ask: string }>(...near);
          const server = new JsonLines<{ ask: string }, number>(...far);
          const answering = createTask(async () => {
            for await (const { ask } of server) await server.write(ask.length);
            far[1].close();
          });
          for (const length of [0, 10, 100_000]) {
            await client.write({ ask: "é".repeat(length) });
            assert.equal(await client.read(), length);
          }
          near[1].writeEof();
          await answering;
          assert.equal(await client.read(), undefined);
        },
        { limit: 16 },
      ),
    ));

  it("skip blank lines, and need no newline at the end", () =>
    run(async () => {
      const values: unknown[] = [];
      for await (const value of linesOf('\n1\r\n  \n"two"\n\nnull\n[3]')) values.push(value);
      assert.deepEqual(values, [1, "two", null, [3]]);
    }));

  it("say which line is no JSON, and go on with the next", () =>
    run(async () => {
      const lines = linesOf(`1\n\n{"half":\n${"x".repeat(200)}\n2\n{"cut`);
      assert.equal(await lines.read(), 1);
      await assert.rejects(lines.read(), (error) => {
        assert.ok(error instanceof JsonLineError && error instanceof SyntaxError);
        assert.deepEqual([error.line, error.excerpt, error.code], [3, '{"half":', "GYRE_INVALID_JSON"]);
        return /Line 3 is not JSON/.test(error.message);
      });
      await assert.rejects(
        lines.read(),
        (error) => error instanceof JsonLineError && error.excerpt.length === 81,
      );
      assert.equal(await lines.read(), 2);
      await assert.rejects(lines.read(), { line: 6 });
      assert.equal(await lines.read(), undefined);
    }));

  it("allow exactly the longest line", () =>
    run(async () => {
      const lines = linesOf("12345\n123456\n1\n", { maxLength: 5 });
      assert.equal(await lines.read(), 12345);
      await assert.rejects(lines.read(), {
        code: "GYRE_LIMIT_OVERRUN",
        message: /Line 2 .* 5 bytes.*maxLength/,
      });
      assert.equal(await lines.read(), 1);
    }));

  it("skip a line that is too long while it comes, without keeping it", () =>
    run(async () => {
      const reader = new StreamReader();
      const lines = new JsonLines(reader, null, { maxLength: 100 });
      const first = createTask(() => lines.read());
      reader.feedData(`"${"x".repeat(150)}`);
      await assert.rejects(first, { code: "GYRE_LIMIT_OVERRUN" });
      assert.equal(reader.statistics().buffered, 0);
      const second = createTask(() => lines.read());
      for (let i = 0; i < 10; i++) {
        await sleep(0);
        reader.feedData("x".repeat(150));
        await sleep(0);
        await sleep(0);
        assert.ok(reader.statistics().buffered <= 150);
      }
      reader.feedData('"\n"next"\nbad');
      assert.equal(await second, "next");
      reader.feedEof();
      await assert.rejects(lines.read(), { line: 3 });
    }));

  it("lose nothing by a cancellation", () =>
    run(async () => {
      const reader = new StreamReader();
      const lines = new JsonLines(reader);
      for (const piece of ['{"a"', ":", "1}"]) {
        reader.feedData(piece);
        const task = createTask(() => lines.read());
        await sleep(0);
        task.cancel();
        await assert.rejects(task, isCancelled);
      }
      reader.feedData("\nraw bytes");
      assert.deepEqual(await lines.read(), { a: 1 });
      assert.equal(String(await reader.read(100)), "raw bytes"); // nothing was read ahead
    }));

  it("pass the errors of the stream on", () =>
    run(async () => {
      const reader = new StreamReader();
      const lines = new JsonLines(reader);
      const task = createTask(() => lines.read());
      await sleep(0);
      reader.setException(new Error("gone"));
      await assert.rejects(task, /gone/);
      reader.feedEof();
      await assert.rejects(lines.read(), /gone/);
    }));

  it("refuse what JSON cannot say, a wrong length, and writing without a writer", () =>
    run(async () => {
      const lines = linesOf("");
      assert.throws(() => lines.write(undefined), ArgumentTypeError);
      await assert.rejects(lines.write(1), { code: "GYRE_NOT_SUPPORTED" });
      assert.throws(() => linesOf("", { maxLength: 0 }), ArgumentRangeError);
      assert.throws(() => linesOf("", { maxLength: "1" }), ArgumentTypeError);
    }));
});
