import assert from "node:assert/strict";
import {
  ArgumentTypeError,
  Condition,
  createTask,
  gather,
  isCancelled,
  Lock,
  sleep,
  timeout,
  TimeoutError,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { refusal, settle } from "./support.ts";

describeOnLoops("a condition", ({ it, run }) => {
  it("uses the lock it is given [SYNC-06]", () =>
    run(async () => {
      const lock = new Lock();
      const condition = new Condition(lock);
      const guard = await lock.acquire();
      assert.equal(condition.locked(), true);
      condition.notify();
      condition.release();
      assert.equal(lock.locked(), false);
      guard[Symbol.dispose]();
    }));

  it("needs no lock in waitFor when the predicate holds at once [SYNC-08]", () =>
    run(async () => {
      assert.equal(await new Condition().waitFor(() => 42), 42);
    }));

  it("refuses an asynchronous predicate, which would always seem to hold [SYNC-08]", () =>
    run(async () => {
      const condition = new Condition();
      await assert.rejects(
        condition.runExclusive(() => condition.waitFor(async () => false)),
        refusal(ArgumentTypeError, "GYRE_INVALID_ARGUMENT"),
      );
      assert.equal(condition.locked(), false);
    }));

  it("holds the lock when a timeout ends a wait inside of the block [SYNC-07 TO-01]", () =>
    run(async () => {
      const condition = new Condition();
      await condition.runExclusive(async () => {
        await assert.rejects(
          timeout(5, () => condition.wait()),
          TimeoutError,
        );
        assert.equal(condition.locked(), true);
      });
      assert.equal(condition.locked(), false);
    }));

  it("takes the lock again before a cancellation is told, however often it is cancelled [SYNC-07]", () =>
    run(async () => {
      const condition = new Condition();
      const log: unknown[] = [];
      const task = createTask(async () => {
        using _ = await condition.acquire();
        try {
          await condition.wait();
        } catch (error) {
          log.push(isCancelled(error) && error.message, condition.locked());
          throw error;
        }
      });
      await settle();
      const guard = await condition.acquire();
      for (let i = 0; i < 20; i++) {
        task.cancel(`request ${i}`);
        await settle(1 + (i % 3));
      }
      await settle();
      assert.equal(task.done(), false);
      guard[Symbol.dispose]();
      await assert.rejects(task, isCancelled);
      assert.deepEqual(log, ["request 19", true]);
      assert.deepEqual(condition.statistics(), { locked: false, waiters: 0, lockWaiters: 0 });
    }));

  it("loses no notification to a waiter that is cancelled while it takes the lock back [SYNC-07]", () =>
    run(async () => {
      const condition = new Condition();
      const woken: string[] = [];
      const waiter = (name: string) =>
        createTask(async () => {
          using _ = await condition.acquire();
          await condition.wait();
          woken.push(name);
        });
      const [first, second] = [waiter("first"), waiter("second")];
      await settle();
      await condition.runExclusive(async () => {
        condition.notify();
        await settle(); // the first is woken, and queues for the lock
        first.cancel();
      });
      await second;
      await assert.rejects(first, isCancelled);
      assert.deepEqual(woken, ["second"]);
    }));

  it("passes the lock on when it is cancelled as it was granted it back [SYNC-07 SYNC-03]", () =>
    run(async () => {
      const condition = new Condition();
      const waiter = createTask(() => condition.runExclusive(() => condition.wait()));
      await settle();
      const guard = await condition.acquire();
      condition.notify();
      await settle(); // the waiter is woken, and queues for the lock
      const next = createTask(() => condition.acquire());
      await settle();
      guard[Symbol.dispose]();
      waiter.cancel();
      (await next)[Symbol.dispose]();
      await assert.rejects(waiter, isCancelled);
      assert.deepEqual(condition.statistics(), { locked: false, waiters: 0, lockWaiters: 0 });
    }));

  it("hands a bounded buffer over without losing an item [SYNC-07 SYNC-09]", () =>
    run(async () => {
      const lock = new Lock();
      const [notEmpty, notFull] = [new Condition(lock), new Condition(lock)];
      const buffer: number[] = [];
      const received: number[] = [];
      const produce = async () => {
        for (let i = 0; i < 50; i++) {
          using _ = await lock.acquire();
          await notFull.waitFor(() => buffer.length < 3);
          buffer.push(i);
          notEmpty.notify();
        }
      };
      const consume = async () => {
        for (let i = 0; i < 25; i++) {
          using _ = await lock.acquire();
          await notEmpty.waitFor(() => buffer.length > 0);
          received.push(buffer.shift() ?? -1);
          notFull.notify();
          if (i % 7 === 0) await sleep(0);
        }
      };
      await gather([produce, () => consume(), () => consume()]);
      assert.deepEqual(
        received,
        Array.from({ length: 50 }, (_, index) => index),
      );
    }));

  it("does not notify those who begin to wait later [SYNC-09]", () =>
    run(async () => {
      const condition = new Condition();
      await condition.runExclusive(() => condition.notifyAll());
      const late = createTask(() => condition.runExclusive(() => condition.wait()));
      await settle();
      assert.equal(late.done(), false);
      late.cancel();
      await assert.rejects(late, isCancelled);
    }));
});
