import assert from "node:assert/strict";
import { checkpoint, createTask, currentTask, sleep, TaskGroup, taskGroup } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";
import { assertUndisturbed, endless } from "./support.ts";

/** As CPython 3.15 does it; CPython 3.13 has no such method, so there are no parity pairs. */
describeOnLoops("group.cancel()", ({ it, run }) => {
  it("called by the body, ends body and tasks, and the group ends without an error [TG-14]", () =>
    run(async () => {
      const steps: string[] = [];
      const value = await taskGroup(async (group) => {
        const task = group.createTask(() => endless(steps, "task"));
        await checkpoint();
        group.cancel();
        steps.push(`body still runs, task done: ${task.done()}`);
        await endless(steps, "body");
        return "never";
      });
      assert.equal(value, undefined);
      assert.deepEqual(steps, ["body still runs, task done: false", "task", "body"]);
      await assertUndisturbed();
    }));

  it("gives the body's value when the body ends without another wait [TG-14]", () =>
    run(async () => {
      const value = await taskGroup(async (group) => {
        group.createTask(never);
        group.cancel();
        return "value";
      });
      assert.equal(value, "value");
      await assertUndisturbed();
    }));

  it("called by a task, ends its siblings, the body, and the task at its next wait [TG-14]", () =>
    run(async () => {
      const steps: string[] = [];
      await taskGroup(async (group) => {
        group.createTask(() => endless(steps, "sibling"));
        group.createTask(async () => {
          await checkpoint();
          group.cancel();
          await endless(steps, "task");
        });
        await endless(steps, "body");
      });
      assert.deepEqual(steps.toSorted(), ["body", "sibling", "task"]);
      await assertUndisturbed();
    }));

  it("called from outside while the group waits, ends the tasks and waits for their clean-up [TG-14]", () =>
    run(async () => {
      const steps: string[] = [];
      const group = new TaskGroup();
      const running = createTask(() =>
        group.run(async () => {
          group.createTask(async () => {
            try {
              await never();
            } finally {
              await sleep(5);
              steps.push("cleaned up");
            }
          });
          return "value";
        }),
      );
      await sleep(1);
      group.cancel();
      assert.equal(await running, "value");
      assert.deepEqual(steps, ["cleaned up"]);
      assert.equal(running.cancelling(), 0);
    }));

  it("called before the group runs, cancels the body at its first wait [TG-14]", () =>
    run(async () => {
      const steps: string[] = [];
      const group = new TaskGroup();
      group.cancel();
      const value = await group.run(async () => {
        steps.push("body runs");
        assert.throws(() => group.createTask(never), { code: "GYRE_INVALID_STATE" });
        await endless(steps, "body ends");
        return "never";
      });
      assert.equal(value, undefined);
      assert.deepEqual(steps, ["body runs", "body ends"]);
      await assertUndisturbed();
    }));

  it("may be called again, and adds nothing [TG-14]", () =>
    run(async () => {
      let count = 0;
      await taskGroup(async (group) => {
        const task = group.createTask(never);
        await checkpoint();
        group.cancel();
        group.cancel();
        count = currentTask()?.cancelling() ?? -1;
        assert.equal(task.cancelling(), 1);
        await never();
      });
      assert.equal(count, 1);
      await assertUndisturbed();
    }));

  it("does nothing once the group has ended, or has nothing left to wait for [TG-14]", () =>
    run(async () => {
      const value = await taskGroup(async (group) => {
        group.createTask(checkpoint).addDoneCallback(() => group.cancel());
        return "value";
      });
      assert.equal(value, "value");
      await assertUndisturbed();
      const finished = new TaskGroup();
      await finished.run(async () => {});
      finished.cancel();
      assert.equal(finished.statistics().state, "finished");
      await assertUndisturbed();
    }));

  it("makes the group refuse tasks as one that shuts down [TG-02 TG-14]", () =>
    run(async () => {
      let called = false;
      await taskGroup(async (group) => {
        group.createTask(() => sleep(1));
        group.cancel();
        const refused = () =>
          group.createTask(() => {
            called = true;
          });
        assert.throws(refused, { code: "GYRE_INVALID_STATE", message: /shutting down/ });
      });
      await checkpoint();
      assert.equal(called, false);
    }));

  it("passes its message to the tasks and to the body [TG-14]", () =>
    run(async () => {
      const messages: string[] = [];
      const listen = () => never().catch((error: unknown) => void messages.push(String(error)));
      await taskGroup(async (group) => {
        group.createTask(listen);
        await checkpoint();
        group.cancel("enough");
        await listen();
      });
      assert.deepEqual(messages, ["CancelledError: enough", "CancelledError: enough"]);
    }));
});
