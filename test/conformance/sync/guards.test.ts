import assert from "node:assert/strict";
import {
  BoundedSemaphore,
  Condition,
  createTask,
  gather,
  isCancelled,
  Lock,
  RuntimeError,
  Semaphore,
  sleep,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { refusal, settle } from "./support.ts";

describeOnLoops("the guard of a lock", ({ it, run }) => {
  it("releases at the end of its block, however that ends [SYNC-02]", () =>
    run(async () => {
      const lock = new Lock();
      const fail = async () => {
        using _ = await lock.acquire();
        assert.equal(lock.locked(), true);
        throw new Error("on purpose");
      };
      await assert.rejects(fail(), /on purpose/);
      assert.equal(lock.locked(), false);
    }));

  it("is the same for a waiter [SYNC-02 SYNC-03]", () =>
    run(async () => {
      const lock = new Lock();
      const guard = await lock.acquire();
      const task = createTask(async () => {
        using _ = await lock.acquire();
        await sleep(0);
      });
      await settle();
      guard[Symbol.dispose]();
      await task;
      assert.equal(lock.locked(), false);
    }));

  it("releases once, and never the hold of somebody else [SYNC-02]", () =>
    run(async () => {
      const lock = new Lock();
      const first = await lock.acquire();
      first[Symbol.dispose]();
      const second = await lock.acquire();
      first[Symbol.dispose]();
      assert.equal(lock.locked(), true);
      lock.release();
      second[Symbol.dispose]();
      assert.equal(lock.locked(), false);
    }));

  it("survives a condition's wait, which takes the same lock again [SYNC-07]", () =>
    run(async () => {
      const condition = new Condition();
      const task = createTask(async () => {
        using guard = await condition.acquire();
        await condition.wait();
        assert.equal(condition.locked(), true);
        return guard;
      });
      await settle();
      await condition.runExclusive(() => condition.notify());
      await task;
      assert.equal(condition.locked(), false);
    }));

  it("does nothing while a condition waits and others hold the lock [SYNC-07]", () =>
    run(async () => {
      const condition = new Condition();
      const guard = await condition.acquire();
      const waiting = createTask(() => condition.wait());
      await settle();
      const other = await condition.acquire();
      guard[Symbol.dispose]();
      assert.equal(condition.locked(), true);
      condition.notify();
      other[Symbol.dispose]();
      await waiting;
      guard[Symbol.dispose]();
      assert.equal(condition.locked(), false);
    }));
});

describeOnLoops("the guard of a semaphore", ({ it, run }) => {
  it("gives back once [SYNC-10 SYNC-13]", () =>
    run(async () => {
      const semaphore = new Semaphore(2);
      const guard = await semaphore.acquire();
      guard[Symbol.dispose]();
      guard[Symbol.dispose]();
      assert.equal(semaphore.statistics().value, 2);
    }));

  it("lets a bounded semaphore notice a release by hand besides [SYNC-14]", () =>
    run(async () => {
      const semaphore = new BoundedSemaphore(1);
      const guard = await semaphore.acquire();
      semaphore.release();
      assert.throws(() => guard[Symbol.dispose](), refusal(RuntimeError, "GYRE_RELEASED_TOO_OFTEN"));
      assert.equal(semaphore.statistics().value, 1);
    }));
});

describeOnLoops("runExclusive", ({ it, run }) => {
  for (const [what, make] of [
    ["a lock", () => new Lock()],
    ["a condition", () => new Condition()],
    ["a semaphore", () => new Semaphore(1)],
  ] as const) {
    it(`of ${what} gives the function's result, and its error [SYNC-02]`, () =>
      run(async () => {
        const held = make();
        assert.equal(await held.runExclusive(async () => held.locked()), true);
        assert.equal(await held.runExclusive(() => "plain"), "plain");
        await assert.rejects(
          held.runExclusive(() => {
            throw new Error("on purpose");
          }),
          /on purpose/,
        );
        assert.equal(held.locked(), false);
      }));

    it(`of ${what} serves in order, one at a time [SYNC-03 SYNC-11]`, () =>
      run(async () => {
        const held = make();
        const log: string[] = [];
        const work = (name: string) =>
          held.runExclusive(async () => {
            log.push(`${name} in`);
            await sleep(0);
            log.push(`${name} out`);
          });
        await gather([() => work("a"), () => work("b"), () => work("c")]);
        assert.deepEqual(log, ["a in", "a out", "b in", "b out", "c in", "c out"]);
      }));

    it(`of ${what} calls at once when nothing has to be waited for [SYNC-03]`, () =>
      run(async () => {
        const held = make();
        let called = false;
        const result = held.runExclusive(() => {
          called = true;
        });
        assert.equal(called, true);
        await result;
      }));

    it(`of ${what} releases when the function is cancelled, and calls nothing when the wait is [SYNC-03]`, () =>
      run(async () => {
        const held = make();
        const calls: string[] = [];
        const tasks = ["a", "b", "c"].map((name) =>
          createTask(() =>
            held.runExclusive(() => {
              calls.push(name);
              return sleep(1000);
            }),
          ),
        );
        await settle();
        tasks[1]?.cancel();
        tasks[0]?.cancel();
        await settle();
        assert.deepEqual(calls, ["a", "c"]);
        tasks[2]?.cancel();
        for (const task of tasks) await assert.rejects(task, isCancelled);
        assert.equal(held.locked(), false);
      }));
  }
});
