import assert from "node:assert/strict";
import {
  ArgumentRangeError,
  ArgumentTypeError,
  Barrier,
  BoundedSemaphore,
  Condition,
  createTask,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  RuntimeError,
  Semaphore,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { refusal, settle } from "./support.ts";

const wrongType = refusal(ArgumentTypeError, "GYRE_INVALID_ARGUMENT");
const outOfRange = refusal(ArgumentRangeError, "GYRE_OUT_OF_RANGE");
const notAcquired = refusal(RuntimeError, "GYRE_NOT_ACQUIRED");

/** What a JavaScript caller may pass. */
const wrong = (value: unknown) => value as never;

describeOnLoops("misuse of a primitive", ({ it, run }) => {
  it("is refused when the initial value of a semaphore is none [SYNC-10]", () =>
    run(async () => {
      for (const type of [Semaphore, BoundedSemaphore]) {
        for (const value of ["1", null, {}, [], 1n, true])
          assert.throws(() => new type(wrong(value)), wrongType);
        for (const value of [-1, -0.5, 1.5, Number.NaN, Number.NEGATIVE_INFINITY]) {
          assert.throws(() => new type(value), outOfRange);
        }
      }
    }));

  it("is refused when the parties of a barrier are none [SYNC-15]", () =>
    run(async () => {
      for (const parties of ["1", null, undefined, {}])
        assert.throws(() => new Barrier(wrong(parties)), wrongType);
      for (const parties of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        assert.throws(() => new Barrier(parties), outOfRange);
      }
    }));

  it("is refused when the size of a queue is none [Q-01]", () =>
    run(async () => {
      for (const type of [Queue, LifoQueue, PriorityQueue]) {
        for (const maxsize of ["1", null, {}, 1n]) assert.throws(() => new type(wrong(maxsize)), wrongType);
        assert.throws(() => new type(Number.NaN), outOfRange);
      }
      assert.throws(() => new Queue(0, { storage: wrong({}) }), wrongType);
      assert.throws(() => new PriorityQueue(0, { compare: wrong("less") }), wrongType);
    }));

  it("is refused at once where a function is expected [SYNC-02 SYNC-08]", () =>
    run(async () => {
      const condition = new Condition();
      for (const held of [new Lock(), new Semaphore(), condition]) {
        for (const fn of [undefined, null, 1, "work", Promise.resolve()]) {
          assert.throws(() => void held.runExclusive(wrong(fn)), wrongType);
        }
        assert.equal(held.locked(), false);
      }
      assert.throws(() => void condition.waitFor(wrong(true)), wrongType);
      assert.throws(() => new Condition(wrong({})), wrongType);
      assert.throws(() => new Condition(wrong(null)), wrongType);
    }));

  it("is refused when what is not held is released, waited on or notified [SYNC-04 SYNC-07 SYNC-09]", () =>
    run(async () => {
      const condition = new Condition();
      assert.throws(() => new Lock().release(), notAcquired);
      assert.throws(() => condition.release(), notAcquired);
      assert.throws(() => condition.notify(), notAcquired);
      assert.throws(() => condition.notifyAll(), notAcquired);
      await assert.rejects(condition.wait(), notAcquired);
      await assert.rejects(
        condition.waitFor(() => false),
        notAcquired,
      );
      assert.throws(
        () => new BoundedSemaphore(1).release(),
        refusal(RuntimeError, "GYRE_RELEASED_TOO_OFTEN"),
      );
      assert.throws(() => new Queue().taskDone(), refusal(RuntimeError, "GYRE_TASK_DONE_TOO_OFTEN"));
    }));

  it("is refused when the number to notify is none [SYNC-09]", () =>
    run(async () => {
      const condition = new Condition();
      await condition.runExclusive(() => {
        for (const n of ["1", null, {}]) assert.throws(() => condition.notify(wrong(n)), wrongType);
        assert.throws(() => condition.notify(Number.NaN), outOfRange);
        condition.notify(-1);
      });
    }));

  it("is refused when a second loop waits on it [SYNC-01]", async () => {
    const otherLoop = refusal(RuntimeError, "GYRE_OTHER_LOOP");
    const [lock, semaphore, queue, condition, barrier] = [
      new Lock(),
      new Semaphore(0),
      new Queue<number>(),
      new Condition(),
      new Barrier(2),
    ];
    await run(async () => {
      await lock.acquire();
      await condition.acquire();
      const tasks = [
        createTask(() => lock.acquire()),
        createTask(() => semaphore.acquire()),
        createTask(() => queue.get()),
        createTask(() => condition.wait()),
        createTask(() => barrier.wait()),
      ];
      await settle();
      for (const task of tasks) task.cancel();
      await settle();
      assert.equal(
        tasks.every((task) => task.cancelled()),
        true,
      );
    });
    await run(async () => {
      await assert.rejects(lock.acquire(), otherLoop);
      await assert.rejects(semaphore.acquire(), otherLoop);
      await assert.rejects(queue.get(), otherLoop);
      await assert.rejects(
        queue.join().then(() => queue.get()),
        otherLoop,
      );
      await assert.rejects(condition.wait(), otherLoop);
      assert.equal(condition.locked(), true);
      await assert.rejects(barrier.wait(), otherLoop);
      lock.release();
      await lock.acquire();
    });
  });
});
