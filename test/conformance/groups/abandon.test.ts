import assert from "node:assert/strict";
import { setTimeout as hostSleep } from "node:timers/promises";
import { checkpoint, createTask, isCancelled, taskGroup, timeout } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { deferred } from "../support/deferred.ts";
import { never } from "../support/pending.ts";
import { collectReports } from "../support/reports.ts";

describeOnLoops("a group with tasks that are abandoned when cancelled", ({ it, run }) => {
  it("ends at once, and the work runs on detached [TG-04]", () =>
    run(async () => {
      const promise = hostSleep(50, "ran on");
      const error = new Error("sibling");
      let ended = false;
      const running = taskGroup(async (group) => {
        const work = async () => {
          await promise;
          ended = true;
        };
        group.createTask(work, { abandonOnCancel: true });
        await checkpoint();
        throw error;
      });
      await assert.rejects(running, ({ errors }: AggregateError) => {
        assert.deepEqual(errors, [error]);
        return true;
      });
      assert.equal(ended, false);
      assert.equal(await promise, "ran on");
      await checkpoint();
      assert.equal(ended, true);
    }));

  it("waits for the others, whose work cannot be interrupted either [TG-04 TG-10]", () =>
    run(async () => {
      const promise = hostSleep(6);
      let ended = false;
      await taskGroup(async (group) => {
        group.createTask(async () => {
          await promise;
          ended = true;
        });
        group.createTask(() => hostSleep(12), { abandonOnCancel: true });
        await checkpoint();
        group.cancel();
      });
      assert.equal(ended, true);
      await hostSleep(12);
    }));

  it("drops the outcome of the work, and reports no error [TG-04]", () =>
    run(async () => {
      const reports = collectReports();
      const work = deferred<void>();
      await taskGroup(async (group) => {
        group.createTask(() => work.promise, { abandonOnCancel: true });
        await checkpoint();
        group.cancel();
      });
      work.reject(new Error("dropped"));
      await hostSleep(1);
      assert.deepEqual(reports, []);
    }));

  it("interrupts what can be interrupted, before it ends or soon after [TG-04]", () =>
    run(async () => {
      const steps: string[] = [];
      await taskGroup(async (group) => {
        group.createTask(() => never().finally(() => void steps.push("finally")), { abandonOnCancel: true });
        await checkpoint();
        group.cancel();
      });
      await checkpoint();
      assert.deepEqual(steps, ["finally"]);
    }));

  it("counts an abandoned task as cancelled, and waits for one that is not [TG-05]", () =>
    run(async () => {
      const [abandoned, finished] = await taskGroup(async (group) => {
        const first = group.createTask(() => hostSleep(5, "lost"), { abandonOnCancel: true });
        const second = group.createTask(() => hostSleep(2, "kept"), { abandonOnCancel: true });
        await checkpoint();
        first.cancel();
        return [first, second] as const;
      });
      assert.equal(abandoned.cancelled(), true);
      assert.equal(finished.result(), "kept");
      await hostSleep(5);
    }));
});

describeOnLoops("timeout(…, { abandonOnCancel: true })", ({ it, run }) => {
  it("gives the value of a body that ends in time [TO-05]", () =>
    run(async () => {
      const value = await timeout(1000, () => hostSleep(1, "value"), { abandonOnCancel: true });
      assert.equal(value, "value");
    }));

  it("throws the error of a body that fails in time [TO-05]", () =>
    run(async () => {
      const error = new Error("body");
      const body = async () => {
        await hostSleep(1);
        throw error;
      };
      await assert.rejects(timeout(1000, body, { abandonOnCancel: true }), error);
    }));

  it("has the deadline on the scope that the body is given [TO-06 TO-07]", () =>
    run(async () => {
      const expired = await timeout(
        30,
        async (scope) => {
          scope.reschedule(null);
          await hostSleep(60);
          return scope.expired();
        },
        { abandonOnCancel: true },
      );
      assert.equal(expired, false);
    }));

  it("ends at once as well when the caller is cancelled [TO-05]", () =>
    run(async () => {
      const promise = hostSleep(50);
      let ended = false;
      void promise.then(() => {
        ended = true;
      });
      const task = createTask(() => timeout(1000, () => promise, { abandonOnCancel: true }));
      await checkpoint();
      task.cancel();
      await assert.rejects(task, isCancelled);
      assert.equal(ended, false);
      await promise;
    }));
});
