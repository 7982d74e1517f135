import assert from "node:assert/strict";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import {
  allTasks,
  getRunningLoop,
  type LoopRemote,
  newEventLoop,
  ProcessPoolExecutor,
  runCoroutineThreadsafe,
  sleep,
  ThreadPoolExecutor,
  toThread,
  wrapFuture,
  CancelledError,
  createTask,
} from "gyre";
import { expectTrouble } from "../../support/leaks.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { guardWorkers, Mark, until } from "./workers.ts";

type Clock = {
  note: (word: string) => void;
  slow: (ms: number) => Promise<string>;
  never: () => Promise<void>;
  fail: () => Promise<void>;
  odd: () => unknown;
};

function exposed(notes: string[] = []): Clock {
  return {
    note: (word) => void notes.push(word),
    slow: async (ms) => {
      await sleep(ms);
      return `slept ${ms}`;
    },
    never: async () => {
      try {
        await sleep(Number.POSITIVE_INFINITY);
      } finally {
        notes.push("never has ended");
      }
    },
    fail: async () => {
      throw new RangeError("failed there");
    },
    odd: () => () => "a function",
  };
}

describeOnLoops("a remote loop", ({ it, run, name }) => {
  guardWorkers();

  it("is called from a thread, in order, without waiting [SCHED-02]", () =>
    run(async () => {
      const notes: string[] = [];
      const remote = getRunningLoop().remote(exposed(notes));
      await toThread((loop: LoopRemote<Clock>) => {
        for (const word of ["a", "b", "c"]) loop.callSoonThreadsafe("note", word);
      }, remote);
      await until(() => notes.length === 3);
      assert.deepEqual(notes, ["a", "b", "c"]);
    }));

  it("runs tasks for whom a thread waits, blocked or not [WAIT-13]", () =>
    run(async () => {
      const results = await toThread(async (loop: LoopRemote<Clock>) => {
        const second = loop.runCoroutineThreadsafe("slow", 2);
        const first = loop.runCoroutineThreadsafe("slow", 1);
        const found = [first.result(), second.result(), second.done(), first.cancel()];
        return [...found, await loop.runCoroutineThreadsafe("slow", 3).resultAsync()];
      }, getRunningLoop().remote(exposed()));
      assert.deepEqual(results, ["slept 1", "slept 2", true, false, "slept 3"]);
    }));

  it("gives a blocked thread a TimeoutError, and the task runs on until it is cancelled [WAIT-13]", () =>
    run(async () => {
      const notes: string[] = [];
      const found = await toThread(
        (loop: LoopRemote<Clock>) => {
          const call = loop.runCoroutineThreadsafe("never");
          const errors: unknown[] = [];
          for (const timeout of [0, 5]) {
            try {
              call.result(timeout);
            } catch (error) {
              errors.push(error instanceof Error && "code" in error && error.code);
            }
          }
          errors.push(call.cancel());
          try {
            call.result();
          } catch (error) {
            errors.push(error instanceof Error && "code" in error && error.code);
          }
          return errors;
        },
        getRunningLoop().remote(exposed(notes)),
      );
      assert.deepEqual(found, ["GYRE_TIMEOUT", "GYRE_TIMEOUT", true, "GYRE_CANCELLED"]);
      assert.deepEqual(notes, ["never has ended"]);
    }));

  it("passes on what a task throws, and says what is not exposed or cannot be sent [WAIT-13]", () =>
    run(async () => {
      const found = await toThread((loop: LoopRemote<Clock>) => {
        const caught = (call: () => unknown): unknown => {
          try {
            return call();
          } catch (error) {
            const code = error instanceof Error && "code" in error ? error.code : null;
            return error instanceof Error && [error.name, error instanceof RangeError, code];
          }
        };
        return [
          caught(() => loop.runCoroutineThreadsafe("fail").result()),
          caught(() => loop.runCoroutineThreadsafe("other" as "fail")),
          caught(() => loop.callSoonThreadsafe("other" as "note", "x")),
          caught(() => loop.callSoonThreadsafe("note", (() => 1) as unknown as string)),
          caught(() => loop.runCoroutineThreadsafe("odd").result()),
        ];
      }, getRunningLoop().remote(exposed()));
      assert.deepEqual(found, [
        ["RangeError", true, null],
        ["TypeError", false, "GYRE_INVALID_ARGUMENT"],
        ["TypeError", false, "GYRE_INVALID_ARGUMENT"],
        ["RuntimeError", false, "GYRE_NOT_CLONEABLE"],
        ["RuntimeError", false, "GYRE_NOT_CLONEABLE"],
      ]);
    }));

  it("that closes frees a thread that is blocked [WAIT-13 LOOP-07]", async () => {
    expectTrouble("report", /still pending when its loop was closed/);
    using mark = new Mark();
    const loop = await newEventLoop(name);
    const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
    const remote = loop.remote({ never: exposed().never });
    const job = executor.submit(
      async (other: typeof remote, path: string) => {
        const { writeFileSync } = await import("node:fs");
        const call = other.runCoroutineThreadsafe("never");
        writeFileSync(path, "");
        try {
          call.result();
          return "ended";
        } catch (error) {
          const code = error instanceof Error && "code" in error && error.code;
          try {
            other.callSoonThreadsafe("never");
          } catch {
            return code;
          }
          return "still open";
        }
      },
      remote as never,
      mark.path,
    );
    await until(() => mark.made && allTasks(loop).size === 1);
    await loop.close();
    assert.equal(await job, "GYRE_LOOP_CLOSED");
    await executor.shutdown();
  });

  it("outlives a thread that dies, and what it has started runs on [WAIT-13]", () =>
    run(async () => {
      const notes: string[] = [];
      const remote = getRunningLoop().remote(exposed(notes));
      const job = toThread((loop: LoopRemote<Clock>) => {
        loop.runCoroutineThreadsafe("slow", 5).result();
        loop.callSoonThreadsafe("note", "last words");
        process.exit(1);
      }, remote);
      await assert.rejects(async () => await job, { code: "GYRE_BROKEN_EXECUTOR" });
      await until(() => /connections=0/.test(String(remote)));
      assert.deepEqual(notes, ["last words"]);
    }));

  it("reaches a worker of one's own [WAIT-13 SCHED-02]", () =>
    run(async () => {
      const notes: string[] = [];
      using remote = getRunningLoop().remote(exposed(notes));
      const port = remote.open();
      const source = `
        const { workerData } = require("node:worker_threads");
        import(workerData.gyre).then(({ connectRemote }) => {
          using: {
            const remote = connectRemote(workerData.port);
            remote.callSoonThreadsafe("note", remote.runCoroutineThreadsafe("slow", 1).result());
            remote.close();
          }
        });
      `;
      const workerData = { port, gyre: import.meta.resolve("gyre") };
      const worker = new Worker(source, { eval: true, workerData, transferList: [port] });
      await wrapFuture(once(worker, "exit"));
      await until(() => notes.length > 0);
      assert.deepEqual(notes, ["slept 1"]);
    }));

  it("cannot be reached from another process, and needs functions [WAIT-13]", () =>
    run(async () => {
      const loop = getRunningLoop();
      await using executor = new ProcessPoolExecutor({ maxWorkers: 1 });
      const job = executor.submit((remote: unknown) => remote, loop.remote(exposed()));
      await assert.rejects(async () => await job, { code: "GYRE_INVALID_ARGUMENT", message: /LoopRemote/ });
      assert.throws(() => loop.remote(null as never), { code: "GYRE_INVALID_ARGUMENT" });
      assert.throws(() => loop.remote({ a: 1 } as never), { code: "GYRE_INVALID_ARGUMENT", message: /a/ });
    }));

  it("works on its own thread, where nothing may block [WAIT-13]", () =>
    run(async () => {
      const notes: string[] = [];
      const remote = getRunningLoop().remote(exposed(notes));
      remote.callSoonThreadsafe("note", "here");
      const call = remote.runCoroutineThreadsafe("slow", 1);
      assert.throws(() => call.result(), { code: "GYRE_NOT_SUPPORTED" });
      assert.equal(await call.resultAsync(), "slept 1");
      assert.equal(call.result(), "slept 1");
      assert.deepEqual(notes, ["here"]);
    }));
});

