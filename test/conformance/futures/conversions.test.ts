import assert from "node:assert/strict";
import {
  ensureFuture,
  Future,
  getRunningLoop,
  isCancelled,
  newEventLoop,
  sleep,
  Task,
  wrapFuture,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { collectReports } from "../support/reports.ts";

describeOnLoops("ensureFuture", ({ it, run, name }) => {
  it("gives a future or a task back as it is [FUT-17]", () =>
    run(async (main) => {
      const future = new Future<void>();
      assert.equal(ensureFuture(future), future);
      assert.equal(ensureFuture(main), main);
      assert.equal(ensureFuture(future, { loop: getRunningLoop() }), future);
    }));

  it("makes a task of a function [FUT-17]", () =>
    run(async () => {
      const task = ensureFuture(async () => "ran");
      assert.ok(task instanceof Task);
      assert.equal(await task, "ran");
    }));

  it("wraps a promise or a foreign thenable [FUT-17]", () =>
    run(async () => {
      const thenable = {
        then: (resolve: (value: string) => void) => resolve("thenable"),
      } as PromiseLike<string>;
      const wrapped = ensureFuture(Promise.resolve("promise"));
      assert.ok(wrapped instanceof Future);
      assert.equal(await wrapped, "promise");
      assert.equal(await ensureFuture(thenable), "thenable");
    }));

  it("makes tasks and wrappers on the loop that is given [FUT-17]", async () => {
    const loop = await newEventLoop(name);
    const task = ensureFuture(async () => 1, { loop });
    const wrapped = ensureFuture(Promise.resolve(2), { loop });
    assert.equal(task.getLoop(), loop);
    assert.equal(wrapped.getLoop(), loop);
    assert.equal(await loop.runUntilComplete(task), 1);
    assert.equal(await loop.runUntilComplete(wrapped), 2);
    await loop.close();
  });

  it("refuses a future of another loop than the one given [FUT-17]", () =>
    run(async () => {
      const other = await newEventLoop(name);
      const future = other.createFuture<void>();
      assert.throws(() => ensureFuture(future, { loop: getRunningLoop() }), { code: "GYRE_OTHER_LOOP" });
      await other.close();
    }));

  it("refuses what cannot be waited for [FUT-17]", () =>
    run(async () => {
      for (const wrong of [undefined, null, 1, "x", {}, [1]]) {
        assert.throws(() => ensureFuture(wrong as Future), {
          name: "TypeError",
          code: "GYRE_INVALID_ARGUMENT",
        });
      }
    }));
});

describeOnLoops("wrapFuture", ({ it, run, name }) => {
  it("ends as the promise does [FUT-18]", () =>
    run(async () => {
      const error = new Error("of the promise");
      const good = wrapFuture(Promise.resolve("value"));
      const bad = wrapFuture(Promise.reject(error));
      assert.equal(good.done(), false);
      assert.equal(await good, "value");
      await assert.rejects(bad, error);
    }));

  it("gives a future back as it is [FUT-18]", () =>
    run(async () => {
      const future = new Future<void>();
      assert.equal(wrapFuture(future), future);
    }));

  it("can be cancelled, and drops what the promise says later, an error too [FUT-18]", () =>
    run(async () => {
      const reports = collectReports();
      const reject: (() => void)[] = [];
      const wrapped = wrapFuture(new Promise((_, no) => reject.push(() => no(new Error("late")))));
      assert.equal(wrapped.cancel(), true);
      for (const now of reject) now();
      await sleep(1);
      assert.equal(wrapped.cancelled(), true);
      assert.deepEqual(reports, []);
    }));

  it("is cancelled by a promise that ends with a CancelledError [FUT-18 FUT-19]", () =>
    run(async () => {
      const inner = new Future<void>();
      const wrapped = wrapFuture((async () => inner)());
      inner.cancel("inner");
      await assert.rejects(wrapped, (error) => isCancelled(error) && error.message === "inner");
      assert.equal(wrapped.cancelled(), true);
    }));

  it("never causes an unhandledRejection, but reports an error that nobody looks at [FUT-18 FUT-13]", async () => {
    const reports = await run(async () => {
      const collected = collectReports();
      wrapFuture(Promise.reject(new Error("nobody"))); // oxlint-disable-line no-floating-promises
      await sleep(1);
      return collected;
    });
    assert.equal(reports.length, 1);
  });

  it("drops the outcome in silence when its loop is closed [FUT-18]", async () => {
    const loop = await newEventLoop(name);
    const wrapped = wrapFuture(Promise.resolve("nobody is there"), { loop });
    await loop.close();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(wrapped.getLoop(), loop);
  });

  it("refuses what is not a promise [FUT-18]", () =>
    run(async () => {
      for (const wrong of [undefined, null, 1, () => Promise.resolve(), {}]) {
        assert.throws(() => wrapFuture(wrong as Promise<void>), { code: "GYRE_INVALID_ARGUMENT" });
      }
    }));
});
