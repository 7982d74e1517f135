import assert from "node:assert/strict";
import { checkpoint, createTask, gather, isCancelled, Queue } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { settle } from "./support.ts";

describeOnLoops("iterating over a queue", ({ it, run }) => {
  it("gives what is there and what comes, and ends at the shutdown [Q-07]", () =>
    run(async () => {
      const queue = new Queue<number>();
      queue.putNowait(1);
      const seen: number[] = [];
      const consumer = createTask(async () => {
        for await (const item of queue) {
          seen.push(item);
          queue.taskDone();
        }
        return "ended";
      });
      await settle();
      for (const item of [2, 3]) await queue.put(item);
      await queue.join();
      queue.shutdown();
      assert.equal(await consumer, "ended");
      assert.deepEqual(seen, [1, 2, 3]);
    }));

  it("still gives the items that were left, unless the shutdown is immediate [Q-07]", () =>
    run(async () => {
      for (const immediate of [false, true]) {
        const queue = new Queue<number>();
        for (const item of [1, 2]) queue.putNowait(item);
        queue.shutdown(immediate);
        const seen: number[] = [];
        for await (const item of queue) seen.push(item);
        assert.deepEqual(seen, immediate ? [] : [1, 2]);
      }
    }));

  it("is shared by workers, each item going to one of them [Q-05 Q-07]", () =>
    run(async () => {
      const queue = new Queue<number>(3);
      const seen: number[] = [];
      const work = (counts: number[], index: number) => async () => {
        for await (const item of queue) {
          seen.push(item);
          counts[index] = (counts[index] ?? 0) + 1;
          await checkpoint(); // else one worker takes all, in CPython's order
        }
      };
      const counts = [0, 0, 0];
      const produce = async () => {
        for (let item = 0; item < 30; item++) await queue.put(item);
        queue.shutdown();
      };
      await gather([work(counts, 0), work(counts, 1), work(counts, 2), produce]);
      assert.ok(counts.every((count) => count > 0));
      assert.deepEqual(
        seen.toSorted((a, b) => a - b),
        Array.from({ length: 30 }, (_, index) => index),
      );
    }));

  it("can be left and taken up again, and loses nothing when cancelled [Q-05 Q-07]", () =>
    run(async () => {
      const queue = new Queue<number>();
      for (const item of [1, 2]) queue.putNowait(item);
      for await (const item of queue) {
        assert.equal(item, 1);
        break;
      }
      const task = createTask(async () => {
        for await (const item of queue) assert.equal(item, 2);
      });
      await settle();
      queue.putNowait(3);
      task.cancel();
      await assert.rejects(task, isCancelled);
      assert.equal(queue.getNowait(), 3);
    }));
});
