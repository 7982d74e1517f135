import assert from "node:assert/strict";
import {
  checkpoint,
  createTask,
  currentTask,
  Future,
  getRunningLoop,
  isCancelled,
  isFuture,
  sleep,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";

describeOnLoops("awaiting a future", ({ it, run }) => {
  it("gives its result, or throws its error [FUT-12]", () =>
    run(async () => {
      const [good, bad] = [new Future<string>(), new Future<string>()];
      const error = new Error("bad");
      getRunningLoop().callSoon(() => {
        good.setResult("good");
        bad.setException(error);
      });
      assert.equal(await good, "good");
      await assert.rejects(bad, error);
    }));

  it("does not let the loop run when the future is done, in the exact order of debug mode [FUT-12 TASK-11]", () =>
    run(
      async () => {
        const future = new Future<void>();
        future.setResult();
        let ran = false;
        getRunningLoop().callSoon(() => {
          ran = true;
        });
        await future;
        assert.equal(ran, false);
      },
      { debug: true },
    ));

  it("works outside of every task and every run() [FUT-12 FUT-02]", async () => {
    const future = new Future<string>();
    setTimeout(() => future.setResult("ambient"), 1);
    assert.equal(await future, "ambient");
  });

  it("works below Promise.all, Promise.race and for await [FUT-12]", () =>
    run(async () => {
      assert.deepEqual(await Promise.all([sleep(1, "a"), sleep(0, "b"), sleep(2, "c")]), ["a", "b", "c"]);
      assert.equal(await Promise.race([sleep(2, "slow"), sleep(1, "fast")]), "fast");
      const seen: string[] = [];
      // oxlint-disable-next-line await-thenable -- for await awaits what a plain iterable yields
      for await (const value of [sleep(2, "first"), sleep(1, "second")]) seen.push(value);
      assert.deepEqual(seen, ["first", "second"]);
    }));

  it("serves several waits of one task in order [FUT-12]", () =>
    run(async () => {
      const future = new Future<void>();
      const order: number[] = [];
      const wait = async (number: number): Promise<void> => {
        await future;
        order.push(number);
      };
      const all = Promise.all([wait(0), wait(1), wait(2)]);
      future.setResult();
      await all;
      assert.deepEqual(order, [0, 1, 2]);
    }));
});

describeOnLoops("then, catch and finally of a future", ({ it, run }) => {
  it("behave as those of a promise [FUT-12]", () =>
    run(async () => {
      const error = new Error("bad");
      const good = new Future<number>();
      const bad = new Future<number>();
      const results = [
        good.then((value) => value + 1),
        good.then(async (value) => sleep(1, value + 2)),
        good.finally(() => "ignored"),
        bad.catch(() => "caught"),
        bad.then(undefined, () => "caught by then"),
        good.then(),
      ];
      good.setResult(1);
      bad.setException(error);
      assert.deepEqual(await Promise.all(results), [2, 3, 1, "caught", "caught by then", 1]);
    }));

  it("give futures of the same loop [FUT-12]", () =>
    run(async () => {
      const derived = sleep(0, 1).then((value) => value + 1);
      assert.ok(isFuture(derived));
      assert.equal(derived.getLoop(), getRunningLoop());
      assert.equal(await derived, 2);
    }));

  it("pass errors of the future, the callback and of finally on [FUT-12]", () =>
    run(async () => {
      const [first, second] = [new Error("first"), new Error("second")];
      const bad = new Future<number>();
      bad.setException(first);
      const throwSecond = (): never => {
        throw second;
      };
      await assert.rejects(bad.then(), first);
      await assert.rejects(bad.catch(throwSecond), second);
      await assert.rejects(bad.finally(throwSecond), second);
      await assert.rejects(
        bad.finally(() => undefined),
        first,
      );
      await assert.rejects(sleep(0).then(throwSecond), second);
    }));

  it("never call back at once, and run in the caller's task [FUT-12 TASK-25]", () =>
    run(async (main) => {
      const future = new Future<void>();
      future.setResult();
      const seen: unknown[] = [];
      const derived = future.then(() => seen.push(currentTask()));
      assert.deepEqual(seen, []);
      await derived;
      assert.deepEqual(seen, [main]);
    }));

  it("cancel what they wait for [FUT-08 TASK-12]", () =>
    run(async () => {
      const future = new Future<void>();
      const task = createTask(async () => {
        await future.finally(() => undefined);
      });
      await checkpoint();
      task.cancel("why");
      assert.equal(future.cancelled(), true);
      await assert.rejects(task, { message: "why" });
    }));

  it("can be cancelled while a callback still waits [FUT-08]", () =>
    run(async () => {
      const derived = sleep(0).then(() => never()) as Future<void>;
      await sleep(1);
      assert.equal(derived.cancel(), true);
      await assert.rejects(derived, isCancelled);
    }));
});
