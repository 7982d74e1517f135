import assert from "node:assert/strict";
import { checkpoint, createTask, Future, getRunningLoop } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { collectReports } from "../support/reports.ts";

describeOnLoops("done callbacks", ({ it, run }) => {
  it("are never called at once [FUT-05 FUT-09]", () =>
    run(async () => {
      const future = new Future<void>();
      let called = false;
      future.addDoneCallback(() => {
        called = true;
      });
      future.setResult();
      assert.equal(called, false);
      await checkpoint();
      assert.equal(called, true);
    }));

  it("are given the future, whatever became of it [FUT-09]", () =>
    run(async () => {
      const futures = [new Future<void>(), new Future<void>(), new Future<void>()] as const;
      const seen: unknown[] = [];
      for (const future of futures) future.addDoneCallback((done) => seen.push(done));
      futures[0].setResult();
      futures[1].setException(new Error("seen below"));
      futures[2].cancel();
      assert.ok(futures[1].exception());
      await checkpoint();
      assert.deepEqual(seen, futures);
    }));

  it("are called in the order in which they were added, duplicates too [FUT-09]", () =>
    run(async () => {
      const future = new Future<void>();
      const order: string[] = [];
      const twice = (): void => void order.push("twice");
      future.addDoneCallback(twice);
      future.addDoneCallback(() => order.push("between"));
      future.addDoneCallback(twice);
      future.setResult();
      await checkpoint();
      assert.deepEqual(order, ["twice", "between", "twice"]);
    }));

  it("are called soon, but not at once, when added to a done future [FUT-09]", () =>
    run(async () => {
      const future = new Future<void>();
      future.setResult();
      let called = false;
      future.addDoneCallback(() => {
        called = true;
      });
      assert.equal(called, false);
      await checkpoint();
      assert.equal(called, true);
    }));

  it("take their turn among other callbacks, first in, first out [FUT-09 SCHED-01]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const future = new Future<void>();
      const order: string[] = [];
      future.addDoneCallback(() => order.push("done"));
      loop.callSoon(() => order.push("before"));
      future.setResult();
      loop.callSoon(() => order.push("after"));
      await checkpoint();
      assert.deepEqual(order, ["before", "done", "after"]);
    }));

  it("and those who await are served in one order [FUT-09 TASK-11]", () =>
    run(async () => {
      const future = new Future<void>();
      const order: string[] = [];
      future.addDoneCallback(() => order.push("callback 1"));
      const task = createTask(async () => {
        await future;
        order.push("task");
      });
      await checkpoint();
      future.addDoneCallback(() => order.push("callback 2"));
      future.setResult();
      await task;
      assert.deepEqual(order, ["callback 1", "task", "callback 2"]);
    }));

  it("that throw are reported and keep nobody from being called [FUT-09 SCHED-11]", () =>
    run(async () => {
      const reports = collectReports();
      const future = new Future<void>();
      const error = new Error("in a callback");
      let called = false;
      future.addDoneCallback(() => {
        throw error;
      });
      future.addDoneCallback(() => {
        called = true;
      });
      future.setResult();
      await checkpoint();
      assert.equal(called, true);
      assert.deepEqual(
        reports.map((report) => report.exception),
        [error],
      );
    }));

  it("may add and remove callbacks while they are called [FUT-09 FUT-10]", () =>
    run(async () => {
      const future = new Future<void>();
      const order: string[] = [];
      const last = (): void => void order.push("last");
      future.addDoneCallback(() => {
        order.push("first");
        future.addDoneCallback(() => order.push("added"));
        assert.equal(future.removeDoneCallback(last), 0);
      });
      future.addDoneCallback(last);
      future.setResult();
      await checkpoint();
      await checkpoint();
      assert.deepEqual(order, ["first", "last", "added"]);
    }));
});

describeOnLoops("removing done callbacks", ({ it, run }) => {
  it("takes out every registration and tells how many there were [FUT-10]", () =>
    run(async () => {
      const future = new Future<void>();
      const order: string[] = [];
      const one = (): void => void order.push("one");
      const two = (): void => void order.push("two");
      for (const callback of [one, two, one, one]) future.addDoneCallback(callback);
      assert.equal(future.removeDoneCallback(one), 3);
      assert.equal(future.removeDoneCallback(one), 0);
      future.setResult();
      await checkpoint();
      assert.deepEqual(order, ["two"]);
    }));

  it("leaves the first, the middle and the last one as asked [FUT-10]", () =>
    run(async () => {
      const order: number[] = [];
      const callbacks = [0, 1, 2].map((number) => () => void order.push(number));
      for (const removed of callbacks) {
        const future = new Future<void>();
        for (const callback of callbacks) future.addDoneCallback(callback);
        assert.equal(future.removeDoneCallback(removed), 1);
        future.setResult();
      }
      await checkpoint();
      assert.deepEqual(order, [1, 2, 0, 2, 0, 1]);
    }));

  it("does not take back a callback that is scheduled already [FUT-10]", () =>
    run(async () => {
      const future = new Future<void>();
      let called = false;
      const callback = (): void => {
        called = true;
      };
      future.addDoneCallback(callback);
      future.setResult();
      assert.equal(future.removeDoneCallback(callback), 0);
      await checkpoint();
      assert.equal(called, true);
    }));
});
