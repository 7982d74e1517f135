import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  CancelledError,
  checkpoint,
  createTask,
  DeadlockError,
  Event,
  Future,
  gather,
  getRunningLoop,
  Lock,
  run,
  sleep,
} from "gyre";
import { runVirtual, VirtualEventLoop, waitAllTasksBlocked } from "gyre/testing";
import { guardLeaks } from "../../support/leaks.ts";
import { describeOnBoth } from "./support.ts";

const hostSleep = (delay: number) => new Promise<void>((resolve) => setTimeout(resolve, delay));

describeOnBoth("waitAllTasksBlocked", ({ test }) => {
  test("waits until every other task waits, however many turns that takes", async () => {
    let turns = 0;
    const event = new Event();
    const task = createTask(async () => {
      for (; turns < 100; turns++) await checkpoint();
      await event.wait();
    });
    await waitAllTasksBlocked();
    assert.equal(turns, 100);
    event.set();
    await task;
  });

  test("sees through chains of tasks that wake each other", async () => {
    const log: string[] = [];
    const locks = Array.from({ length: 20 }, () => new Lock());
    for (const lock of locks) await lock.acquire();
    const tasks = locks.map((lock, index) =>
      createTask(async () => {
        await lock.acquire();
        log.push(`task ${index}`);
        locks[index + 1]?.release();
      }),
    );
    await waitAllTasksBlocked();
    assert.deepEqual(log, []);
    locks[0]?.release();
    await waitAllTasksBlocked();
    assert.equal(log.length, 20);
    await gather(tasks);
  });

  test("does not count a timer as work", async () => {
    const task = createTask(() => sleep(60_000));
    await waitAllTasksBlocked();
    assert.equal(task.done(), false);
    task.cancel();
    await assert.rejects(task, CancelledError);
  });

  test("wakes all who wait with the same cushion together", async () => {
    const log: string[] = [];
    const first = async (name: string) => {
      await waitAllTasksBlocked();
      log.push(name);
    };
    await gather([() => first("a"), () => first("b"), () => first("c")]);
    assert.deepEqual(log, ["a", "b", "c"]);
  });

  test("wakes shorter cushions first, and begins the others anew", async () => {
    const log: string[] = [];
    const wait = async (cushion: number) => {
      await waitAllTasksBlocked({ cushion });
      log.push(`cushion ${cushion}`);
    };
    await gather([() => wait(20), () => wait(0), () => wait(10)]);
    assert.deepEqual(log, ["cushion 0", "cushion 10", "cushion 20"]);
  });

  test("may be cancelled", async () => {
    const task = createTask(() => waitAllTasksBlocked({ cushion: Infinity }));
    await checkpoint();
    task.cancel();
    await assert.rejects(task, CancelledError);
    await waitAllTasksBlocked();
  });

  test("refuses a cushion that is no number of milliseconds", async () => {
    assert.throws(() => void waitAllTasksBlocked({ cushion: "1" as never }), {
      code: "GYRE_INVALID_ARGUMENT",
    });
    for (const cushion of [-1, Number.NaN])
      assert.throws(() => void waitAllTasksBlocked({ cushion }), { code: "GYRE_OUT_OF_RANGE" });
  });
});

describe("waitAllTasksBlocked on the virtual loop", () => {
  guardLeaks();

  it("comes before the clock moves", () =>
    runVirtual(async () => {
      const task = createTask(() => sleep(1));
      await waitAllTasksBlocked();
      assert.equal(getRunningLoop().time(), 0);
      assert.equal(task.done(), false);
      await task;
    }));

  it("comes at the end of its cushion, which timers begin anew", () =>
    runVirtual(async () => {
      const log: string[] = [];
      const ticking = createTask(async () => {
        for (let tick = 0; tick < 3; tick++) {
          await sleep(10);
          log.push(`tick at ${getRunningLoop().time()}`);
        }
      });
      await waitAllTasksBlocked({ cushion: 15 });
      log.push(`quiet at ${getRunningLoop().time()}`);
      await ticking;
      assert.deepEqual(log, ["tick at 10", "tick at 20", "tick at 30", "quiet at 45"]);
    }));

  it("lets a timer of the same moment go first", () =>
    runVirtual(async () => {
      const task = createTask(() => sleep(10));
      await waitAllTasksBlocked({ cushion: 10 });
      assert.equal(task.done(), true);
      assert.equal(getRunningLoop().time(), 20);
    }));

  it("is exact in orders that are drawn as well", async () => {
    for (let seed = 0; seed < 20; seed++)
      await runVirtual(
        async () => {
          let turns = 0;
          const steps = async () => {
            for (let turn = 0; turn < 5; turn++, turns++) await checkpoint();
            await sleep(5);
          };
          const tasks = [createTask(steps), createTask(steps)];
          await waitAllTasksBlocked();
          assert.equal(turns, 10);
          assert.equal(getRunningLoop().time(), 0);
          await gather(tasks);
        },
        { seed },
      );
  });

  it("with { outside: 'fail' } does not wait for promises of others, as the clock does not", () =>
    runVirtual(async () => {
      let settle = (): void => {};
      const foreign = new Promise<void>((resolve) => (settle = resolve));
      const task = createTask(async () => foreign);
      await waitAllTasksBlocked();
      assert.equal(task.done(), false);
      settle();
      await task;
    }));

  it("with { outside: 'wait' } waits for promises of others", () =>
    runVirtual(
      async () => {
        const task = createTask(() => hostSleep(5));
        await waitAllTasksBlocked();
        assert.equal(task.done(), true);
        assert.equal(getRunningLoop().time(), 0);
      },
      { outside: "wait" },
    ));

  it("leaves a deadlock to be found", () =>
    assert.rejects(
      runVirtual(async () => {
        await waitAllTasksBlocked();
        await new Future();
      }),
      DeadlockError,
    ));

  it("may be asked for from outside of every turn", () =>
    run(
      async () => {
        const loop = getRunningLoop();
        const blocked = new Future<void>();
        void hostSleep(1).then(() => waitAllTasksBlocked().then(() => blocked.setResult()));
        await blocked;
        assert.equal(loop.time(), 0);
      },
      { loop: new VirtualEventLoop() },
    ));
});

describe("waitAllTasksBlocked on the node loop", () => {
  guardLeaks();

  it("waits for tasks that wait for promises of others", () =>
    run(
      async () => {
        const task = createTask(() => hostSleep(5));
        await waitAllTasksBlocked();
        assert.equal(task.done(), true);
      },
      { loop: "node" },
    ));

  it("is measured in real time with a cushion, which work begins anew", () =>
    run(
      async () => {
        const loop = getRunningLoop();
        const start = loop.time();
        const task = createTask(() => sleep(10));
        await waitAllTasksBlocked({ cushion: 20 });
        assert.equal(task.done(), true);
        assert.ok(loop.time() - start >= 30 - 2);
      },
      { loop: "node" },
    ));

  it("hears of a shorter cushion while a long one runs", () =>
    run(
      async () => {
        const long = createTask(() => waitAllTasksBlocked({ cushion: 60_000 }));
        await waitAllTasksBlocked();
        await waitAllTasksBlocked({ cushion: 1 });
        assert.equal(long.done(), false);
        long.cancel();
        await assert.rejects(long, CancelledError);
      },
      { loop: "node" },
    ));
});
