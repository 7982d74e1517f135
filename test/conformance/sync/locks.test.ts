import assert from "node:assert/strict";
import {
  checkpoint,
  createTask,
  currentTask,
  Event,
  gather,
  isCancelled,
  Lock,
  Semaphore,
  sleep,
  timeout,
  TimeoutError,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { settle } from "./support.ts";

describeOnLoops("a lock", ({ it, run }) => {
  it("is not taken by who asks first after a release, but by who waits longest [SYNC-03]", () =>
    run(async () => {
      const lock = new Lock();
      const log: string[] = [];
      const take = (name: string) => async () => {
        using _ = await lock.acquire();
        log.push(name);
        await checkpoint();
      };
      await lock.acquire();
      const waiting = [createTask(take("first")), createTask(take("second"))];
      await settle();
      lock.release();
      const newcomer = take("newcomer")();
      await Promise.all([...waiting, newcomer]);
      assert.deepEqual(log, ["first", "second", "newcomer"]);
    }));

  it("goes on to the next when the one that was granted it is cancelled [SYNC-03]", () =>
    run(async () => {
      const lock = new Lock();
      await lock.acquire();
      const tasks = Array.from({ length: 5 }, () => createTask(() => lock.acquire()));
      await settle();
      lock.release();
      for (const task of tasks.slice(0, 4)) task.cancel();
      await tasks[4];
      assert.equal(lock.locked(), true);
      assert.deepEqual(
        tasks.map((task) => task.cancelled()),
        [true, true, true, true, false],
      );
    }));

  it("is free when the only waiter is cancelled as it was granted it [SYNC-03]", () =>
    run(async () => {
      const lock = new Lock();
      await lock.acquire();
      const task = createTask(() => lock.acquire());
      await settle();
      lock.release();
      task.cancel();
      await assert.rejects(task, isCancelled);
      assert.equal(lock.locked(), false);
      await lock.acquire();
    }));

  it("may be released by the cancelled waiter's finally block of another lock [SYNC-03]", () =>
    run(async () => {
      const [outer, inner] = [new Lock(), new Lock()];
      await inner.acquire();
      const task = createTask(async () => {
        using _ = await outer.acquire();
        await inner.acquire();
      });
      await settle();
      task.cancel();
      await assert.rejects(task, isCancelled);
      assert.deepEqual([outer.locked(), inner.locked()], [false, true]);
    }));

  it("serves a thousand waiters in order, with every third of them cancelled [SYNC-03]", () =>
    run(async () => {
      const lock = new Lock();
      await lock.acquire();
      const served: number[] = [];
      const tasks = Array.from(Array(1000).keys(), (index) =>
        createTask(async () => {
          using _ = await lock.acquire();
          served.push(index);
        }),
      );
      await settle();
      lock.release();
      for (const [index, task] of tasks.entries()) if (index % 3 === 0) task.cancel();
      await gather(tasks, { returnExceptions: true });
      assert.deepEqual(
        served,
        Array.from({ length: 1000 }, (_, index) => index).filter((index) => index % 3 !== 0),
      );
      assert.equal(lock.locked(), false);
    }));

  it("is passed on when the holder's block is cut off by a timeout [SYNC-03 TO-01]", () =>
    run(async () => {
      const lock = new Lock();
      const slow = async () => {
        using _ = await lock.acquire();
        await sleep(60_000);
      };
      const [error, guard] = await gather([() => timeout(5, slow), () => lock.acquire()], {
        returnExceptions: true,
      });
      assert.ok(error instanceof TimeoutError);
      assert.ok(Symbol.dispose in (guard as object));
      assert.equal(lock.locked(), true);
    }));

  it("cancels the wait of a task that is below Promise.all [SYNC-03]", () =>
    run(async () => {
      const lock = new Lock();
      await lock.acquire();
      const task = createTask(() => Promise.all([lock.acquire(), lock.acquire()]));
      await settle();
      assert.equal(lock.statistics().waiters, 2);
      task.cancel();
      await assert.rejects(task, isCancelled);
      assert.equal(lock.statistics().waiters, 0);
    }));
});

describeOnLoops("a semaphore", ({ it, run }) => {
  it("loses no unit when cancellations and releases cross [SYNC-11]", () =>
    run(async () => {
      const semaphore = new Semaphore(3);
      const tasks = Array.from(Array(60).keys(), (index) =>
        createTask(async () => {
          using _ = await semaphore.acquire();
          await sleep(index % 3);
        }),
      );
      for (const [index, task] of tasks.entries()) {
        if (index % 4 === 1) task.cancel();
        if (index % 5 === 0) await settle(1);
      }
      await gather(tasks, { returnExceptions: true });
      assert.deepEqual(semaphore.statistics(), { value: 3, waiters: 0 });
    }));

  it("wakes those who queued behind a waiter that was granted already [SYNC-11]", () =>
    run(async () => {
      const semaphore = new Semaphore(0);
      const first = createTask(() => semaphore.acquire());
      await settle();
      semaphore.release();
      semaphore.release();
      const second = semaphore.acquire();
      assert.deepEqual(semaphore.statistics(), { value: 1, waiters: 2 });
      await first;
      await second;
      assert.deepEqual(semaphore.statistics(), { value: 0, waiters: 0 });
    }));

  it("grants the rest when the one that was granted is cancelled [SYNC-11]", () =>
    run(async () => {
      const semaphore = new Semaphore(0);
      const first = createTask(() => semaphore.acquire());
      await settle();
      semaphore.release();
      first.cancel();
      const second = createTask(() => semaphore.acquire());
      await second;
      assert.equal(first.cancelled(), true);
      assert.deepEqual(semaphore.statistics(), { value: 0, waiters: 0 });
    }));

  it("of Infinity never waits [SYNC-10]", () =>
    run(async () => {
      const semaphore = new Semaphore(Number.POSITIVE_INFINITY);
      for (let i = 0; i < 100; i++) await semaphore.acquire();
      assert.equal(semaphore.locked(), false);
    }));
});

describeOnLoops("an event", ({ it, run }) => {
  it("wakes a waiter that was cancelled before it was set as cancelled [SYNC-05]", () =>
    run(async () => {
      const event = new Event();
      const task = createTask(() => event.wait());
      await settle();
      task.cancel();
      event.set();
      await assert.rejects(task, isCancelled);
    }));

  it("lets a cancelled task pass when it is set [SYNC-05 TASK-10]", () =>
    run(async () => {
      const event = new Event();
      event.set();
      const task = createTask(async () => {
        currentTask()?.cancel();
        await event.wait();
        return "passed";
      });
      await assert.rejects(task, isCancelled); // told too late: the cancellation is delivered at the end
    }));
});
