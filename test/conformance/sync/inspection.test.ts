import assert from "node:assert/strict";
import { inspect } from "node:util";
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  createTask,
  Event,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  Semaphore,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { settle } from "./support.ts";

describeOnLoops("primitives in logs", ({ it, run }) => {
  it("show their class and their state in asyncio's words [SYNC-21 Q-12]", () =>
    run(async () => {
      const lock = new Lock();
      await lock.acquire();
      const condition = new Condition(lock);
      const semaphore = new Semaphore(2);
      const queue = new Queue<unknown>(3);
      for (const item of [1, "two"]) queue.putNowait(item);
      const lines: readonly (readonly [object, string])[] = [
        [lock, "<Lock [locked]>"],
        [condition, "<Condition [locked]>"],
        [semaphore, "<Semaphore [unlocked, value:2]>"],
        [new BoundedSemaphore(0), "<BoundedSemaphore [locked]>"],
        [new Event(), "<Event [unset]>"],
        [new Barrier(2), "<Barrier [filling, waiters:0/2]>"],
        [queue, '<Queue maxsize=3 _queue=[1, "two"] tasks=2>'],
        [new LifoQueue(), "<LifoQueue maxsize=0>"],
        [new PriorityQueue(1.5), "<PriorityQueue maxsize=1.5>"],
      ];
      for (const [primitive, text] of lines) {
        assert.equal(String(primitive), text);
        assert.equal(inspect(primitive), text);
      }
    }));

  it("count those who wait [SYNC-21 Q-12]", () =>
    run(async () => {
      const lock = new Lock();
      const [empty, full] = [new Queue<number>(), new Queue<number>(1)];
      await lock.acquire();
      full.putNowait(1);
      const waits: (() => Promise<unknown>)[] = [
        () => lock.acquire(),
        () => lock.acquire(),
        () => empty.get(),
        () => full.put(2),
      ];
      const tasks = waits.map((wait) => createTask(wait));
      await settle();
      assert.equal(String(lock), "<Lock [locked, waiters:2]>");
      assert.deepEqual(lock.statistics(), { locked: true, waiters: 2 });
      assert.equal(String(empty), "<Queue maxsize=0 _getters[1]>");
      assert.equal(String(full), "<Queue maxsize=1 _queue=[1] _putters[1] tasks=1>");
      assert.deepEqual(full.statistics(), {
        size: 1,
        maxsize: 1,
        getters: 0,
        putters: 1,
        unfinished: 1,
        shutDown: false,
      });
      lock.release();
      empty.putNowait(1);
      full.getNowait();
      await tasks[0];
      lock.release();
      for (const task of tasks) await task;
      empty.shutdown();
      assert.equal(String(empty), "<Queue maxsize=0 tasks=1 shutdown>");
    }));

  it("show the first items of a long queue only [Q-12]", () =>
    run(async () => {
      const queue = new Queue<number>();
      for (let item = 0; item < 1000; item++) queue.putNowait(item);
      assert.equal(
        String(queue),
        "<Queue maxsize=0 _queue=[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, <990 more>] tasks=1000>",
      );
    }));
});
