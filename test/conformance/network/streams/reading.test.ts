import assert from "node:assert/strict";
import { inspect } from "node:util";
import {
  ArgumentRangeError,
  ArgumentTypeError,
  createTask,
  IncompleteReadError,
  isCancelled,
  LimitOverrunError,
  RuntimeError,
  sleep,
  StreamReader,
} from "gyre";
import { describeOnLoops } from "../../../support/loops.ts";
import { PausableTransport } from "./support.ts";

const text = async (bytes: Promise<Buffer>): Promise<string> => String(await bytes);

/** Feeds byte by byte, a turn of the loop apart. */
async function trickle(reader: StreamReader, data: string): Promise<void> {
  for (const byte of Buffer.from(data)) {
    reader.feedData(Uint8Array.of(byte));
    await sleep(0);
  }
}

describeOnLoops("read", ({ it, run }) => {
  it("gives what is there, up to n bytes [STR-06]", () =>
    run(async () => {
      const reader = new StreamReader();
      reader.feedData("abc");
      reader.feedData("def");
      assert.equal(await text(reader.read(4)), "abcd");
      assert.equal(await text(reader.read(100)), "ef");
    }));

  it("of zero bytes does not wait, and of negative many reads to the end [STR-06]", () =>
    run(async () => {
      const reader = new StreamReader();
      assert.equal((await reader.read(0)).length, 0);
      const all = createTask(() => reader.read());
      await trickle(reader, "one two");
      reader.feedEof();
      assert.equal(String(await all), "one two");
      assert.equal(await text(reader.read(-5)), "");
    }));

  it("waits for the first bytes, and is not limited by the limit [STR-06]", () =>
    run(async () => {
      const reader = new StreamReader({ limit: 2 });
      const task = createTask(() => reader.read(100));
      await sleep(0);
      reader.feedData("longer than the limit");
      assert.equal(String(await task), "longer than the limit");
    }));

  it("hands a chunk on without copying it [STR-06]", () =>
    run(async () => {
      const reader = new StreamReader();
      const chunk = Buffer.from("whole");
      reader.feedData(chunk);
      assert.equal(await reader.read(100), chunk);
    }));

  it("takes any Uint8Array, a part of a larger one too [STR-11]", () =>
    run(async () => {
      const reader = new StreamReader();
      reader.feedData(new TextEncoder().encode("..middle..").subarray(2, 8));
      assert.equal(await text(reader.read(100)), "middle");
    }));

  it("refuses what is no count, without touching the stream [STR-06 STR-08]", () =>
    run(async () => {
      const reader = new StreamReader();
      reader.feedData("abc");
      // @ts-expect-error -- a string is no count
      assert.throws(() => reader.read("4"), ArgumentTypeError);
      // @ts-expect-error -- a count is needed
      assert.throws(() => reader.readexactly(), ArgumentTypeError);
      await assert.rejects(reader.read(1.5), ArgumentRangeError);
      await assert.rejects(reader.readexactly(-1), ArgumentRangeError);
      await assert.rejects(reader.readexactly(Number.NaN), ArgumentRangeError);
      assert.equal(await text(reader.read(3)), "abc");
    }));
});

describeOnLoops("readexactly", ({ it, run }) => {
  it("waits for all of it, also one byte at a time [STR-08]", () =>
    run(async () => {
      const reader = new StreamReader();
      const task = createTask(() => reader.readexactly(6));
      await trickle(reader, "123456rest");
      assert.equal(String(await task), "123456");
      assert.equal(await text(reader.read(10)), "rest");
      assert.equal((await reader.readexactly(0)).length, 0);
    }));

  it("reports what came before the end, which is gone then [STR-08 STR-24 EXC-06]", () =>
    run(async () => {
      const reader = new StreamReader();
      reader.feedData("12");
      const task = createTask(() => reader.readexactly(4));
      await sleep(0);
      reader.feedEof();
      await assert.rejects(task, (error) => {
        assert.ok(error instanceof IncompleteReadError);
        assert.deepEqual([String(error.partial), error.expected], ["12", 4]);
        return /2 bytes of 4/.test(error.message);
      });
      assert.equal(reader.atEof(), true);
    }));

  it("of more than the limit keeps the transport reading [STR-08 STR-12]", () =>
    run(async () => {
      const reader = new StreamReader({ limit: 4 });
      const transport = new PausableTransport();
      reader.setTransport(transport);
      reader.feedData("123456789");
      assert.deepEqual(transport.calls, ["pause"]);
      const task = createTask(() => reader.readexactly(30));
      await trickle(reader, "x".repeat(21));
      assert.equal((await task).length, 30);
      assert.equal(transport.isReading(), true);
    }));
});

