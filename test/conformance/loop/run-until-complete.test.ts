import assert from "node:assert/strict";
import { type EventLoop, Future, isCancelled, newEventLoop, sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";

describeOnLoops("running a loop until something is done", ({ it, name }) => {
  async function onLoop(body: (loop: EventLoop) => Promise<void>): Promise<void> {
    const loop = await newEventLoop(name);
    try {
      await body(loop);
    } finally {
      await loop.close();
    }
  }

  it("gives the result of a future, a function, a promise [LOOP-04]", () =>
    onLoop(async (loop) => {
      const future = loop.createFuture<string>();
      loop.callLater(1, () => future.setResult("future"));
      assert.equal(await loop.runUntilComplete(future), "future");
      assert.equal(await loop.runUntilComplete(async () => sleep(1, "function")), "function");
      assert.equal(await loop.runUntilComplete(Promise.resolve("promise")), "promise");
    }));

  it("returns at once for a future that is done [LOOP-04]", () =>
    onLoop(async (loop) => {
      const future = loop.createFuture<number>();
      future.setResult(1);
      assert.equal(await loop.runUntilComplete(future), 1);
    }));

  it("throws the error, or the cancellation [LOOP-04]", () =>
    onLoop(async (loop) => {
      const error = new Error("of the task");
      await assert.rejects(
        loop.runUntilComplete(async () => {
          throw error;
        }),
        error,
      );
      const task = loop.createTask(() => sleep(60_000));
      loop.callSoon(() => task.cancel());
      await assert.rejects(loop.runUntilComplete(task), isCancelled);
      assert.equal(loop.isRunning(), false);
    }));

  it("fails when the loop is stopped first, and can go on with the same task [LOOP-04]", () =>
    onLoop(async (loop) => {
      const task = loop.createTask(() => sleep(3, "finished"));
      loop.callSoon(() => loop.stop());
      await assert.rejects(loop.runUntilComplete(task), { name: "RuntimeError", code: "GYRE_LOOP_STOPPED" });
      assert.equal(task.done(), false);
      assert.equal(await loop.runUntilComplete(task), "finished");
    }));

  it("lets callbacks that were queued before the end run [LOOP-04]", () =>
    onLoop(async (loop) => {
      const future = loop.createFuture<void>();
      const steps: string[] = [];
      loop.callSoon(() => {
        future.setResult();
        loop.callSoon(() => steps.push("same batch as the end"));
      });
      await loop.runUntilComplete(future);
      assert.deepEqual(steps, ["same batch as the end"]);
    }));

  it("leaves no callback of its own on the future [LOOP-04]", () =>
    onLoop(async (loop) => {
      const future = loop.createFuture<void>();
      loop.callSoon(() => loop.stop());
      await assert.rejects(loop.runUntilComplete(future), { code: "GYRE_LOOP_STOPPED" });
      assert.equal(String(future), "<Future pending>");
      future.setResult();
      let ran = false;
      loop.callLater(2, () => {
        ran = true;
        loop.stop();
      });
      await loop.runForever();
      assert.equal(ran, true);
    }));

  it("rejects a future of another loop [LOOP-04]", () =>
    onLoop(async (loop) => {
      await assert.rejects(loop.runUntilComplete(new Future<void>()), { code: "GYRE_OTHER_LOOP" });
      assert.equal(loop.isRunning(), false);
    }));

  it("refuses what cannot be waited for [LOOP-04]", () =>
    onLoop(async (loop) => {
      const start = async (): Promise<unknown> => loop.runUntilComplete(5 as unknown as Promise<void>);
      await assert.rejects(start, { name: "TypeError", code: "GYRE_INVALID_ARGUMENT" });
      assert.equal(loop.isRunning(), false);
    }));

  it("can be called from a callback once the run before is over [LOOP-04]", () =>
    onLoop(async (loop) => {
      const results: number[] = [];
      for (const number of [1, 2, 3]) results.push(await loop.runUntilComplete(async () => number));
      assert.deepEqual(results, [1, 2, 3]);
    }));
});
