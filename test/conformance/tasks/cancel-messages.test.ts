import assert from "node:assert/strict";
import { CancelledError, checkpoint, createTask, Future, sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";

describeOnLoops("the message of a cancellation", ({ it, run }) => {
  it("travels to the await, to those who await the task, and to result() [TASK-18 FUT-08]", () =>
    run(async () => {
      const seen: string[] = [];
      const task = createTask(async () => {
        try {
          await never();
        } catch (error) {
          seen.push((error as Error).message);
          throw error;
        }
      });
      await checkpoint();
      task.cancel("maintenance");
      await assert.rejects(task, { message: "maintenance" });
      assert.throws(() => task.result(), { message: "maintenance" });
      assert.throws(() => task.exception(), { message: "maintenance" });
      assert.deepEqual(seen, ["maintenance"]);
    }));

  it("has a text of its own when none was given [TASK-18]", () =>
    run(async () => {
      const task = createTask(never);
      await checkpoint();
      task.cancel();
      await assert.rejects(task, { message: new CancelledError().message });
    }));

  it("is the first one for a task that waits on a future [TASK-18]", () =>
    run(async () => {
      const task = createTask(never);
      await checkpoint();
      task.cancel("first");
      task.cancel("second");
      await assert.rejects(task, { message: "first" });
    }));

  it("is the last one for a task in sleep(0) [TASK-18]", () =>
    run(async () => {
      const task = createTask(() => sleep(0));
      const waiting = createTask(async () => {
        await sleep(0);
      });
      getTurn(() => {
        task.cancel("first");
        task.cancel("second");
        waiting.cancel("first");
        waiting.cancel("second");
      });
      await assert.rejects(task, { message: "second" });
      await assert.rejects(waiting, { message: "second" });

      function getTurn(callback: () => void): void {
        task.getLoop().callSoon(callback);
      }
    }));

  it("goes down a chain of tasks [TASK-18 TASK-19]", () =>
    run(async () => {
      const inner = createTask(never);
      const outer = createTask(async () => inner);
      await sleep(1);
      outer.cancel("pass it on");
      await assert.rejects(outer, { message: "pass it on" });
      assert.throws(() => inner.result(), { message: "pass it on" });
    }));

  it("stays with a future, whoever asks for it [FUT-08]", () =>
    run(async () => {
      const future = new Future<void>();
      future.cancel("gone");
      assert.throws(() => future.result(), { message: "gone" });
      assert.throws(() => future.exception(), { message: "gone" });
      await assert.rejects(future, { message: "gone" });
    }));

  it("may be empty [TASK-18]", () =>
    run(async () => {
      const task = createTask(never);
      await checkpoint();
      task.cancel("");
      await assert.rejects(task, { message: "" });
    }));
});
