import assert from "node:assert/strict";
import {
  checkpoint,
  createTask,
  Future,
  gather,
  getRunningLoop,
  isCancelled,
  newEventLoop,
  sleep,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";
import { collectReports } from "../support/reports.ts";

function failing(message: string): () => Promise<never> {
  return async () => {
    await checkpoint();
    throw new Error(message);
  };
}

describeOnLoops("gather", ({ it, run, name }) => {
  it("gives the results in the order of its arguments [WAIT-02]", () =>
    run(async () => {
      const results = await gather([
        () => sleep(3, "slow"),
        sleep(1, "quick"),
        Promise.resolve("promise"),
        async () => 4,
      ]);
      assert.deepEqual(results, ["slow", "quick", "promise", 4]);
    }));

  it("returns a future, which starts its functions at once [WAIT-02]", () =>
    run(async () => {
      let started = false;
      const gathering = gather([
        async () => {
          started = true;
        },
      ]);
      assert.ok(gathering instanceof Future);
      assert.equal(gathering.getLoop(), getRunningLoop());
      await sleep(1);
      assert.equal(started, true);
      await gathering;
    }));

  it("of nothing is done at once [WAIT-02]", () =>
    run(async () => {
      const gathering = gather([]);
      assert.equal(gathering.done(), true);
      assert.deepEqual(await gathering, []);
      assert.deepEqual(await gather([], { returnExceptions: true }), []);
    }));

  it("waits once for a task or promise that is passed twice, and runs a function each time [WAIT-02]", () =>
    run(async () => {
      let runs = 0;
      const work = async (): Promise<number> => ++runs;
      const task = createTask(async () => "task");
      const promise = Promise.resolve("promise");
      assert.deepEqual(await gather([work, work, task, promise, task, promise]), [
        1,
        2,
        "task",
        "promise",
        "task",
        "promise",
      ]);
      assert.equal(runs, 2);
    }));

  it("of futures that are done already is done on a later turn, or now [WAIT-02 TASK-34]", () =>
    run(async () => {
      const [a, b] = [new Future<number>(), new Future<number>()];
      a.setResult(1);
      b.setResult(2);
      assert.deepEqual(await gather([a, b]), [1, 2]);
    }));

  it("throws at once for futures of several loops, and starts nothing [WAIT-02]", () =>
    run(async () => {
      const other = await newEventLoop(name);
      const foreign = other.createFuture<void>();
      let started = false;
      const start = (): void => {
        started = true;
      };
      const attempt = async (): Promise<unknown> => gather([start, new Future(), foreign]);
      await assert.rejects(attempt, { code: "GYRE_OTHER_LOOP" });
      await checkpoint();
      assert.equal(started, false);
      await other.close();
    }));

  it("of another loop's futures belongs to that loop [WAIT-02]", () =>
    run(async () => {
      const other = await newEventLoop(name);
      const gathering = gather([other.createFuture(), other.createFuture()]);
      assert.equal(gathering.getLoop(), other);
      await other.close();
    }));
});

describeOnLoops("gather and errors", ({ it, run }) => {
  it("throws the first error at once, while the others run on [WAIT-03]", () =>
    run(async () => {
      const gate = new Future<string>();
      const slow = createTask(() => gate);
      await assert.rejects(gather([slow, failing("first")]), { message: "first" });
      assert.equal(slow.done(), false);
      gate.setResult("ran on");
      assert.equal(await slow, "ran on");
    }));

  it("takes note of later errors, so that they are not reported [WAIT-03]", async () => {
    const reports = await run(async () => {
      const collected = collectReports();
      const tasks = [
        createTask(failing("first")),
        createTask(failing("second")),
        createTask(failing("third")),
      ];
      await assert.rejects(gather(tasks), { message: "first" });
      while (!tasks.every((task) => task.done())) await checkpoint();
      await checkpoint();
      return collected;
    });
    assert.deepEqual(reports, []);
  });

  it("gives errors among the results when asked to [WAIT-04]", () =>
    run(async () => {
      const cancelled = createTask(never);
      cancelled.cancel("gone");
      const results = await gather([failing("one"), async () => 2, cancelled, failing("four")], {
        returnExceptions: true,
      });
      assert.deepEqual(
        results.map((result) => (result instanceof Error ? result.message : result)),
        ["one", 2, "gone", "four"],
      );
      assert.equal(isCancelled(results[2]), true);
    }));

  it("treats a cancelled child as one that threw a CancelledError [WAIT-05]", () =>
    run(async () => {
      const child = createTask(never);
      const other = createTask(() => sleep(2, "ran on"));
      const gathering = gather([child, other]);
      await checkpoint();
      child.cancel("child");
      await assert.rejects(gathering, { code: "GYRE_CANCELLED", message: "child" });
      assert.equal(gathering.cancelled(), false);
      assert.equal(isCancelled(gathering.exception()), true);
      assert.equal(await other, "ran on");
    }));

  it("has an error that nobody looks at reported, of the gathering itself [WAIT-03 FUT-13]", async () => {
    const reports = await run(async () => {
      const collected = collectReports();
      createTask(async () => {
        await checkpoint();
      });
      gather([failing("nobody looks")]); // oxlint-disable-line no-floating-promises
      await sleep(2);
      return collected;
    });
    assert.deepEqual(
      reports.map((report) => (report.exception as Error).message),
      ["nobody looks"],
    );
  });
});
