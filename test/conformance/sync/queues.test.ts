import assert from "node:assert/strict";
import {
  createTask,
  gather,
  isCancelled,
  LifoQueue,
  PriorityQueue,
  Queue,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  type QueueStorage,
  waitFor,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { refusal, settle } from "./support.ts";

describeOnLoops("a queue", ({ it, run }) => {
  it("keeps its errors apart by class and code [Q-10 EXC-07]", () =>
    run(async () => {
      const queue = new Queue<number>(1);
      assert.throws(() => queue.getNowait(), refusal(QueueEmpty, "GYRE_QUEUE_EMPTY"));
      queue.putNowait(1);
      assert.throws(() => queue.putNowait(2), refusal(QueueFull, "GYRE_QUEUE_FULL"));
      queue.shutdown();
      assert.throws(() => queue.putNowait(2), refusal(QueueShutDown, "GYRE_QUEUE_SHUT_DOWN"));
      await assert.rejects(queue.put(2), refusal(QueueShutDown, "GYRE_QUEUE_SHUT_DOWN"));
    }));

  it("gives undefined and null like any item [Q-05]", () =>
    run(async () => {
      const queue = new Queue<undefined | null>();
      const waiting = createTask(() => queue.get());
      await settle();
      for (const item of [undefined, null, undefined]) queue.putNowait(item);
      assert.deepEqual([await waiting, await queue.get(), queue.getNowait()], [undefined, null, undefined]);
    }));

  it("keeps thousands of items in order while it grows and shrinks [Q-03 Q-05]", () =>
    run(async () => {
      const queue = new Queue<number>();
      let [next, expected] = [0, 0];
      for (const [puts, gets] of [
        [7, 3],
        [5000, 2000],
        [10, 3000],
        [9000, 9014],
      ] as const) {
        for (let i = 0; i < puts; i++) queue.putNowait(next++);
        for (let i = 0; i < gets; i++) assert.equal(queue.getNowait(), expected++);
      }
      assert.equal(queue.qsize(), 0);
      assert.equal(next, expected);
    }));

  it("loses no item when getters are cancelled as they are woken [Q-05]", () =>
    run(async () => {
      const queue = new Queue<number>();
      const received: number[] = [];
      const tasks = Array.from({ length: 40 }, () =>
        createTask(async () => {
          received.push(await queue.get());
        }),
      );
      await settle();
      for (let i = 0; i < 20; i++) {
        queue.putNowait(i);
        tasks[i * 2]?.cancel();
      }
      await gather(tasks, { returnExceptions: true });
      assert.deepEqual(
        received,
        Array.from({ length: 20 }, (_, index) => index),
      );
    }));

  it("puts nothing for a putter that is cancelled as it is woken [Q-03]", () =>
    run(async () => {
      const queue = new Queue<number>(1);
      queue.putNowait(0);
      const [first, second] = [createTask(() => queue.put(1)), createTask(() => queue.put(2))];
      await settle();
      assert.equal(queue.getNowait(), 0);
      first.cancel();
      await second;
      await assert.rejects(first, isCancelled);
      assert.equal(queue.getNowait(), 2);
      assert.equal(queue.statistics().unfinished, 2);
    }));

  it("makes a producer wait for its consumer, and both for nothing else [Q-03 Q-06]", () =>
    run(async () => {
      const queue = new Queue<number>(2);
      let most = 0;
      const produce = async () => {
        for (let i = 0; i < 100; i++) {
          await queue.put(i);
          most = Math.max(most, queue.qsize());
        }
        await queue.join();
      };
      const consumer = createTask(async () => {
        for (let i = 0; i < 100; i++) {
          assert.equal(await queue.get(), i);
          queue.taskDone();
        }
      });
      await gather([produce, consumer]);
      assert.equal(most, 2);
    }));

  it("keeps its item when a get times out [Q-05]", () =>
    run(async () => {
      const queue = new Queue<number>();
      await assert.rejects(waitFor(() => queue.get(), 1));
      queue.putNowait(1);
      assert.equal(await queue.get(), 1);
      assert.equal(queue.statistics().getters, 0);
    }));

  it("takes an order of one's own as a storage [Q-11]", () =>
    run(async () => {
      /** Each item once, in alphabetical order. */
      class Alphabet implements QueueStorage<string> {
        readonly #letters = new Set<string>();

        get length(): number {
          return this.#letters.size;
        }

        add(letter: string): void {
          this.#letters.add(letter);
        }

        take(): string {
          const [first = ""] = [...this.#letters].toSorted();
          this.#letters.delete(first);
          return first;
        }

        [Symbol.iterator](): Iterator<string> {
          return this.#letters.values();
        }
      }
      const queue = new Queue<string>(3, { storage: new Alphabet() });
      for (const letter of "caab") await queue.put(letter);
      assert.equal(queue.full(), true);
      const put = createTask(() => queue.put("0"));
      await settle();
      assert.deepEqual([await queue.get(), await queue.get()], ["a", "b"]);
      await put;
      assert.deepEqual([queue.getNowait(), queue.getNowait(), queue.empty()], ["0", "c", true]);
    }));
});

describeOnLoops("a queue with another order", ({ it, run }) => {
  it("serves waiting getters and putters as any queue does [Q-08 Q-09]", () =>
    run(async () => {
      for (const queue of [new LifoQueue<number>(1), new PriorityQueue<number>(1)]) {
        const gets = [createTask(() => queue.get()), createTask(() => queue.get())];
        await settle();
        await gather([() => queue.put(1), () => queue.put(2)]);
        assert.deepEqual(await gather(gets), [1, 2]);
      }
    }));

  it("orders by a comparison of one's own [Q-08]", () =>
    run(async () => {
      const queue = new PriorityQueue<{ readonly at: number }>(0, { compare: (a, b) => b.at - a.at });
      for (const at of [3, 9, 1, 5]) queue.putNowait({ at });
      assert.deepEqual([queue.getNowait().at, queue.getNowait().at], [9, 5]);
    }));

  it("orders numbers, strings, dates and arrays by itself [Q-08]", () =>
    run(async () => {
      const sorted = (items: readonly unknown[]) => {
        const queue = new PriorityQueue<unknown>();
        for (const item of items) queue.putNowait(item);
        return items.map(() => queue.getNowait());
      };
      assert.deepEqual(sorted([10, 9, -1, 1.5, 2n, true]), [-1, true, 1.5, 2n, 9, 10]);
      assert.deepEqual(sorted(["b", "a", "B"]), ["B", "a", "b"]);
      const [early, late] = [new Date(0), new Date(1)];
      assert.deepEqual(sorted([late, early]), [early, late]);
      const payload = {};
      assert.deepEqual(
        sorted([
          [2, "x"],
          [1, payload],
          [1, payload],
        ]),
        [
          [1, payload],
          [1, payload],
          [2, "x"],
        ],
      );
    }));

  it("loses nothing to a comparison that throws [Q-08]", () =>
    run(async () => {
      let broken = false;
      const queue = new PriorityQueue<number>(0, {
        compare: (a, b) => {
          if (broken) throw new Error("on purpose");
          return a - b;
        },
      });
      for (const item of [4, 2, 3, 1]) queue.putNowait(item);
      broken = true;
      assert.throws(() => queue.putNowait(0), /on purpose/);
      await assert.rejects(queue.get(), /on purpose/);
      broken = false;
      assert.deepEqual(
        [1, 2, 3, 4].map(() => queue.getNowait()),
        [1, 2, 3, 4],
      );
    }));
});