describeOnLoops("runCoroutineThreadsafe", ({ it, run, name }) => {
  it("runs a task, and cancelling its future cancels that [WAIT-13]", () =>
    run(async () => {
      const loop = getRunningLoop();
      assert.equal(await runCoroutineThreadsafe(async () => await sleep(1, "done"), loop), "done");
      let cancelled = false;
      const future = runCoroutineThreadsafe(async () => {
        try {
          await sleep(60_000);
        } catch (error) {
          cancelled = error instanceof CancelledError;
          throw error;
        }
      }, loop);
      await sleep(0);
      await sleep(0);
      future.cancel();
      await sleep(1);
      assert.ok(cancelled);
    }));

  it("passes errors on, those of making the task included [WAIT-13]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const failing = runCoroutineThreadsafe(async () => {
        throw new RangeError("there");
      }, loop);
      await assert.rejects(async () => await failing, RangeError);
      loop.setTaskFactory(() => {
        throw new Error("no tasks today");
      });
      const unmade = runCoroutineThreadsafe(async () => 1, loop);
      await assert.rejects(async () => await unmade, /no tasks today/);
      loop.setTaskFactory(null);
    }));

  it("reaches another loop of the same thread [WAIT-13]", async () => {
    const other = await newEventLoop(name);
    const running = other.runForever();
    await run(async () => {
      const task = createTask(async () =>
        runCoroutineThreadsafe(async () => {
          await sleep(1);
          return getRunningLoop() === other;
        }, other),
      );
      assert.equal(await task, true);
    });
    other.stop();
    await running;
    await other.close();
    const late = runCoroutineThreadsafe(async () => 1, other);
    await assert.rejects(async () => await late, { code: "GYRE_LOOP_CLOSED" });
  });

  it("takes a function and a loop [WAIT-13]", () =>
    run(async () => {
      const loop = getRunningLoop();
      assert.throws(() => runCoroutineThreadsafe(Promise.resolve(1) as never, loop), {
        code: "GYRE_INVALID_ARGUMENT",
      });
      assert.throws(() => runCoroutineThreadsafe(async () => 1, null as never), {
        code: "GYRE_INVALID_ARGUMENT",
      });
    }));
});
