import assert from "node:assert/strict";
import { setImmediate as hostTurn } from "node:timers/promises";
import {
  checkpoint,
  createTask,
  type ExceptionContext,
  Future,
  isCancelled,
  newEventLoop,
  sleep,
} from "gyre";
import { expectTrouble } from "../../support/leaks.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { runProgram } from "../support/programs.ts";
import { collectReports } from "../support/reports.ts";

describeOnLoops("an error that nobody looks at", ({ it, run, name }) => {
  /** What is reported of a main, by the time its run is over. */
  async function reportsOf(
    main: () => unknown,
    options: { debug?: boolean } = {},
  ): Promise<ExceptionContext[]> {
    return run(async () => {
      const reports = collectReports();
      await main();
      return reports;
    }, options);
  }

  it("is reported at the end of run(), of futures and of tasks [FUT-13 DBG-05]", async () => {
    const errors = [new Error("of a future"), new Error("of a task")];
    const reports = await reportsOf(async () => {
      new Future<void>().setException(errors[0]);
      createTask(() => Promise.reject(errors[1] as Error));
      await sleep(1);
    });
    assert.deepEqual(
      reports.map((report) => report.exception),
      errors,
    );
    assert.match(reports[0]?.message ?? "", /^Future .*never retrieved/);
    assert.match(reports[1]?.message ?? "", /^Task .*never retrieved/);
  });

  it("is not reported once somebody has looked [FUT-13 FUT-14]", async () => {
    const looks: ((future: Future<void>) => unknown)[] = [
      (future) => assert.throws(() => future.result()),
      (future) => future.exception(),
      (future) => assert.rejects(future),
      (future) => future.catch(() => undefined),
      (future) => future.then(undefined, () => undefined),
      (future) => future.cancel(),
    ];
    for (const look of looks) {
      const reports = await reportsOf(async () => {
        const future = new Future<void>();
        future.setException(new Error("seen"));
        await look(future);
      });
      assert.deepEqual(reports, [], String(look));
    }
  });

  it("is not reported when it was a cancellation [FUT-13]", async () => {
    const reports = await reportsOf(async () => {
      new Future<void>().cancel();
      createTask(() => sleep(60_000)).cancel();
      await checkpoint();
    });
    assert.deepEqual(reports, []);
  });

  it("is reported of a derived future that nobody looks at [FUT-13]", async () => {
    const reports = await reportsOf(async () => {
      const future = new Future<void>();
      void future.then(() => assert.fail("not reached"));
      future.setException(new Error("passed on"));
      await sleep(1);
    });
    assert.deepEqual(
      reports.map((report) => (report.exception as Error).message),
      ["passed on"],
    );
  });

  it("comes with the place where the future was made in debug mode [FUT-13 FUT-22 DBG-05]", async () => {
    const reports = await reportsOf(() => new Future<void>().setException(new Error("x")), {
      debug: true,
    });
    assert.match(reports[0]?.sourceTraceback ?? "", /unretrieved\.test/);
    const without = await reportsOf(() => new Future<void>().setException(new Error("x")), {
      debug: false,
    });
    assert.equal(without[0]?.sourceTraceback, undefined);
  });

  it("is reported when a loop of one's own is closed [FUT-13 LOOP-07]", async () => {
    const loop = await newEventLoop(name);
    const reports = collectReports(loop);
    new Future<void>({ loop }).setException(new Error("left"));
    await loop.close();
    assert.equal(reports.length, 1);
  });

  it("is written to standard error by default [FUT-13 ERR-03]", async () => {
    expectTrouble("report", /never retrieved[^]*left behind/);
    await run(async () => new Future<void>().setException(new Error("left behind")));
  });

  it("never causes an unhandledRejection of the host's [FUT-13]", () =>
    run(async () => {
      const reports = collectReports();
      const rejections: unknown[] = [];
      const onRejection = (reason: unknown): void => void rejections.push(reason);
      process.on("unhandledRejection", onRejection);
      const future = new Future<void>();
      future.setException(new Error("of a future"));
      future.then(() => undefined); // oxlint-disable-line no-floating-promises
      createTask(async () => {
        throw new Error("of a task");
      });
      createTask(() => sleep(60_000)).cancel();
      await sleep(2);
      await hostTurn();
      process.off("unhandledRejection", onRejection);
      assert.deepEqual(rejections, []);
      assert.deepEqual(reports, []);
      future.cancel();
      getRidOf(reports);

      function getRidOf(collected: unknown[]): void {
        collected.length = 0;
      }
    }));

  it("is reported while the program runs, when the future is collected [FUT-13 DBG-05]", async () => {
    const program = `
      import { Future, createTask, getRunningLoop, run, sleep } from "gyre";
      await run(async () => {
        getRunningLoop().setExceptionHandler((_, context) => console.log(context.exception.message));
        (() => { new Future().setException(new Error("future")); })();
        createTask(async () => { throw new Error("task"); });
        for (let turn = 0; turn < 20; turn++) { await sleep(2); globalThis.gc(); }
        console.log("end of main");
      });
    `;
    const { stdout, stderr } = await runProgram(program, { flags: ["--expose-gc"] });
    assert.deepEqual(stdout.trim().split("\n").toSorted(), ["end of main", "future", "task"], stderr);
    assert.ok(stdout.endsWith("end of main\n"));
  });
});

describeOnLoops("a task that was pending when its loop was closed", ({ it, name }) => {
  it("is reported [TASK-23 DBG-05]", async () => {
    const loop = await newEventLoop(name);
    const reports = collectReports(loop);
    const task = loop.createTask(() => sleep(60_000));
    await loop.close();
    assert.equal(reports.length, 1);
    assert.equal(reports[0]?.task, task);
    assert.match(reports[0]?.message ?? "", /pending/);
    assert.equal(isCancelled(reports[0]?.exception), false);
  });
});
