import assert from "node:assert/strict";
import { type Executor, Future, getRunningLoop, newEventLoop, ThreadPoolExecutor, toThread } from "gyre";
import { InlineExecutor } from "gyre/testing";
import { expectTrouble } from "../../support/leaks.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { guardWorkers, Mark, spin, until } from "./workers.ts";

describeOnLoops("the default executor", ({ it, run, name }) => {
  guardWorkers();

  it("is made with the first job, and run() shuts it down [EXE-01 RUN-08 LOOP-09]", () =>
    run(async () => {
      const future = getRunningLoop().runInExecutor(null, (a: number, b: number) => a + b, 1, 2);
      assert.ok(future instanceof Future);
      assert.equal(await future, 3);
      assert.equal(await toThread(() => 4), 4);
    }));

  it("refuses after shutdownDefaultExecutor, used before or not [LOOP-09]", async () => {
    for (const used of [true, false]) {
      await run(async () => {
        const loop = getRunningLoop();
        const job = used ? loop.runInExecutor(null, () => 1) : null;
        await loop.shutdownDefaultExecutor();
        assert.ok(job === null || job.done());
        await loop.shutdownDefaultExecutor();
        await assert.rejects(async () => await loop.runInExecutor(null, () => 1), {
          code: "GYRE_EXECUTOR_SHUT_DOWN",
        });
        await assert.rejects(async () => await toThread(() => 1), { code: "GYRE_EXECUTOR_SHUT_DOWN" });
      });
    }
  });

  it("is not waited for longer than the timeout: then its jobs are ended, with a warning [LOOP-09]", () => {
    expectTrouble("warning", /RuntimeWarning: The jobs of .*ThreadPoolExecutor had not ended within 20 ms/);
    return run(async () => {
      using mark = new Mark();
      const loop = getRunningLoop();
      const job = loop.runInExecutor(null, spin, mark.path);
      await until(() => mark.made);
      await loop.shutdownDefaultExecutor(20);
      assert.ok(job.cancelled());
    });
  });

  it("can be set, to any executor, and to nothing else [EXE-05]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
      loop.setDefaultExecutor(executor);
      assert.equal(await toThread(() => "set"), "set");
      assert.equal(executor.statistics().completed, 1);
      for (const wrong of [null, 1, {}, () => {}, { submit() {}, map() {} }]) {
        assert.throws(() => loop.setDefaultExecutor(wrong as unknown as Executor), {
          name: "TypeError",
          code: "GYRE_INVALID_ARGUMENT",
        });
      }
      loop.setDefaultExecutor(new InlineExecutor());
      const around = { greeting: "hello" };
      assert.equal(await toThread(() => around.greeting), "hello");
      await executor.shutdown();
    }));

  it("of a loop that is closed takes nothing [LOOP-07]", async () => {
    const loop = await newEventLoop(name);
    assert.equal(await loop.runUntilComplete(() => loop.runInExecutor(null, () => 1)), 1);
    await loop.close();
    await until(() => !process.getActiveResourcesInfo().includes("MessagePort")); // its thread ends by itself
    await assert.rejects(async () => await loop.runInExecutor(null, () => 1), { code: "GYRE_LOOP_CLOSED" });
  });

  it("drops what comes after the end of the loop [EXE-01 LOOP-07]", async () => {
    const loop = await newEventLoop(name);
    const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
    const future = loop.runInExecutor(executor, () => {
      throw new Error("nobody cares");
    });
    await loop.close();
    await executor.shutdown();
    assert.equal(future.done(), false);
  });
});

describeOnLoops("runInExecutor", ({ it, run }) => {
  guardWorkers();

  it("gives a future of its loop for executors of other makers too [EXE-01]", () =>
    run(async () => {
      const loop = getRunningLoop();
      let cancelled = 0;
      class Foreign extends InlineExecutor {
        override submit<A extends unknown[], T>(fn: (...args: A) => T, ...args: A): Future<Awaited<T>> {
          const result = new Future<Awaited<T>>();
          result.addDoneCallback(() => void (result.cancelled() && cancelled++));
          if (args.length > 0) result.setResult(fn(...args) as Awaited<T>);
          return result;
        }
      }
      const executor = new Foreign();
      assert.equal(await loop.runInExecutor(executor, (a: number) => a + 1, 1), 2);
      const never = loop.runInExecutor(executor, () => 1);
      never.cancel();
      await assert.rejects(async () => await never);
      await until(() => cancelled === 1);
      assert.throws(() => loop.runInExecutor(5 as unknown as Executor, () => 1), {
        code: "GYRE_INVALID_ARGUMENT",
      });
    }));

  it("rejects on an executor that was shut down [EXE-01]", () =>
    run(async () => {
      for (const executor of [new ThreadPoolExecutor(), new InlineExecutor()]) {
        await executor.shutdown();
        await assert.rejects(async () => await getRunningLoop().runInExecutor(executor, () => 1), {
          code: "GYRE_EXECUTOR_SHUT_DOWN",
        });
      }
    }));
});
