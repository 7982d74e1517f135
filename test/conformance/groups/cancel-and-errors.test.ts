import assert from "node:assert/strict";
import { checkpoint, createTask, isCancelled, sleep, TaskGroup, taskGroup } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";
import { assertUndisturbed, cleanUp, endless } from "./support.ts";

describeOnLoops("a group that was cancelled", ({ it, run }) => {
  it("still throws the errors of its tasks and of its body [TG-06 TG-14]", () =>
    run(async () => {
      const running = taskGroup(async (group) => {
        group.createTask(() => never().finally(() => fail("task")));
        await checkpoint();
        group.cancel();
        fail("body");
      });
      await assert.rejects(running, ({ errors }: AggregateError) => {
        assert.deepEqual(errors.map(String), ["Error: task", "Error: body"]);
        return true;
      });
      await assertUndisturbed();
    }));

  it("passes on a cancellation of the caller that comes on top [TG-08 TG-14]", () =>
    run(async () => {
      const task = createTask(() => cancelledGroupThatCleansUp("in the body"));
      await sleep(1);
      task.cancel();
      await assert.rejects(task, isCancelled);
      assert.equal(task.cancelling(), 1);
    }));

  it("passes on a cancellation of the caller that comes while it waits for clean-up [TG-08 TG-14]", () =>
    run(async () => {
      const task = createTask(() => cancelledGroupThatCleansUp("while waiting"));
      await sleep(1);
      task.cancel();
      await assert.rejects(task, isCancelled);
      assert.equal(task.cancelling(), 1);
    }));

  it("throws the error of its body even if the caller is cancelled on top, which strikes next [TG-08 TG-14]", () =>
    run(async () => {
      const error = new Error("body");
      const task = createTask(async (self) => {
        const running = taskGroup(async (group) => {
          group.createTask(() => cleanUp(10));
          await checkpoint();
          group.cancel();
          throw error;
        });
        await assert.rejects(running, ({ errors }: AggregateError) => errors[0] === error);
        assert.equal(self.cancelling(), 1);
        await checkpoint();
        assert.fail("the cancellation was dropped");
      });
      await sleep(2);
      task.cancel();
      await assert.rejects(task, isCancelled);
    }));

  it("lets the caller be cancelled when that came first [TG-08 TG-14]", () =>
    run(async () => {
      const group = new TaskGroup();
      const task = createTask(() =>
        group.run(async () => {
          group.createTask(() => cleanUp(3));
        }),
      );
      await sleep(1);
      task.cancel();
      await checkpoint();
      group.cancel();
      await assert.rejects(task, isCancelled);
      assert.equal(task.cancelling(), 1);
    }));

  it("ends a task that cancels it in the middle of its own eager start [TG-02 TG-14]", () =>
    run(async () => {
      const steps: string[] = [];
      await taskGroup(async (group) => {
        const work = async () => {
          group.cancel();
          await sleep(20);
          steps.push("the task was not cancelled");
        };
        group.createTask(work, { eagerStart: true });
        await sleep(20);
        steps.push("the body was not cancelled");
      });
      assert.deepEqual(steps, []);
      await assertUndisturbed();
    }));

  it("is nested without harm: an inner one ends alone, an outer one takes the inner one with it [TG-12 TG-14]", () =>
    run(async () => {
      const steps: string[] = [];
      await taskGroup(async (outer) => {
        await taskGroup(async (inner) => {
          inner.createTask(() => endless(steps, "first inner task"));
          await checkpoint();
          inner.cancel();
          await never();
        });
        await checkpoint();
        steps.push("outer goes on");
        await taskGroup(async (inner) => {
          inner.createTask(() => endless(steps, "second inner task"));
          await checkpoint();
          outer.cancel();
          await never();
        });
        steps.push("not reached");
      });
      assert.deepEqual(steps, ["first inner task", "outer goes on", "second inner task"]);
      await assertUndisturbed();
    }));
});

function fail(name: string): never {
  throw new Error(name);
}

async function cancelledGroupThatCleansUp(where: "in the body" | "while waiting"): Promise<void> {
  await taskGroup(async (group) => {
    group.createTask(() => cleanUp(10));
    await checkpoint();
    group.cancel();
    if (where === "in the body") await never();
  });
}
