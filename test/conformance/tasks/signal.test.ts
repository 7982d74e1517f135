import assert from "node:assert/strict";
import { setTimeout as hostSleep } from "node:timers/promises";
import { CancelledError, checkpoint, createTask, isCancelled, sleep, timeout } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";

describeOnLoops("task.signal", ({ it, run }) => {
  it("is one AbortSignal, which aborts when the task is cancelled [TASK-12]", () =>
    run(async () => {
      const signals: AbortSignal[] = [];
      const task = createTask(async (self) => {
        signals.push(self.signal, self.signal);
        await never();
      });
      await checkpoint();
      assert.equal(signals[0], signals[1]);
      assert.equal(signals[0]?.aborted, false);
      task.cancel("enough");
      assert.equal(signals[0]?.aborted, true);
      assert.ok(signals[0]?.reason instanceof CancelledError);
      assert.equal(signals[0]?.reason.message, "enough");
      await assert.rejects(task, isCancelled);
    }));

  it("cancels work of the host's that takes a signal [TASK-12]", () =>
    run(async () => {
      const task = createTask(async (self) => hostSleep(60_000, undefined, { signal: self.signal }));
      await checkpoint();
      task.cancel();
      await assert.rejects(task, (error) => isCancelled(error) || (error as Error).name === "AbortError");
      assert.equal(task.cancelling(), 1);
    }));

  it("throws once: what follows in finally blocks may wait [TASK-12]", () =>
    run(async () => {
      const steps: string[] = [];
      const task = createTask(async (self) => {
        try {
          await hostSleep(60_000, undefined, { signal: self.signal });
        } catch {
          steps.push("caught");
          await sleep(1);
          steps.push("slept");
          await checkpoint();
          steps.push("checked");
        }
      });
      await checkpoint();
      task.cancel();
      await task;
      assert.deepEqual(steps, ["caught", "slept", "checked"]);
    }));

  it("leaves the cancellation pending when nobody listens to it [TASK-12]", () =>
    run(async () => {
      const steps: string[] = [];
      const task = createTask(async (self) => {
        assert.equal(self.signal.aborted, false);
        await hostSleep(10);
        steps.push("promise done");
        await sleep(60_000);
      });
      await checkpoint();
      task.cancel();
      await assert.rejects(task, isCancelled);
      assert.deepEqual(steps, ["promise done"]);
    }));

  it("is aborted from the start when it is asked for after the cancellation [TASK-12]", () =>
    run(async () => {
      const task = createTask(async (self) => {
        await assert.rejects(never(), isCancelled);
        return self.signal.aborted;
      });
      await checkpoint();
      task.cancel();
      assert.equal(await task, true);
    }));

  it("is fresh after uncancel() has brought the count to zero [TASK-14]", () =>
    run(async () => {
      const task = createTask(async (self) => {
        const first = self.signal;
        await assert.rejects(never(), isCancelled);
        assert.equal(self.signal, first);
        self.uncancel();
        return [first.aborted, self.signal.aborted];
      });
      await checkpoint();
      task.cancel();
      assert.deepEqual(await task, [true, false]);
    }));

  it("aborts at the deadline of a timeout, and is fresh behind it [TO-04 TO-05]", () =>
    run(async (main) => {
      const before = main.signal;
      const untilAborted = () =>
        new Promise((_, reject) => {
          before.addEventListener("abort", () => reject(before.reason));
        });
      await assert.rejects(timeout(1, untilAborted), { code: "GYRE_TIMEOUT" });
      assert.equal(before.aborted, true);
      assert.equal(main.signal.aborted, false);
      await sleep(1);
    }));

  it("does not abort when the task ends by itself [TASK-12]", () =>
    run(async () => {
      const task = createTask((self): AbortSignal[] => [self.signal]);
      const [signal] = await task;
      await sleep(1);
      assert.equal(signal?.aborted, false);
    }));
});

describeOnLoops("createTask({ signal })", ({ it, run }) => {
  it("cancels the task when the signal aborts, with its reason as the message [TASK-12]", () =>
    run(async () => {
      const controller = new AbortController();
      const task = createTask(never, { signal: controller.signal });
      await checkpoint();
      controller.abort(new Error("shutting down"));
      await assert.rejects(task, { code: "GYRE_CANCELLED", message: "shutting down" });
      assert.equal(task.cancelling(), 1);
    }));

  it("never starts a task whose signal has aborted already [TASK-16]", () =>
    run(async () => {
      let called = false;
      const task = createTask(
        () => {
          called = true;
        },
        { signal: AbortSignal.abort("before") },
      );
      await assert.rejects(task, { code: "GYRE_CANCELLED", message: "before" });
      assert.equal(called, false);
    }));

  it("keeps no listener on the signal when the task is done [TASK-12]", () =>
    run(async () => {
      const controller = new AbortController();
      const { signal } = controller;
      let listeners = 0;
      const add = signal.addEventListener.bind(signal);
      const remove = signal.removeEventListener.bind(signal);
      signal.addEventListener = (...args: Parameters<typeof add>) => {
        listeners++;
        add(...args);
      };
      signal.removeEventListener = (...args: Parameters<typeof remove>) => {
        listeners--;
        remove(...args);
      };
      const task = createTask(checkpoint, { signal });
      assert.equal(listeners, 1);
      await task;
      assert.equal(listeners, 0);
      controller.abort();
      assert.equal(task.cancelled(), false);
    }));

  it("passes the abortion on to the signal of the task [TASK-12]", () =>
    run(async () => {
      const controller = new AbortController();
      let told = false;
      const task = createTask(
        async (self) => {
          self.signal.addEventListener("abort", () => {
            told = true;
          });
          await never();
        },
        { signal: controller.signal },
      );
      await sleep(1);
      controller.abort();
      assert.equal(told, true);
      await assert.rejects(task, isCancelled);
    }));
});
