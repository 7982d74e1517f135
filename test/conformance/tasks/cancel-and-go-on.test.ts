import assert from "node:assert/strict";
import { checkpoint, createTask, currentTask, Future, isCancelled, sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";

describeOnLoops("a task that catches its cancellation", ({ it, run }) => {
  it("may clean up with awaits of its own [TASK-12 TASK-20]", () =>
    run(async () => {
      const steps: string[] = [];
      const task = createTask(async () => {
        try {
          await never();
        } finally {
          await sleep(1);
          steps.push("slept");
          await checkpoint();
          steps.push("cleaned up");
        }
      });
      await checkpoint();
      task.cancel();
      await assert.rejects(task, isCancelled);
      assert.deepEqual(steps, ["slept", "cleaned up"]);
    }));

  it("may go on and end normally [TASK-20]", () =>
    run(async () => {
      const task = createTask(async () => {
        await sleep(60_000).catch(() => undefined);
        await sleep(1);
        return "went on";
      });
      await checkpoint();
      task.cancel();
      assert.equal(await task, "went on");
      assert.equal(task.cancelled(), false);
      assert.equal(task.cancelling(), 1);
    }));

  it("may throw another error instead [TASK-20]", () =>
    run(async () => {
      const error = new Error("instead");
      const task = createTask(async () => {
        try {
          await never();
        } catch {
          throw error;
        }
      });
      await checkpoint();
      task.cancel();
      await assert.rejects(task, error);
      assert.equal(task.cancelled(), false);
    }));

  it("can be cancelled again, in its clean-up too [TASK-12]", () =>
    run(async () => {
      const steps: string[] = [];
      const task = createTask(async () => {
        for (const step of ["first", "second"]) {
          await assert.rejects(never(), isCancelled);
          steps.push(step);
        }
        await never();
      });
      for (let count = 0; count < 3; count++) {
        await sleep(1);
        task.cancel();
      }
      await assert.rejects(task, isCancelled);
      assert.deepEqual(steps, ["first", "second"]);
      assert.equal(task.cancelling(), 3);
    }));

  it("gets several requests of one turn as one cancellation, below catch() too [TASK-12]", () =>
    run(async () => {
      const work = async (): Promise<string> => {
        await never().catch(() => undefined);
        await checkpoint();
        return "went on";
      };
      const task = createTask(work);
      await checkpoint();
      task.cancel();
      task.cancel();
      assert.equal(await task, "went on");
    }));

  it("goes on when the task that it awaits refuses the cancellation [TASK-19]", () =>
    run(async () => {
      const inner = createTask(async () => {
        await assert.rejects(never(), isCancelled);
        return "inner refused";
      });
      const outer = createTask(async () => inner);
      await sleep(1);
      outer.cancel();
      assert.equal(await outer, "inner refused");
      assert.equal(outer.cancelled(), false);
    }));
});

describeOnLoops("a task that cancels itself", ({ it, run }) => {
  it("is cancelled at its next wait [TASK-12]", () =>
    run(async () => {
      const steps: string[] = [];
      const task = createTask(async (self) => {
        self.cancel("by myself");
        steps.push("still here");
        await sleep(60_000);
        steps.push("not reached");
      });
      await assert.rejects(task, { message: "by myself" });
      assert.deepEqual(steps, ["still here"]);
    }));

  it("cancels the fresh future that it awaits next [TASK-19]", () =>
    run(async () => {
      const future = new Future<void>();
      const task = createTask(async (self) => {
        self.cancel();
        await future;
      });
      await assert.rejects(task, isCancelled);
      assert.equal(future.cancelled(), true);
    }));

  it("passes a future that is done, since that needs no wait [TASK-12 FUT-12]", () =>
    run(async () => {
      const finished = new Future<string>();
      finished.setResult("at hand");
      const seen: string[] = [];
      const task = createTask(async (self) => {
        self.cancel();
        seen.push(await finished);
        await checkpoint();
        seen.push("not reached");
      });
      await assert.rejects(task, isCancelled);
      assert.deepEqual(seen, ["at hand"]);
    }));

  it("is cancelled, and its value lost, when it returns without another wait [TASK-17]", () =>
    run(async () => {
      const task = createTask(async (self) => {
        self.cancel("too late");
        return "lost";
      });
      await assert.rejects(task, { message: "too late" });
      assert.equal(task.cancelled(), true);
    }));

  it("fails with its error when it throws without another wait [TASK-17]", () =>
    run(async () => {
      const error = new Error("more important");
      const task = createTask(async (self) => {
        self.cancel();
        throw error;
      });
      await assert.rejects(task, error);
    }));

  it("can take it back before the next wait [TASK-14]", () =>
    run(async () => {
      const task = createTask(async (self) => {
        self.cancel();
        self.uncancel();
        await checkpoint();
        return currentTask()?.cancelling();
      });
      assert.equal(await task, 0);
    }));

  it("is cancelled once by several requests [TASK-12]", () =>
    run(async () => {
      const task = createTask(async (self) => {
        self.cancel();
        self.cancel();
        await assert.rejects(checkpoint(), isCancelled);
        await checkpoint();
        return self.cancelling();
      });
      assert.equal(await task, 2);
    }));

  it("is cancelled at a checkpoint after a promise that nothing could interrupt [TASK-12]", () =>
    run(async () => {
      const steps: string[] = [];
      const task = createTask(async () => {
        await new Promise((resolve) => setTimeout(resolve, 3));
        steps.push("promise");
        await checkpoint();
        steps.push("not reached");
      });
      await checkpoint();
      task.cancel();
      await assert.rejects(task, isCancelled);
      assert.deepEqual(steps, ["promise"]);
    }));
});
