import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  Barrier,
  checkpoint,
  Condition,
  createTask,
  currentTask,
  DeadlockError,
  Event,
  Future,
  gather,
  Lock,
  Queue,
  race,
  Semaphore,
  shield,
  Task,
  taskGroup,
  wait,
} from "gyre";
import { runVirtual } from "gyre/testing";
import { expectTrouble, guardLeaks } from "../support/leaks.ts";

async function deadlockOf(main: () => unknown): Promise<DeadlockError> {
  try {
    await runVirtual(async () => main());
  } catch (error) {
    if (error instanceof DeadlockError) return error;
    throw error;
  }
  throw new Error("it ended");
}

const named = (name: string, body: () => Promise<unknown>) => createTask(body, { name });

describe("the report on a deadlock", () => {
  guardLeaks();

  it("names the circle of two locks, and gives it as data", async () => {
    const [a, b] = [new Lock(), new Lock()];
    const nested = (outer: Lock, inner: Lock) => () =>
      outer.runExclusive(async () => {
        await checkpoint();
        await inner.runExclusive(() => checkpoint());
      });
    const { message, cycle } = await deadlockOf(() =>
      gather([named("a", nested(a, b)), named("b", nested(b, a))]),
    );
    assert.match(
      message,
      /^Task "a" waits for Lock 1 held by Task "b", which waits for Lock 2 held by Task "a"\.$/m,
    );
    assert.deepEqual(
      cycle.map(({ waiter }) => waiter instanceof Task && waiter.name),
      ["a", "b"],
    );
    assert.deepEqual(
      cycle.map(({ dependency }) => dependency.resource),
      [b, a],
    );
  });

  it("knows who holds a lock that was waited for, or taken back by a condition", async () => {
    const lock = new Lock();
    const condition = new Condition(lock);
    const { message } = await deadlockOf(async () => {
      const waiting = named("waiting", () =>
        condition.runExclusive(async () => {
          await condition.wait();
          await new Future<void>();
        }),
      );
      const queued = named("queued", async () => {
        await checkpoint();
        await condition.runExclusive(() => condition.notify());
        await checkpoint();
        await checkpoint();
        await lock.acquire();
      });
      await gather([waiting, queued]);
    });
    assert.match(
      message,
      /Task "queued", .* waits for Lock 1 \(locked, waiters:1\) held by Task "waiting"$/m,
    );
    assert.match(message, /Task "waiting", .* waits for Future 1$/m);
  });

  it("says so when the holder has ended", async () => {
    const lock = new Lock();
    const { message } = await deadlockOf(async () => {
      await named("careless", () => lock.acquire());
      await lock.acquire();
    });
    assert.match(message, /held by Task "careless", which has ended$/m);
  });

  it("says what is waited for", async () => {
    const queue = new Queue<number>(1);
    queue.putNowait(1);
    const { message, cycle } = await deadlockOf(() =>
      taskGroup((group) => {
        group.createTask(() => new Queue().get());
        group.createTask(() => queue.put(2));
        group.createTask(() => queue.join());
        group.createTask(() => new Event().wait());
        group.createTask(() => new Semaphore(0).acquire());
        group.createTask(() => new Barrier(2).wait());
        group.createTask(() => race([new Future()]));
        group.createTask(() => shield(new Future()));
        group.createTask(() => wait([new Future()]));
      }),
    );
    for (const wanted of [
      /an item of Queue 1 \(maxsize=0/,
      /room in Queue 2 \(maxsize=1/,
      /the end of the work of Queue 2/,
      /Event 1 \(unset/,
      /a permit of Semaphore 1/,
      /the others at Barrier 1/,
      /race\(\) of Future \d/,
      /shield\(\) of Future \d/,
      /wait\(\) of Future \d/,
      /taskGroup\(\) of Task "Task-2" and Task "Task-3"/,
    ])
      assert.match(message, wanted);
    assert.deepEqual(cycle, []);
  });

  it("finds the circle through what is made of other futures, which can be cancelled", async () => {
    const ended: string[] = [];
    const { message } = await deadlockOf(async () => {
      const main = currentTask();
      const child = named("child", async () => {
        try {
          await main;
        } finally {
          ended.push("child");
        }
      });
      try {
        await gather([child]);
      } finally {
        ended.push("main");
      }
    });
    assert.match(
      message,
      /^Task "Task-1" waits for gather\(\) of Task "child", which waits for Task "Task-1"\.$/m,
    );
    assert.deepEqual(ended, ["child", "main"]);
  });

  it("is the error that is thrown, though the clean-up comes to a stop as well", async () => {
    const lock = new Lock();
    expectTrouble("report", /cannot interrupt/);
    expectTrouble("report", /still pending when its loop was closed/);
    const { message } = await deadlockOf(async () => {
      await lock.acquire();
      createTask(() => new Promise(() => {}), { name: "deaf" });
      await lock.acquire();
    });
    assert.match(message, /Lock 1/);
  });
});
