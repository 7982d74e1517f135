import assert from "node:assert/strict";
import {
  ArgumentRangeError,
  ArgumentTypeError,
  createTask,
  IncompleteReadError,
  LimitOverrunError,
  sleep,
  StreamReader,
} from "gyre";
import { describeOnLoops } from "../../../support/loops.ts";
import { PausableTransport } from "./support.ts";

/** The error of a read that goes over the limit. */
async function overrun(read: Promise<Buffer>): Promise<LimitOverrunError> {
  const [outcome] = await Promise.allSettled([read]);
  if (outcome?.status === "rejected" && outcome.reason instanceof LimitOverrunError) return outcome.reason;
  throw new assert.AssertionError({ message: "no LimitOverrunError" });
}

describeOnLoops("readuntil", ({ it, run }) => {
  it("finds a separator across chunks of every size [STR-09]", () =>
    run(async () => {
      const data = "some text\r\n.\r\nand the rest";
      for (let size = 1; size <= data.length; size++) {
        const reader = new StreamReader();
        const task = createTask(() => reader.readuntil("\r\n.\r\n"));
        for (let at = 0; at < data.length; at += size) {
          reader.feedData(data.slice(at, at + size));
          if (at % 3 === 0) await sleep(0);
        }
        assert.equal(String(await task), "some text\r\n.\r\n");
        assert.equal(String(await reader.read(100)), "and the rest");
      }
    }));

  it("is not deceived by the beginning of a separator [STR-09]", () =>
    run(async () => {
      const reader = new StreamReader();
      const task = createTask(() => reader.readuntil("aab"));
      for (const piece of ["a", "a", "a", "a", "b", "aab"]) {
        reader.feedData(piece);
        await sleep(0);
      }
      assert.equal(String(await task), "aaaab");
      assert.equal(String(await reader.readuntil(Buffer.from("aab"))), "aab");
    }));

  it("takes the shortest match of several separators [STR-09]", () =>
    run(async () => {
      const cases: [data: string, separators: string[], expected: string][] = [
        ["a;b,", [",", ";"], "a;"],
        ["Xaaaab", ["aaaab", "ab"], "Xaaaab"],
        ["abcdef", ["abcdef", "cd"], "abcd"],
        ["line\r\n", ["\r", "\r\n"], "line\r"],
        ["line\n", ["\r\n", "\n"], "line\n"],
      ];
      for (const [data, separators, expected] of cases) {
        const reader = new StreamReader();
        reader.feedData(data);
        assert.equal(String(await reader.readuntil(separators)), expected);
      }
    }));

  it("refuses no separator and an empty one, and what is no bytes at once [STR-09]", () =>
    run(async () => {
      const reader = new StreamReader();
      reader.feedData("abc");
      await assert.rejects(reader.readuntil(""), ArgumentRangeError);
      await assert.rejects(reader.readuntil([]), ArgumentRangeError);
      await assert.rejects(reader.readuntil(["a", Buffer.alloc(0)]), ArgumentRangeError);
      // @ts-expect-error -- a number is no separator
      assert.throws(() => reader.readuntil(10), ArgumentTypeError);
      assert.equal(String(await reader.read(3)), "abc");
    }));

  it("reports what came before the end, also when nothing did [STR-09 STR-24]", () =>
    run(async () => {
      const reader = new StreamReader();
      reader.feedData("partial");
      reader.feedEof();
      for (const expected of ["partial", ""]) {
        await assert.rejects(reader.readuntil("\0"), (error) => {
          assert.ok(error instanceof IncompleteReadError);
          return String(error.partial) === expected && error.expected === null;
        });
      }
    }));

  it("finds a separator that came together with the end [STR-09]", () =>
    run(async () => {
      const reader = new StreamReader();
      const task = createTask(() => reader.readuntil("."));
      await sleep(0);
      reader.feedData("end.");
      reader.feedEof();
      assert.equal(String(await task), "end.");
    }));

  it("allows exactly the limit before the separator [STR-09]", () =>
    run(async () => {
      const reader = new StreamReader({ limit: 5 });
      reader.feedData("12345##rest");
      assert.equal(String(await reader.readuntil("##")), "12345##");
      assert.equal(String(await reader.readuntil("t")), "rest");
      reader.feedData("123456##");
      assert.equal((await overrun(reader.readuntil("##"))).consumed, 6);
    }));

  it("leaves the bytes where they are when the limit is overrun [STR-09 STR-25]", () =>
    run(async () => {
      const found = new StreamReader({ limit: 4 });
      found.feedData("12345;6");
      const known = await overrun(found.readuntil(";"));
      assert.equal(known.consumed, 5);
      assert.match(known.message, /after 5 bytes.*limit is 4.*option limit of openConnection/);
      assert.equal(String(await found.readexactly(known.consumed)), "12345");
      assert.equal(String(await found.readuntil(";")), ";");

      const missing = new StreamReader({ limit: 4 });
      missing.feedData("1234567");
      const unknown = await overrun(missing.readuntil("###"));
      assert.equal(unknown.consumed, 5); // the last two might be the beginning of a separator
      assert.equal(missing.statistics().buffered, 7);
    }));

  it("waits for more at the limit, and gives up one byte later [STR-09]", () =>
    run(async () => {
      const reader = new StreamReader({ limit: 4 });
      const task = createTask(() => reader.readuntil("#"));
      reader.feedData("1234");
      await sleep(0);
      assert.equal(task.done(), false);
      reader.feedData("5");
      await assert.rejects(task, { code: "GYRE_LIMIT_OVERRUN", consumed: 5 });
    }));
});

describeOnLoops("readline", ({ it, run }) => {
  it("gives lines, what is left at the end, and then nothing [STR-07]", () =>
    run(async () => {
      const reader = new StreamReader();
      reader.feedData("one\ntwo");
      reader.feedEof();
      const lines = [await reader.readline(), await reader.readline(), await reader.readline()].map(String);
      assert.deepEqual(lines, ["one\n", "two", ""]);
    }));

  it("allows a line of exactly the limit, and none that is longer [STR-07]", () =>
    run(async () => {
      const reader = new StreamReader({ limit: 3 });
      reader.feedData("123\n1234\nnext\n12\n");
      assert.equal(String(await reader.readline()), "123\n");
      assert.equal((await overrun(reader.readline())).consumed, 4);
      await overrun(reader.readline());
      assert.equal(String(await reader.readline()), "12\n");
    }));

  it("drops a line that is too long as far as it has come, and lets the transport go on [STR-07 STR-12]", () =>
    run(async () => {
      const reader = new StreamReader({ limit: 3 });
      const transport = new PausableTransport();
      reader.setTransport(transport);
      reader.feedData("much too long");
      const error = await overrun(reader.readline());
      assert.match(error.message, /limit/);
      assert.deepEqual(transport.calls, ["pause", "resume"]);
      reader.feedData("!\nok\n");
      assert.equal(String(await reader.readline()), "!\n");
      assert.equal(String(await reader.readline()), "ok\n");
    }));

  it("takes as long for a line of many chunks as for one of few, however small they are [STR-07]", () =>
    run(async () => {
      const reader = new StreamReader({ limit: Number.POSITIVE_INFINITY });
      const line = createTask(() => reader.readline());
      const chunk = Buffer.from("x");
      for (let i = 0; i < 300_000; i++) {
        reader.feedData(chunk);
        if (i % 1000 === 0) await sleep(0);
      }
      reader.feedData("\n");
      assert.equal((await line).length, 300_001);
    }));
});
