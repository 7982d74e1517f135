import assert from "node:assert/strict";
import { checkpoint, createTask, Future, getRunningLoop, isCancelled, sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";

describeOnLoops("sleep", ({ it, run }) => {
  it("gives its result, undefined by default [WAIT-01]", () =>
    run(async () => {
      assert.equal(await sleep(1), undefined);
      assert.equal(await sleep(1, "result"), "result");
      assert.equal(await sleep(0, "result"), "result");
      assert.equal(await sleep(-5, "result"), "result");
    }));

  it("is a future of the running loop, whose time runs from the call [WAIT-01]", () =>
    run(async () => {
      const since = getRunningLoop().time();
      const sleeps = [sleep(20), sleep(20), sleep(20)];
      assert.ok(sleeps[0] instanceof Future);
      await sleeps.at(-1);
      assert.ok(getRunningLoop().time() - since >= 19.999);
      assert.ok(sleeps.every((one) => one.done())); // the others did not wait until somebody awaits them
    }));

  it("never ends early [WAIT-01 SCHED-06]", () =>
    run(async () => {
      const loop = getRunningLoop();
      for (const delay of [0.1, 0.5, 1, 1.5, 2.25]) {
        const since = loop.time();
        await sleep(delay);
        assert.ok(loop.time() - since >= delay - 0.001);
      }
    }));

  it("ends in the order of the deadlines [WAIT-01]", () =>
    run(async () => {
      const order: number[] = [];
      const tasks = [13, 2, 7].map((delay) =>
        createTask(async () => {
          await sleep(delay);
          order.push(delay);
        }),
      );
      for (const task of tasks) await task;
      assert.deepEqual(order, [2, 7, 13]);
    }));

  it("releases its timer when the task that sleeps is cancelled [WAIT-01]", () =>
    run(async () => {
      const task = createTask(async () => sleep(60_000));
      await checkpoint();
      assert.equal(getRunningLoop().statistics().timers, 1);
      task.cancel();
      await assert.rejects(task, isCancelled);
      assert.equal(task.cancelled(), true);
      await sleep(0);
      assert.equal(getRunningLoop().statistics().timers, 0);
    }));

  it("can be cancelled itself, before anybody waits, and also when it takes no time [WAIT-01 FUT-08]", () =>
    run(async () => {
      for (const delay of [60_000, 0]) {
        const future = sleep(delay);
        assert.equal(future.cancel("awake"), true);
        await assert.rejects(future, { message: "awake" });
      }
      assert.equal(getRunningLoop().statistics().timers, 0);
    }));

  it("sleeps for ever, until it is cancelled [WAIT-01]", () =>
    run(async () => {
      const future = sleep(Number.POSITIVE_INFINITY);
      await sleep(2);
      assert.equal(future.done(), false);
      future.cancel();
      await assert.rejects(future, isCancelled);
    }));

  it("refuses NaN and what is not a number, at once [WAIT-01]", () =>
    run(async () => {
      assert.throws(() => sleep(Number.NaN), {
        name: "RangeError",
        code: "GYRE_OUT_OF_RANGE",
        message: /NaN/,
      });
      for (const wrong of [undefined, null, "5", 5n, {}, [1]]) {
        assert.throws(() => sleep(wrong as number), {
          name: "TypeError",
          code: "GYRE_INVALID_ARGUMENT",
        });
      }
    }));
});

describeOnLoops("checkpoint", ({ it, run }) => {
  it("lets everything that is ready run once [WAIT-01]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const order: string[] = [];
      loop.callSoon(() => {
        order.push("first");
        loop.callSoon(() => order.push("second turn"));
      });
      const task = createTask(async () => order.push("task"));
      await checkpoint();
      assert.deepEqual(order.slice(0, 2), ["first", "task"]);
      await checkpoint();
      assert.deepEqual(order, ["first", "task", "second turn"]);
      await task;
    }));

  it("delivers a cancellation that is pending, as sleep(0) does [WAIT-01 TASK-12]", () =>
    run(async () => {
      for (const pause of [checkpoint, () => sleep(0)]) {
        const steps: string[] = [];
        const task = createTask(async (self) => {
          self.cancel();
          steps.push("cancelled");
          await pause();
          steps.push("not reached");
        });
        await assert.rejects(task, isCancelled);
        assert.deepEqual(steps, ["cancelled"]);
      }
    }));

  it("delivers it also when the future was made before the cancellation [WAIT-01 TASK-12]", () =>
    run(async () => {
      const steps: string[] = [];
      const task = createTask(async (self) => {
        const pause = checkpoint();
        self.cancel();
        await pause;
        steps.push("not reached");
      });
      await assert.rejects(task, isCancelled);
      assert.deepEqual(steps, []);
    }));

  it("delivers it below other async functions and Promise.all [WAIT-01 TASK-12]", () =>
    run(async () => {
      const steps: string[] = [];
      const inner = async (): Promise<void> => {
        await checkpoint();
        steps.push("not reached");
      };
      const task = createTask(async (self) => {
        self.cancel();
        await inner();
      });
      await assert.rejects(task, isCancelled);
      assert.deepEqual(steps, []);
    }));
});
