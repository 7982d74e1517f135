import assert from "node:assert/strict";
import {
  allTasks,
  checkpoint,
  ContextVar,
  createTask,
  currentTask,
  eagerTaskFactory,
  Future,
  gather,
  getRunningLoop,
  isCancelled,
  newEventLoop,
  sleep,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { collectReports } from "../support/reports.ts";

describeOnLoops("an eager task", ({ it, run, name }) => {
  it("runs to its first wait inside createTask [TASK-33]", () =>
    run(async () => {
      const steps: string[] = [];
      const task = createTask(
        async () => {
          steps.push("in");
          await checkpoint();
          steps.push("after");
        },
        { eagerStart: true },
      );
      steps.push("out");
      await task;
      assert.deepEqual(steps, ["in", "out", "after"]);
    }));

  it("is done at once when its function returns a plain value [TASK-33]", () =>
    run(async (main) => {
      const task = createTask(() => "at once", { eagerStart: true });
      assert.equal(task.done(), true);
      assert.equal(task.result(), "at once");
      assert.deepEqual([...allTasks()], [main]);
    }));

  it("keeps what its function throws at once, instead of throwing it [TASK-33]", () =>
    run(async () => {
      const error = new Error("inside");
      const task = createTask(
        () => {
          throw error;
        },
        { eagerStart: true },
      );
      assert.equal(task.done(), true);
      assert.equal(task.exception(), error);
    }));

  it("is not done at once when its function is async, even without a wait [TASK-33]", () =>
    run(async () => {
      const task = createTask(async () => "soon", { eagerStart: true });
      assert.equal(task.done(), false);
      assert.equal(await task, "soon");
    }));

  it("is the current task during its first step, and its creator is afterwards [TASK-33 TASK-36]", () =>
    run(async (main) => {
      const seen: unknown[] = [];
      const task = createTask(
        () => {
          seen.push(currentTask());
          return checkpoint();
        },
        { eagerStart: true },
      );
      seen.push(currentTask());
      assert.deepEqual(seen, [task, main]);
      await task;
    }));

  it("is among all tasks in its first step and while it waits [TASK-26 TASK-33]", () =>
    run(async () => {
      let inside = false;
      const task = createTask(
        (self) => {
          inside = allTasks().has(self);
          return sleep(1);
        },
        { eagerStart: true },
      );
      assert.equal(inside, true);
      assert.equal(allTasks().has(task), true);
      await task;
    }));

  it("runs in a copy of the context, so that nothing leaks to its creator [TASK-33 CTX-01]", () =>
    run(async () => {
      const variable = new ContextVar<string>("variable", { default: "creator" });
      const task = createTask(() => variable.set("task").variable.get(), { eagerStart: true });
      assert.equal(task.result(), "task");
      assert.equal(variable.get(), "creator");
    }));

  it("can be cancelled after its first step [TASK-33 TASK-12]", () =>
    run(async () => {
      const task = createTask(() => sleep(60_000), { eagerStart: true });
      task.cancel();
      await assert.rejects(task, isCancelled);
    }));

  it("refuses to be cancelled when it is done at once [TASK-33 TASK-12]", () =>
    run(async () => {
      const task = createTask(() => 1, { eagerStart: true });
      assert.equal(task.cancel(), false);
      assert.equal(task.cancelled(), false);
    }));

  it("may await a future that its own first step set [TASK-33]", () =>
    run(async () => {
      const future = new Future<number>();
      const task = createTask(
        async () => {
          future.setResult(5);
          return (await future) + 1;
        },
        { eagerStart: true },
      );
      assert.equal(await task, 6);
    }));

  it("may make eager tasks of its own, however deep [TASK-33]", () =>
    run(async () => {
      const work = (depth: number): number | Future<number> =>
        depth === 0 ? 0 : createTask(() => work(depth - 1), { eagerStart: true });
      assert.equal(await createTask(() => work(20), { eagerStart: true }), 0);
    }));

  it("starts later when the loop does not run yet [TASK-33]", async () => {
    const loop = await newEventLoop(name);
    let started = false;
    const task = loop.createTask(
      () => {
        started = true;
      },
      { eagerStart: true },
    );
    assert.equal(started, false);
    await loop.runUntilComplete(task);
    assert.equal(started, true);
    await loop.close();
  });

  it("reports an error that nobody looks at [TASK-33 FUT-13]", async () => {
    const error = new Error("nobody looks");
    const reports = await run(async () => {
      const collected = collectReports();
      createTask(
        () => {
          throw error;
        },
        { eagerStart: true },
      );
      return collected;
    });
    assert.deepEqual(
      reports.map((report) => report.exception),
      [error],
    );
  });
});

describeOnLoops("the eager task factory", ({ it, run }) => {
  it("makes every task of the loop start at once [TASK-33 EXT-03]", () =>
    run(async () => {
      getRunningLoop().setTaskFactory(eagerTaskFactory);
      assert.equal(createTask(() => 1).done(), true);
      assert.equal(createTask(() => 2, { eagerStart: false }).done(), false);
    }));

  it("lets gather be done at once when all its parts are [TASK-34]", () =>
    run(async () => {
      getRunningLoop().setTaskFactory(eagerTaskFactory);
      const gathering = gather([() => 1, () => 2]);
      assert.equal(gathering.done(), true);
      assert.deepEqual(gathering.result(), [1, 2]);
    }));

  it("lets gather wait for the parts that are not done [TASK-34]", () =>
    run(async () => {
      getRunningLoop().setTaskFactory(eagerTaskFactory);
      const gathering = gather([() => 1, () => sleep(1, 2), async () => 3]);
      assert.equal(gathering.done(), false);
      assert.deepEqual(await gathering, [1, 2, 3]);
    }));
});
