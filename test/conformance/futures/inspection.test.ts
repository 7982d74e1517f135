import assert from "node:assert/strict";
import { inspect } from "node:util";
import { createTask, Future, isCancelled } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";

describeOnLoops("how a future looks", ({ it, run }) => {
  it("shows its state and what it holds [FUT-15]", () =>
    run(async () => {
      const pending = new Future();
      const good = new Future();
      const bad = new Future();
      const cancelled = new Future();
      good.setResult(3);
      bad.setException(new RangeError("far"));
      cancelled.cancel();
      assert.ok(bad.exception());
      assert.deepEqual([pending, good, bad, cancelled].map(String), [
        "<Future pending>",
        "<Future finished result=3>",
        '<Future finished exception=RangeError("far")>',
        "<Future cancelled>",
      ]);
      assert.equal(inspect(good), "<Future finished result=3>");
    }));

  it("shows its callbacks, the first and the last of many [FUT-15]", () =>
    run(async () => {
      const future = new Future<void>();
      const add = (name: string): void => {
        const callback = { [name]: () => undefined }[name];
        if (callback !== undefined) future.addDoneCallback(callback);
      };
      add("first");
      assert.equal(String(future), "<Future pending cb=[first]>");
      add("second");
      assert.equal(String(future), "<Future pending cb=[first, second]>");
      add("third");
      add("fourth");
      assert.equal(String(future), "<Future pending cb=[first, <2 more>, fourth]>");
    }));

  it("cuts long values, and survives those that contain themselves [FUT-15]", () =>
    run(async () => {
      const long = new Future<string>();
      long.setResult("x".repeat(10_000));
      assert.ok(String(long).length < 120);
      const self = new Future<unknown>();
      self.setResult([self]);
      assert.ok(String(self).length < 120);
      const first = createTask(async () => second);
      const second: Future<unknown> = new Future();
      second.addDoneCallback(() => String(first));
      assert.match(String(first), /^<Task pending/);
      second.cancel();
      await assert.rejects(first, isCancelled);
    }));

  it("shows the class of a subclass [FUT-15]", () =>
    run(async () => {
      class Own extends Future<void> {}
      assert.equal(String(new Own()), "<Own pending>");
    }));

  it("shows where it was made in debug mode [FUT-15 FUT-22]", () =>
    run(
      async () => {
        assert.match(String(new Future()), /^<Future pending created at .*inspection\.test.*:\d+:\d+\)?>$/);
      },
      { debug: true },
    ));
});
