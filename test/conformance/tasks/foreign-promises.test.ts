import assert from "node:assert/strict";
import {
  checkpoint,
  createTask,
  getRunningLoop,
  isCancelled,
  sleep,
  type Timeout,
  timeout,
  waitFor,
  wrapFuture,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { deferred } from "../support/deferred.ts";
import { collectReports } from "../support/reports.ts";

describeOnLoops("a task that awaits a promise of somebody else's", ({ it, run }) => {
  it("is cancelled at its next wait, when the promise is done [TASK-12]", () =>
    run(async () => {
      const steps: string[] = [];
      const foreign = deferred<string>();
      const task = createTask(async () => {
        steps.push(await foreign.promise);
        await sleep(60_000);
      });
      await checkpoint();
      assert.equal(task.cancel(), true);
      await checkpoint();
      assert.equal(task.done(), false);
      foreign.resolve("promise done");
      await assert.rejects(task, isCancelled);
      assert.deepEqual(steps, ["promise done"]);
    }));

  it("is cancelled at its end, when it waits for nothing else [TASK-17]", () =>
    run(async () => {
      const foreign = deferred<string>();
      const task = createTask(() => foreign.promise);
      await checkpoint();
      task.cancel();
      foreign.resolve("lost");
      await assert.rejects(task, isCancelled);
    }));

  it("keeps the error of the promise, rather than the cancellation [TASK-20]", () =>
    run(async () => {
      const error = new Error("of the promise");
      const foreign = deferred<void>();
      const task = createTask(async () => foreign.promise);
      await checkpoint();
      task.cancel();
      foreign.reject(error);
      await assert.rejects(task, error);
    }));

  it("ends at once when it waits by wrapFuture, and the promise runs on [FUT-18]", () =>
    run(async () => {
      const foreign = deferred<string>();
      const task = createTask(async () => wrapFuture(foreign.promise));
      await checkpoint();
      task.cancel();
      await assert.rejects(task, isCancelled);
      foreign.resolve("ran on");
      assert.equal(await foreign.promise, "ran on");
    }));

  it("ends at once when it waits by waitFor, and the promise runs on [WAIT-08]", () =>
    run(async () => {
      const foreign = deferred<string>();
      const task = createTask(() => waitFor(foreign.promise, 60_000));
      await checkpoint();
      task.cancel();
      await assert.rejects(task, isCancelled);
      foreign.resolve("ran on");
      assert.equal(await foreign.promise, "ran on");
    }));

  it("makes a scope wait until its work has really ended [TASK-12 TO-05]", () =>
    run(async () => {
      const foreign = deferred<void>();
      let ended = false;
      const body = async (scope: Timeout): Promise<void> => {
        getRunningLoop().callLater(5, () => {
          assert.equal(scope.expired(), true);
          foreign.resolve();
        });
        await foreign.promise;
        ended = true;
        await checkpoint();
      };
      await assert.rejects(timeout(1, body), { code: "GYRE_TIMEOUT" });
      assert.equal(ended, true);
    }));
});

describeOnLoops("work that is abandoned when cancelled", ({ it, run }) => {
  it("runs on detached while its task ends at once [TASK-12]", () =>
    run(async () => {
      const steps: string[] = [];
      const foreign = deferred<void>();
      const work = async (): Promise<void> => {
        await foreign.promise;
        steps.push("ran on");
      };
      const task = createTask(work, { abandonOnCancel: true });
      await checkpoint();
      task.cancel("now");
      assert.equal(task.done(), true);
      await assert.rejects(task, { message: "now" });
      assert.deepEqual(steps, []);
      foreign.resolve();
      await checkpoint();
      assert.deepEqual(steps, ["ran on"]);
    }));

  it("has its outcome dropped, an error too, without a report [TASK-12]", () =>
    run(async () => {
      const reports = collectReports();
      const foreign = deferred<void>();
      const task = createTask(async () => foreign.promise, { abandonOnCancel: true });
      await checkpoint();
      task.cancel();
      await assert.rejects(task, isCancelled);
      foreign.reject(new Error("dropped"));
      await sleep(2);
      assert.deepEqual(reports, []);
    }));

  it("is cancelled as usual where it waits for something of gyre's [TASK-12]", () =>
    run(async () => {
      const steps: string[] = [];
      const work = async (): Promise<void> => {
        try {
          await sleep(60_000);
        } finally {
          steps.push("finally");
        }
      };
      const task = createTask(work, { abandonOnCancel: true });
      await checkpoint();
      task.cancel();
      await assert.rejects(task, isCancelled);
      await checkpoint();
      assert.deepEqual(steps, ["finally"]);
    }));

  it("ends a timeout at its deadline [TO-04]", () =>
    run(async () => {
      const foreign = deferred<string>();
      await assert.rejects(
        timeout(2, () => foreign.promise, { abandonOnCancel: true }),
        { code: "GYRE_TIMEOUT" },
      );
      foreign.resolve("ran on");
      assert.equal(await foreign.promise, "ran on");
    }));
});

describeOnLoops("a cancelled task that still runs after a second", ({ it, run }) => {
  it("is reported with its place and a way out, in every mode, unless it waits for gyre [DBG-05]", async () => {
    await Promise.all([run(cancelTwo, { debug: false }), run(cancelTwo, { debug: true })]);
  });

  /** One task is stuck on a foreign promise, the other one cleans up with waits that gyre knows. */
  async function cancelTwo(): Promise<void> {
    const reports = collectReports();
    const foreign = deferred<void>();
    getRunningLoop().callLater(1150, () => foreign.resolve());
    const stuck = createTask(
      async function downloads() {
        await foreign.promise;
      },
      { name: "download" },
    );
    const cleaning = createTask(async () => {
      try {
        await sleep(60_000);
      } finally {
        await sleep(1100);
      }
    });
    await checkpoint();
    stuck.cancel();
    cleaning.cancel();
    await assert.rejects(cleaning, isCancelled);
    await assert.rejects(stuck, isCancelled);
    assert.equal(reports.length, 1);
    assert.equal(reports[0]?.task, stuck);
    const message = reports[0]?.message ?? "";
    assert.match(message, /download .*cancelled/);
    assert.match(message, /foreign-promises\.test|downloads/);
    assert.match(message, /task\.signal|wrapFuture/);
  }
});
