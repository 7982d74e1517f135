import assert from "node:assert/strict";
import { checkpoint, createTask, Future, gather, isCancelled, sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";
import { collectReports } from "../support/reports.ts";

describeOnLoops("cancelling a task that waits", ({ it, run }) => {
  it("throws a CancelledError where the task awaits [TASK-12 EXC-01]", () =>
    run(async () => {
      const steps: string[] = [];
      const task = createTask(async () => {
        try {
          await never();
          steps.push("not reached");
        } catch (error) {
          steps.push(isCancelled(error) ? "cancelled" : "another error");
          throw error;
        }
      });
      await checkpoint();
      assert.equal(task.cancel(), true);
      assert.equal(task.done(), false);
      await assert.rejects(task, isCancelled);
      assert.deepEqual(steps, ["cancelled"]);
      assert.equal(task.cancelled(), true);
    }));

  it("cancels the future that the task waits for [TASK-12 TASK-19]", () =>
    run(async () => {
      const future = new Future<void>();
      const task = createTask(async () => {
        await future;
      });
      await checkpoint();
      task.cancel("why");
      assert.equal(future.cancelled(), true);
      assert.throws(() => future.result(), { message: "why" });
      await assert.rejects(task, { message: "why" });
    }));

  it("goes down a chain of tasks to the innermost future [TASK-19]", () =>
    run(async () => {
      const future = new Future<void>();
      const inner = createTask(async () => {
        await future;
      });
      const middle = createTask(async () => inner);
      const outer = createTask(async () => {
        await middle;
      });
      await sleep(1);
      outer.cancel();
      assert.equal(future.cancelled(), true);
      await assert.rejects(outer, isCancelled);
      assert.deepEqual([inner.cancelled(), middle.cancelled()], [true, true]);
    }));

  it("goes through async functions that await each other [TASK-12]", () =>
    run(async () => {
      const steps: string[] = [];
      const level = async (depth: number): Promise<void> => {
        try {
          await (depth === 0 ? never() : level(depth - 1));
        } finally {
          steps.push(`finally ${depth}`);
        }
      };
      const task = createTask(() => level(3));
      await checkpoint();
      task.cancel();
      await assert.rejects(task, isCancelled);
      assert.deepEqual(steps, ["finally 0", "finally 1", "finally 2", "finally 3"]);
    }));

  it("hits a task whose function returned a future [TASK-12]", () =>
    run(async () => {
      const task = createTask(() => sleep(60_000));
      await checkpoint();
      task.cancel();
      await assert.rejects(task, isCancelled);
    }));

  it("hits a task that waits below Promise.all, race, any and allSettled [TASK-12]", () =>
    run(async () => {
      const waits = [
        () => Promise.all([never(), sleep(60_000)]),
        () => Promise.race([never(), sleep(60_000)]),
        () => Promise.any([never(), sleep(60_000)]),
        () => Promise.allSettled([never(), sleep(60_000)]),
      ];
      const tasks = waits.map((wait) => createTask(wait as () => Promise<unknown>));
      await checkpoint();
      for (const task of tasks) task.cancel();
      const [all, race, any, settled] = tasks;
      await assert.rejects(all as Future, isCancelled);
      await assert.rejects(race as Future, isCancelled);
      await assert.rejects(any as Future, AggregateError);
      assert.equal(((await settled) as unknown[]).length, 2);
    }));

  it("cancels all that several parts of one task wait for [TASK-12]", () =>
    run(async () => {
      const futures = [new Future<void>(), new Future<void>(), new Future<void>()];
      const task = createTask(() => Promise.all(futures));
      await checkpoint();
      task.cancel();
      assert.deepEqual(
        futures.map((future) => future.cancelled()),
        [true, true, true],
      );
      await assert.rejects(task, isCancelled);
    }));

  it("wins over a result that came in the same turn but was not delivered yet [TASK-12]", () =>
    run(async () => {
      const future = new Future<string>();
      const task = createTask(async () => future);
      await checkpoint();
      future.setResult("too late");
      task.cancel("wins");
      await assert.rejects(task, { message: "wins" });
      assert.equal(future.result(), "too late");
    }));

  it("wins over an error that came in the same turn but was not delivered yet [TASK-12]", () =>
    run(async () => {
      const future = new Future<string>();
      const task = createTask(async () => future);
      await checkpoint();
      future.setException(new Error("lost"));
      task.cancel();
      await assert.rejects(task, isCancelled); // and the error counts as looked at
    }));

  it("wins over an error of gather, or of then(), which counts as looked at as well [TASK-12 FUT-13]", async () => {
    for (const derive of [
      (source: Future<void>) => gather([source]),
      (source: Future<void>) => source.then(),
    ]) {
      const reports = await run(async () => {
        const collected = collectReports();
        const source = new Future<void>();
        const derived: Future<unknown> = derive(source) as Future<unknown>;
        derived.addDoneCallback(() => task.cancel()); // after the future failed, before the task wakes
        const task = createTask(async () => derived);
        await checkpoint();
        source.setException(new Error("overtaken"));
        await assert.rejects(task, isCancelled);
        return collected;
      });
      assert.deepEqual(reports, []);
    }
  });

  it("comes through when the future was cancelled as well [TASK-12]", () =>
    run(async () => {
      const future = new Future<void>();
      const task = createTask(async () => {
        await future;
      });
      await checkpoint();
      future.cancel();
      task.cancel();
      await assert.rejects(task, isCancelled);
    }));

  it("returns false, and counts nothing, when the task is done [TASK-12]", () =>
    run(async () => {
      const task = createTask(async () => "done");
      await task;
      assert.equal(task.cancel(), false);
      assert.equal(task.cancelling(), 0);
      assert.equal(task.result(), "done");
    }));

  it("leaves other tasks that await the same task to be cancelled with it, and their creator alone [TASK-19]", () =>
    run(async (main) => {
      const shared = createTask(never);
      const [first, second] = [createTask(async () => shared), createTask(async () => shared)];
      await sleep(1);
      first.cancel();
      await assert.rejects(first, isCancelled);
      await assert.rejects(second, isCancelled);
      assert.equal(shared.cancelled(), true);
      assert.equal(main.cancelling(), 0);
    }));
});
