import assert from "node:assert/strict";
import {
  type Coroutine,
  createTask,
  gather,
  isCancelled,
  sleep,
  StreamReader,
  timeout,
  TimeoutError,
  waitFor,
} from "gyre";
import { describeOnLoops } from "../../../support/loops.ts";
import { connected } from "./support.ts";

const READS: Readonly<Record<string, (reader: StreamReader) => Promise<Buffer>>> = {
  read: (reader) => reader.read(100),
  "read to the end": (reader) => reader.read(),
  readline: (reader) => reader.readline(),
  readexactly: (reader) => reader.readexactly(100),
  readuntil: (reader) => reader.readuntil(["###", "$"]),
  iteration: async (reader) => (await reader[Symbol.asyncIterator]().next()).value ?? Buffer.alloc(0),
};

async function cancelled(body: Coroutine<unknown>, meanwhile: () => void): Promise<boolean> {
  const task = createTask(body);
  await sleep(0);
  meanwhile();
  task.cancel();
  await gather([task], { returnExceptions: true });
  return task.cancelled();
}

describeOnLoops("a cancelled read", ({ it, run }) => {
  it("takes no byte, whatever kind it is and whenever the bytes come [STR-06 STR-07 STR-08 STR-09 STR-14]", () =>
    run(async () => {
      for (const [name, read] of Object.entries(READS)) {
        const reader = new StreamReader();
        assert.equal(
          await cancelled(
            () => read(reader),
            () => reader.feedData("a"),
          ),
          true,
          name,
        );
        assert.equal(
          await cancelled(
            () => read(reader),
            () => undefined,
          ),
          name !== "read",
          name,
        );
        if (name === "read") reader.feedData("a");
        reader.feedData("bc\n###");
        reader.feedEof();
        assert.equal(String(await reader.read()), "abc\n###", name);
      }
    }));

  it("leaves the bytes that came at the same moment [STR-07]", () =>
    run(async () => {
      const reader = new StreamReader();
      const task = createTask(() => reader.readline());
      await sleep(0);
      reader.feedData("whole line\n");
      task.cancel();
      await assert.rejects(task, isCancelled);
      assert.equal(String(await reader.readline()), "whole line\n");
    }));

  it("takes up its search where it was, and finds what began before [STR-09]", () =>
    run(async () => {
      const reader = new StreamReader();
      for (const piece of ["first", "#", "#"]) {
        await cancelled(
          () => reader.readuntil(["a", "###"]),
          () => undefined,
        );
        reader.feedData(piece);
      }
      reader.feedData("#rest");
      assert.equal(String(await reader.readuntil(["a", "###"])), "first###");
    }));

  it("searches anew after somebody else has taken bytes [STR-07]", () =>
    run(async () => {
      const reader = new StreamReader();
      reader.feedData("0123456789");
      await cancelled(
        () => reader.readline(),
        () => undefined,
      );
      await reader.readexactly(8);
      reader.feedData("\nx");
      assert.equal(String(await reader.readline()), "89\n");
    }));

  it("may be one of many in a row, with a time limit each [STR-07 WAIT-09]", () =>
    run(async () => {
      const reader = new StreamReader();
      const limited = () => waitFor(() => reader.readline(), 1);
      reader.feedData("sl");
      await assert.rejects(limited(), TimeoutError);
      reader.feedData("ow");
      await assert.rejects(
        timeout(1, () => reader.readline()),
        TimeoutError,
      );
      reader.feedData("ly\n");
      assert.equal(String(await limited()), "slowly\n");
    }));

  it("of the whole stream has lost nothing, and holds the peer up again [STR-06 STR-12]", () =>
    run(() =>
      connected(
        async ({ near: [reader], far: [, writer] }) => {
          const all = createTask(() => reader.read());
          writer.write("x".repeat(1000));
          await writer.drain();
          while (reader.statistics().buffered < 1000) await sleep(0);
          all.cancel();
          await assert.rejects(all, isCancelled);
          writer.write("y");
          while (!reader.statistics().paused) await sleep(0);
          writer.close();
          assert.equal((await reader.read()).length, 1001);
        },
        { limit: 10 },
      ),
    ));
});
