import assert from "node:assert/strict";
import { currentTask, getRunningLoop, sleep } from "gyre";
import { CallbackContext } from "#gyre/core/callback-context.js";
import { describeOnLoops } from "../../support/loops.ts";

/** What the host calls outside of any turn. */
function fromHost(report: () => void): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => {
      report();
      resolve();
    });
  });
}

describeOnLoops("what the host reports", ({ it, run }) => {
  it("does not overtake what is ready [SCHED-01]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const context = new CallbackContext(loop);
      const order: string[] = [];
      await fromHost(() => {
        loop.callSoon(() => order.push("callSoon"));
        context.dispatch((text) => order.push(text), "report");
        assert.deepEqual(order, []);
      });
      await sleep(1);
      assert.deepEqual(order, ["callSoon", "report"]);
    }));

  it("keeps its order where the queue is what it came through [SCHED-01]", () =>
    run(async () => {
      const context = new CallbackContext(getRunningLoop());
      const order: number[] = [];
      await fromHost(() => {
        for (const number of [1, 2, 3]) context.soon((value) => order.push(value), number);
      });
      await sleep(1);
      assert.deepEqual(order, [1, 2, 3]);
    }));

  it("runs at once when nothing but other reports waits, outside of every task [TASK-25]", () =>
    run(async () => {
      const context = new CallbackContext(getRunningLoop());
      let seen: unknown = "nothing";
      await fromHost(() => {
        context.soon(() => undefined, undefined);
        context.dispatch(() => {
          seen = currentTask();
        }, undefined);
        assert.equal(seen, null);
      });
      await sleep(1);
    }));
});
