import assert from "node:assert/strict";
import { checkpoint, createTask, isCancelled, sleep, timeout } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";

describeOnLoops("counting requests to cancel", ({ it, run }) => {
  it("counts every request and every uncancel, and never goes below zero [TASK-13 TASK-14]", () =>
    run(async () => {
      const task = createTask(async (self) => {
        await assert.rejects(never(), isCancelled);
        return [self.cancelling(), self.uncancel(), self.uncancel(), self.uncancel(), self.cancelling()];
      });
      await checkpoint();
      task.cancel();
      task.cancel();
      assert.equal(task.cancelling(), 2);
      assert.deepEqual(await task, [2, 1, 0, 0, 0]);
    }));

  it("keeps the count when the cancellation is caught [TASK-13 TASK-20]", () =>
    run(async () => {
      const task = createTask(async (self) => {
        await assert.rejects(sleep(60_000), isCancelled);
        await sleep(1);
        return self.cancelling();
      });
      await checkpoint();
      task.cancel();
      assert.equal(await task, 1);
    }));

  it("keeps the count of a task that is done [TASK-13 TASK-14]", () =>
    run(async () => {
      const task = createTask(never);
      await checkpoint();
      task.cancel();
      await assert.rejects(task, isCancelled);
      assert.equal(task.cancelling(), 1);
      assert.equal(task.uncancel(), 0);
      assert.equal(task.cancelled(), true);
    }));

  it("does not undo a cancellation that is delivered already [TASK-14]", () =>
    run(async () => {
      const task = createTask(never);
      await checkpoint();
      task.cancel();
      task.uncancel();
      await assert.rejects(task, isCancelled);
    }));

  it("lets a timeout block outlive a cancellation that was taken back [TASK-14 TO-05]", () =>
    run(async () => {
      const task = createTask(async (self) => {
        await never().catch(() => self.uncancel());
        await assert.rejects(
          timeout(1, () => sleep(60_000)),
          { code: "GYRE_TIMEOUT" },
        );
        return "structured blocks work again";
      });
      await checkpoint();
      task.cancel();
      assert.equal(await task, "structured blocks work again");
    }));

  it("makes a timeout inside a cancelled task still a timeout [TASK-13 TO-05]", () =>
    run(async () => {
      const task = createTask(async () => {
        try {
          await never();
        } finally {
          await assert.rejects(
            timeout(1, () => sleep(60_000)),
            { code: "GYRE_TIMEOUT" },
          );
        }
      });
      await checkpoint();
      task.cancel();
      await assert.rejects(task, isCancelled);
    }));
});