describeOnLoops("a reader", ({ it, run }) => {
  it("knows its end only when everything was read [STR-10]", () =>
    run(async () => {
      const reader = new StreamReader();
      reader.feedData("x");
      reader.feedEof();
      reader.feedEof();
      assert.equal(reader.atEof(), false);
      await reader.read(1);
      assert.equal(reader.atEof(), true);
      assert.throws(() => reader.feedData("late"), { code: "GYRE_STREAM_ENDED" });
    }));

  it("fails with the error that it was given, before the bytes that it has [STR-11]", () =>
    run(async () => {
      const reader = new StreamReader();
      const failure = new Error("gone");
      reader.feedData("abc\n");
      reader.setException(failure);
      assert.equal(reader.exception(), failure);
      const reads = [reader.read(), reader.read(0), reader.read(1), reader.readline(), reader.readexactly(0)];
      for (const read of [...reads, reader.readexactly(9), reader.readuntil("c")])
        await assert.rejects(read, failure);
    }));

  it("fails the read that waits [STR-11]", () =>
    run(async () => {
      for (const method of ["read", "readline", "readuntil"] as const) {
        const reader = new StreamReader();
        const task = createTask(() => reader[method]());
        await sleep(0);
        reader.setException(new Error("gone"));
        await assert.rejects(task, /gone/);
      }
    }));

  it("lets one task wait at a time [STR-13]", () =>
    run(async () => {
      const reader = new StreamReader();
      const first = createTask(() => reader.readline());
      await sleep(0);
      for (const second of [reader.read(1), reader.read(), reader.readexactly(1), reader.readuntil("x")]) {
        await assert.rejects(
          second,
          (error) => error instanceof RuntimeError && error.code === "GYRE_ALREADY_READING",
        );
      }
      await assert.rejects(reader.readline(), /readline\(\) was called while another task waits/);
      reader.feedData("line\n");
      assert.equal(String(await first), "line\n");
    }));

  it("may be read by the next task as soon as the one before is cancelled [STR-13]", () =>
    run(async () => {
      const reader = new StreamReader();
      const first = createTask(() => reader.readline());
      await sleep(0);
      first.cancel();
      const second = reader.readline();
      reader.feedData("line\n");
      assert.equal(await text(second), "line\n");
      await assert.rejects(first, isCancelled);
    }));

  it("goes on waiting when somebody else was quicker to take the bytes [STR-13]", () =>
    run(async () => {
      const reader = new StreamReader();
      const first = createTask(() => reader.read(10));
      await sleep(0);
      reader.feedData("quick");
      assert.equal(await text(reader.read(10)), "quick");
      await sleep(0);
      reader.feedData("late");
      assert.equal(String(await first), "late");
    }));

  it("gives its lines in a loop, which may be left and taken up again [STR-14]", () =>
    run(async () => {
      const reader = new StreamReader();
      reader.feedData("one\ntwo\n\nthree");
      reader.feedEof();
      const lines: string[] = [];
      for await (const line of reader) {
        lines.push(String(line));
        break;
      }
      for await (const line of reader) lines.push(String(line));
      assert.deepEqual(lines, ["one\n", "two\n", "\n", "three"]);
    }));

  it("shows itself as asyncio does [STR-26]", () =>
    run(async () => {
      const reader = new StreamReader();
      assert.equal(inspect(reader), "<StreamReader>");
      reader.feedData("data");
      assert.equal(String(reader), "<StreamReader 4 bytes>");
      reader.setTransport(new PausableTransport());
      reader.setException(new Error("gone"));
      reader.feedEof();
      assert.equal(
        String(reader),
        '<StreamReader 4 bytes eof exception=Error("gone") transport=<PausableTransport>>',
      );
      const small = new StreamReader({ limit: 123 });
      const task = createTask(() => small.readline());
      await sleep(0);
      assert.equal(String(small), "<StreamReader limit=123 waiter=<Future pending>>");
      small.feedEof();
      await task;
      assert.equal(String(small), "<StreamReader eof limit=123>");
    }));

  it("has statistics [STR-12]", () =>
    run(async () => {
      const reader = new StreamReader({ limit: 1 });
      reader.setTransport(new PausableTransport());
      assert.throws(() => reader.setTransport(new PausableTransport()), { code: "GYRE_INVALID_STATE" });
      reader.feedData("abc");
      assert.deepEqual(reader.statistics(), {
        buffered: 3,
        limit: 1,
        eof: false,
        waiting: false,
        paused: true,
      });
    }));

  it("refuses a limit that is none [STR-05]", () =>
    run(async () => {
      assert.throws(() => new StreamReader({ limit: 0 }), ArgumentRangeError);
      assert.throws(() => new StreamReader({ limit: -1 }), ArgumentRangeError);
      assert.throws(() => new StreamReader({ limit: Number.NaN }), ArgumentRangeError);
      // @ts-expect-error -- a number is needed
      assert.throws(() => new StreamReader({ limit: "64k" }), ArgumentTypeError);
    }));

  it("pauses its transport above twice the limit, and resumes it at the limit [STR-12]", () =>
    run(async () => {
      const reader = new StreamReader({ limit: 4 });
      const transport = new PausableTransport();
      reader.setTransport(transport);
      reader.feedData("12345678");
      assert.deepEqual(transport.calls, []);
      reader.feedData("9");
      reader.feedData("0");
      assert.deepEqual(transport.calls, ["pause"]);
      await reader.readexactly(5);
      assert.deepEqual(transport.calls, ["pause"]);
      await reader.read(1);
      assert.deepEqual(transport.calls, ["pause", "resume"]);
      assert.equal(reader.statistics().paused, false);
    }));

  it("throws limit errors which are ranges and say what to do [STR-25 EXC-06]", () => {
    const error = new LimitOverrunError("too long", 7);
    assert.ok(error instanceof RangeError);
    assert.deepEqual(
      [error.code, error.consumed, error.name],
      ["GYRE_LIMIT_OVERRUN", 7, "LimitOverrunError"],
    );
  });
});
