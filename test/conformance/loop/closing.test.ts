import assert from "node:assert/strict";
import { type EventLoop, Future, newEventLoop, sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { collectReports } from "../support/reports.ts";

describeOnLoops("closing a loop", ({ it, name }) => {
  it("is for ever, and may be asked for again [LOOP-06 LOOP-07]", async () => {
    const loop = await newEventLoop(name);
    await loop.close();
    await loop.close();
    assert.equal(loop.isClosed(), true);
    assert.equal(loop.isRunning(), false);
  });

  it("drops what is scheduled without calling it [LOOP-07]", async () => {
    const loop = await newEventLoop(name);
    let called = false;
    const call = (): void => {
      called = true;
    };
    loop.callSoon(call);
    loop.callLater(1, call);
    loop.stop();
    await loop.close();
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(called, false);
  });

  it("is refused while the loop runs [LOOP-07]", async () => {
    const loop = await newEventLoop(name);
    const running = loop.runForever();
    await assert.rejects(async () => loop.close(), { name: "RuntimeError", code: "GYRE_LOOP_RUNNING" });
    loop.stop();
    await running;
    assert.equal(loop.isClosed(), false);
    await loop.close();
  });

  it("makes every call that schedules something throw [LOOP-07]", async () => {
    const loop = await newEventLoop(name);
    await loop.close();
    const noop = (): void => {};
    const calls: ((loop: EventLoop) => unknown)[] = [
      () => loop.callSoon(noop),
      () => loop.callSoonThreadsafe(noop),
      () => loop.callLater(1, noop),
      () => loop.callAt(1, noop),
      () => loop.createTask(async () => noop()),
    ];
    for (const call of calls)
      assert.throws(() => call(loop), { name: "RuntimeError", code: "GYRE_LOOP_CLOSED" });
  });

  it("makes running it reject [LOOP-07]", async () => {
    const loop = await newEventLoop(name);
    await loop.close();
    await assert.rejects(loop.runForever(), { code: "GYRE_LOOP_CLOSED" });
    await assert.rejects(
      loop.runUntilComplete(async () => 1),
      { code: "GYRE_LOOP_CLOSED" },
    );
  });

  it("leaves the clock and createFuture working [LOOP-07 SCHED-07]", async () => {
    const loop = await newEventLoop(name);
    const before = loop.time();
    await loop.close();
    assert.ok(loop.time() >= before);
    const future = loop.createFuture<number>();
    future.setResult(1);
    assert.equal(future.result(), 1);
  });

  it("keeps a future of the loop from ever calling back [LOOP-07]", async () => {
    const loop = await newEventLoop(name);
    const future = new Future<void>({ loop });
    let called = false;
    future.addDoneCallback(() => {
      called = true;
    });
    await loop.close();
    future.setResult();
    await new Promise((resolve) => setTimeout(resolve, 2));
    assert.equal(called, false);
  });

  it("reports tasks that were pending [LOOP-07 TASK-23]", async () => {
    const loop = await newEventLoop(name);
    const reports = collectReports(loop);
    loop.createTask(() => sleep(1), { name: "forgotten" });
    await loop.close();
    assert.match(reports[0]?.message ?? "", /forgotten .*pending/);
  });

  it("happens at the end of an await using block [LOOP-07]", async () => {
    const loop = await newEventLoop(name);
    await loop[Symbol.asyncDispose]();
    assert.equal(loop.isClosed(), true);
  });
});

describeOnLoops("closing a loop's async generators", ({ it, run, name }) => {
  async function* numbers(steps: string[], fails = false): AsyncGenerator<number> {
    try {
      for (let number = 0; ; number++) yield number;
    } finally {
      await sleep(1);
      steps.push("closed");
      if (fails) throw new Error("in finally"); // oxlint-disable-line no-unsafe-finally
    }
  }

  it("runs their finally blocks [LOOP-08]", () =>
    run(async (main) => {
      const steps: string[] = [];
      const loop = main.getLoop();
      const generator = loop.trackAsyncgen(numbers(steps));
      await generator.next();
      await loop.shutdownAsyncgens();
      assert.deepEqual(steps, ["closed"]);
      assert.equal((await generator.next()).done, true);
    }));

  it("happens at the end of run(), when the tasks are gone [LOOP-08 RUN-08]", async () => {
    const steps: string[] = [];
    await run(async (main) => {
      const generator = main.getLoop().trackAsyncgen(numbers(steps));
      await generator.next();
      main.getLoop().createTask(async () => {
        try {
          await sleep(60_000);
        } finally {
          steps.push("task");
        }
      });
      await sleep(0);
    });
    assert.deepEqual(steps, ["task", "closed"]);
  });

  it("reports those that fail, and closes the others [LOOP-08 ERR-05]", () =>
    run(async (main) => {
      const steps: string[] = [];
      const loop = main.getLoop();
      const reports = collectReports(loop);
      const failing = loop.trackAsyncgen(numbers(steps, true));
      const good = loop.trackAsyncgen(numbers(steps));
      await failing.next();
      await good.next();
      await loop.shutdownAsyncgens();
      assert.deepEqual(steps, ["closed", "closed"]);
      assert.equal(reports.length, 1);
      assert.equal(reports[0]?.asyncgen, failing);
      assert.match(String(reports[0]?.exception), /in finally/);
    }));

  it("does nothing when there are none [LOOP-08]", async () => {
    const loop = await newEventLoop(name);
    await loop.runUntilComplete(loop.shutdownAsyncgens());
    await loop.close();
  });
});
