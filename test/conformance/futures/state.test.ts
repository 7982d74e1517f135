import assert from "node:assert/strict";
import { CancelledError, Future, getRunningLoop, InvalidStateError, isFuture, newEventLoop } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { errorOf } from "../support/pending.ts";

describeOnLoops("a new future", ({ it, run, name }) => {
  it("is pending [FUT-02 FUT-07]", () =>
    run(async () => {
      const future = new Future<number>();
      assert.equal(future.done(), false);
      assert.equal(future.cancelled(), false);
      assert.throws(() => future.result(), InvalidStateError);
      assert.throws(() => future.exception(), { code: "GYRE_INVALID_STATE" });
    }));

  it("belongs to the running loop, or to the one that is given [FUT-02 FUT-11]", () =>
    run(async () => {
      const other = await newEventLoop(name);
      assert.equal(new Future().getLoop(), getRunningLoop());
      assert.equal(new Future({ loop: other }).getLoop(), other);
      await other.close();
    }));

  it("can be made by the loop [FUT-01]", () =>
    run(async () => {
      const future = getRunningLoop().createFuture<string>();
      assert.ok(future instanceof Future);
      assert.equal(future.getLoop(), getRunningLoop());
      future.setResult("set");
      assert.equal(await future, "set");
    }));

  it("can be made by a loop that is closed [FUT-01 LOOP-07]", async () => {
    const loop = await newEventLoop(name);
    await loop.close();
    assert.equal(loop.createFuture().done(), false);
  });
});

describeOnLoops("a finished future", ({ it, run }) => {
  it("has its result [FUT-03 FUT-05 FUT-07]", () =>
    run(async () => {
      const future = new Future<string>();
      future.setResult("value");
      assert.equal(future.done(), true);
      assert.equal(future.cancelled(), false);
      assert.equal(future.result(), "value");
      assert.equal(future.exception(), null);
      assert.equal(future.result(), "value");
    }));

  it("takes undefined, null and falsy values as results [FUT-05]", () =>
    run(async () => {
      for (const value of [undefined, null, 0, "", false]) {
        const future = new Future<unknown>();
        future.setResult(value);
        assert.equal(future.result(), value);
        assert.equal(await future, value);
      }
    }));

  it("has its error, the very object, each time [FUT-03 FUT-04 FUT-06]", () =>
    run(async () => {
      const error = new RangeError("mine");
      const future = new Future<string>();
      future.setException(error);
      assert.equal(future.done(), true);
      assert.equal(future.exception(), error);
      assert.equal(errorOf(future), error);
      assert.equal(errorOf(future), error);
    }));

  it("makes an error of an error class [FUT-06]", () =>
    run(async () => {
      const future = new Future<string>();
      future.setException(RangeError);
      assert.ok(future.exception() instanceof RangeError);
    }));

  it("keeps its error's stack from growing [FUT-03]", () =>
    run(async () => {
      const error = new Error("once");
      const stack = error.stack;
      const future = new Future<string>();
      future.setException(error);
      for (let count = 0; count < 3; count++) errorOf(future);
      await assert.rejects(future);
      assert.equal(error.stack, stack);
    }));

  it("refuses another outcome [FUT-05 FUT-06 EXC-02]", () =>
    run(async () => {
      const future = new Future<number>();
      future.setResult(1);
      assert.throws(() => future.setResult(2), InvalidStateError);
      assert.throws(() => future.setException(new Error("late")), { code: "GYRE_INVALID_STATE" });
      assert.equal(future.cancel(), false);
      assert.equal(future.result(), 1);
    }));
});

describeOnLoops("a cancelled future", ({ it, run }) => {
  it("is done and has neither result nor error [FUT-07 FUT-08]", () =>
    run(async () => {
      const future = new Future<number>();
      assert.equal(future.cancel(), true);
      assert.equal(future.done(), true);
      assert.equal(future.cancelled(), true);
      assert.throws(() => future.result(), CancelledError);
      assert.throws(() => future.exception(), { code: "GYRE_CANCELLED" });
    }));

  it("refuses a result, an error and another cancellation [FUT-05 FUT-06 FUT-08]", () =>
    run(async () => {
      const future = new Future<number>();
      future.cancel("first");
      assert.throws(() => future.setResult(1), InvalidStateError);
      assert.throws(() => future.setException(new Error("late")), InvalidStateError);
      assert.equal(future.cancel("second"), false);
      assert.throws(() => future.result(), { message: "first" });
    }));
});

describeOnLoops("isFuture", ({ it, run }) => {
  it("tells futures and tasks from everything else [FUT-16]", () =>
    run(async (main) => {
      assert.equal(isFuture(new Future()), true);
      assert.equal(isFuture(main), true);
      for (const other of [null, undefined, 1, {}, () => 1, Promise.resolve(), Future]) {
        assert.equal(isFuture(other), false);
      }
    }));
});
