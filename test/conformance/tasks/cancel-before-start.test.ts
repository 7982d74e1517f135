import assert from "node:assert/strict";
import { checkpoint, createTask, isCancelled, sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";

describeOnLoops("cancelling a task before it starts", ({ it, run }) => {
  it("never calls its function [TASK-16]", () =>
    run(async () => {
      let called = false;
      const task = createTask(() => {
        called = true;
      });
      assert.equal(task.cancel(), true);
      await assert.rejects(task, isCancelled);
      assert.equal(called, false);
      assert.equal(task.cancelled(), true);
    }));

  it("leaves the task pending until its turn comes [TASK-12 TASK-16]", () =>
    run(async () => {
      const task = createTask(checkpoint);
      task.cancel();
      assert.equal(task.done(), false);
      assert.equal(task.cancelled(), false);
      assert.equal(task.cancelling(), 1);
      await assert.rejects(task, isCancelled);
    }));

  it("is dropped when it is taken back in time [TASK-14]", () =>
    run(async () => {
      const task = createTask(() => sleep(1, "ran"));
      task.cancel();
      assert.equal(task.uncancel(), 0);
      assert.equal(await task, "ran");
    }));

  it("stays when only one of two requests is taken back [TASK-14]", () =>
    run(async () => {
      const task = createTask(() => sleep(1, "ran"));
      task.cancel();
      task.cancel();
      assert.equal(task.uncancel(), 1);
      await assert.rejects(task, isCancelled);
    }));

  it("carries the last message [TASK-18]", () =>
    run(async () => {
      const task = createTask(checkpoint);
      task.cancel("first");
      task.cancel("last");
      await assert.rejects(task, { code: "GYRE_CANCELLED", message: "last" });
    }));
});
