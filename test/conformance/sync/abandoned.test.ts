import assert from "node:assert/strict";
import { createTask, Lock, Queue, sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";

describeOnLoops("what an abandoned task was just granted", ({ it, run }) => {
  it("stays in the queue for the next [Q-05]", () =>
    run(async () => {
      const queue = new Queue<string>();
      const task = createTask(() => queue.get(), { abandonOnCancel: true });
      await sleep(1);
      queue.putNowait("item");
      task.cancel();
      assert.equal(task.cancelled(), true);
      await sleep(1);
      assert.equal(queue.getNowait(), "item");
    }));

  it("is a lock that the next can take [SYNC-04]", () =>
    run(async () => {
      const lock = new Lock();
      await lock.acquire();
      const task = createTask(() => lock.acquire(), { abandonOnCancel: true });
      await sleep(1);
      lock.release();
      task.cancel();
      await sleep(1);
      assert.equal(lock.locked(), false);
    }));
});
