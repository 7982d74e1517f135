import assert from "node:assert/strict";
import {
  checkpoint,
  createTask,
  Future,
  isCancelled,
  newEventLoop,
  type ReturnWhen,
  sleep,
  type Task,
  wait,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";

function failing(delay: number): Task<never> {
  return createTask(async () => {
    await sleep(delay);
    throw new Error("failed");
  });
}

describeOnLoops("wait", ({ it, run, name }) => {
  it("waits for all, and sorts them into done and pending [WAIT-06 WAIT-07]", () =>
    run(async () => {
      const tasks = [createTask(() => sleep(2, "a")), createTask(async () => "b")];
      const { done, pending } = await wait(tasks);
      assert.deepEqual([...done], tasks);
      assert.equal(pending.size, 0);
      assert.deepEqual(
        tasks.map((task) => task.result()),
        ["a", "b"],
      );
    }));

  it("throws no error and no cancellation of theirs [WAIT-06]", () =>
    run(async () => {
      const [failed, cancelled] = [failing(0), createTask(never)];
      cancelled.cancel();
      const { done } = await wait([failed, cancelled]);
      assert.equal(done.size, 2);
      assert.match(String(failed.exception()), /failed/);
      assert.equal(cancelled.cancelled(), true);
    }));

  it("returns with what is done when the time is up, and cancels nothing [WAIT-06]", () =>
    run(async () => {
      const gate = new Future<number>();
      const [quick, slow] = [createTask(async () => 1), createTask(() => gate)];
      const { done, pending } = await wait([quick, slow], { timeout: 3 });
      assert.deepEqual([[...done], [...pending]], [[quick], [slow]]);
      assert.equal(slow.cancelling(), 0);
      gate.setResult(2);
      assert.equal(await slow, 2);
    }));

  it("takes a limit of zero, and null for none [WAIT-06]", () =>
    run(async () => {
      const slow = new Future<void>();
      assert.equal((await wait([slow], { timeout: 0 })).pending.size, 1);
      slow.setResult();
      assert.equal((await wait([slow], { timeout: null })).done.size, 1);
    }));

  it("returns at the first that is done [WAIT-07]", () =>
    run(async () => {
      const [quick, slow] = [sleep(1), never()];
      const { done, pending } = await wait([slow, quick], { returnWhen: "FIRST_COMPLETED" });
      assert.deepEqual([[...done], [...pending]], [[quick], [slow]]);
    }));

  it("returns at once when one is done already [WAIT-07]", () =>
    run(async () => {
      const finished = new Future<void>();
      finished.setResult();
      const { done, pending } = await wait([finished, never()], { returnWhen: "FIRST_COMPLETED" });
      assert.deepEqual([done.size, pending.size], [1, 1]);
    }));

  it("returns at the first error [WAIT-07]", () =>
    run(async () => {
      const [failed, slow] = [failing(1), never()];
      const { done, pending } = await wait([slow, failed], { returnWhen: "FIRST_EXCEPTION" });
      assert.deepEqual([[...done], [...pending]], [[failed], [slow]]);
      assert.ok(failed.exception());
    }));

  it("takes a cancellation for no error, and without one waits for all [WAIT-07]", () =>
    run(async () => {
      const [cancelled, slow] = [createTask(never), createTask(() => sleep(2))];
      cancelled.cancel();
      const { done, pending } = await wait([cancelled, slow], { returnWhen: "FIRST_EXCEPTION" });
      assert.deepEqual([done.size, pending.size], [2, 0]);
    }));

  it("takes an error that is there already for one [WAIT-07]", () =>
    run(async () => {
      const failed = new Future<void>();
      failed.setException(new Error("before"));
      const { done, pending } = await wait([never(), failed], { returnWhen: "FIRST_EXCEPTION" });
      assert.deepEqual([[...done], pending.size], [[failed], 1]);
      assert.ok(failed.exception());
    }));

  it("counts as done what became done before it could return [WAIT-06]", () =>
    run(async () => {
      const [a, b] = [new Future<void>(), new Future<void>()];
      const waiting = createTask(() => wait([a, b], { returnWhen: "FIRST_COMPLETED" }));
      await checkpoint();
      a.setResult();
      b.setResult();
      const { done, pending } = await waiting;
      assert.deepEqual([done.size, pending.size], [2, 0]);
    }));

  it("leaves the members alone when it is cancelled [WAIT-06]", () =>
    run(async () => {
      const member = createTask(() => sleep(3, "went on"));
      const waiting = createTask(() => wait([member]));
      await sleep(1);
      waiting.cancel();
      await assert.rejects(waiting, isCancelled);
      assert.equal(await member, "went on");
    }));

  it("leaves no callbacks on the members, and no timer [WAIT-06]", () =>
    run(async (main) => {
      const member = new Future<void>();
      for (let count = 0; count < 3; count++) await wait([member], { timeout: 0 });
      assert.equal(String(member), "<Future pending>");
      const done = new Future<void>();
      done.setResult();
      await wait([done], { timeout: 60_000 });
      assert.equal(main.getLoop().statistics().timers, 0);
    }));

  it("takes sets, generators and functions, which become tasks [WAIT-06]", () =>
    run(async () => {
      function* members(): Generator<Task<number>> {
        yield createTask(async () => 1);
        yield createTask(async () => 2);
      }
      assert.equal((await wait(members())).done.size, 2);
      assert.equal((await wait(new Set([createTask(async () => 3)]))).done.size, 1);
      const { done } = await wait([async () => "from a function"]);
      assert.deepEqual(
        [...done].map((future) => future.result()),
        ["from a function"],
      );
    }));

  it("takes a member that is passed twice for one [WAIT-06]", () =>
    run(async () => {
      const task = createTask(async () => 1);
      assert.equal((await wait([task, task])).done.size, 1);
    }));

  it("refuses an empty collection, a single future, and what is no future [WAIT-06]", () =>
    run(async () => {
      const future = new Future<void>();
      await assert.rejects(async () => wait([]), { name: "RangeError", code: "GYRE_OUT_OF_RANGE" });
      for (const wrong of [future, null, 5, "ab", async () => 1, [5], [Promise.resolve()]]) {
        await assert.rejects(async () => wait(wrong as unknown as Future<void>[]), {
          name: "TypeError",
          code: "GYRE_INVALID_ARGUMENT",
        });
      }
    }));

  it("refuses an unknown returnWhen, and limits that are no numbers [WAIT-06 WAIT-07]", () =>
    run(async () => {
      const future = new Future<void>();
      await assert.rejects(async () => wait([future], { returnWhen: "ANY" as ReturnWhen }), {
        name: "RangeError",
        code: "GYRE_OUT_OF_RANGE",
      });
      await assert.rejects(async () => wait([future], { timeout: "5" as unknown as number }), {
        code: "GYRE_INVALID_ARGUMENT",
      });
      await assert.rejects(async () => wait([future], { timeout: Number.NaN }), {
        code: "GYRE_OUT_OF_RANGE",
      });
    }));

  it("refuses futures of another loop [WAIT-06]", () =>
    run(async () => {
      const other = await newEventLoop(name);
      await assert.rejects(async () => wait([other.createFuture()]), { code: "GYRE_OTHER_LOOP" });
      await other.close();
    }));
});
