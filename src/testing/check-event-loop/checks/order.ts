/** What is ready runs first in, first out. */

import type { EventLoop } from "../../../core/event-loop.ts";
import { createTask } from "../../../tasks/current.ts";
import { gather } from "../../../tasks/gather.ts";
import { checkpoint, sleep } from "../../../tasks/sleep.ts";
import { inside, topic } from "../check.ts";
import { expect, expectEqual } from "../expect.ts";

const MANY = 10_000;
const ROUNDS = 10; // a driver that lets the host run may settle by chance
const HOPS = 30; // awaits of foreign promises in a row

export const orderChecks = topic(
  "order",
  [],
  [
    inside("callSoon runs first in, first out", "SCHED-01 LOOP-13", async ({ loop }) => {
      const order: number[] = [];
      for (let number = 0; number < 10; number++) loop.callSoon(() => order.push(number));
      await checkpoint();
      await checkpoint();
      expectEqual(
        order,
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        "callbacks run in the order in which callSoon got them",
      );
    }),
    inside("callSoon passes the arguments", "SCHED-01", async ({ loop }) => {
      const called = loop.createFuture<unknown[]>();
      loop.callSoon((...args: unknown[]) => called.setResult(args), 1, "two", null);
      expectEqual(await called, [1, "two", null], "a callback gets the arguments of callSoon");
    }),
    inside("callSoon never calls at once", "SCHED-01", async ({ loop }) => {
      let called = false;
      loop.callSoon(() => {
        called = true;
      });
      expect(!called, "callSoon calls on a later turn", "it called from within");
      await sleep(1);
      expect(called, "callSoon calls", "nothing was called");
    }),
    inside("what a callback queues runs behind what was ready", "SCHED-01 LOOP-13", async ({ loop }) => {
      const order: string[] = [];
      for (const name of ["a", "b", "c"]) {
        loop.callSoon(() => {
          order.push(name);
          loop.callSoon(() => order.push(`${name}2`));
        });
      }
      await sleep(1);
      expectEqual(order, ["a", "b", "c", "a2", "b2", "c2"], "what becomes ready waits behind what is ready");
    }),
    inside("callSoonThreadsafe keeps its place in the line", "SCHED-02", async ({ loop }) => {
      const order: number[] = [];
      loop.callSoon(() => order.push(1));
      loop.callSoonThreadsafe(() => order.push(2));
      loop.callSoon(() => order.push(3));
      await sleep(1);
      expectEqual(order, [1, 2, 3], "callSoonThreadsafe on the loop's own thread is callSoon");
    }),
    inside("a cancelled callback is passed over", "SCHED-08", async ({ loop }) => {
      const order: number[] = [];
      const handles = [1, 2, 3].map((number) => loop.callSoon(() => order.push(number)));
      handles[1]?.cancel();
      await sleep(1);
      expectEqual(order, [1, 3], "a handle that was cancelled is not called, and the others are");
    }),
    inside("a callback can cancel one that is ready with it", "SCHED-08", async ({ loop }) => {
      let called = false;
      loop.callSoon(() => second.cancel());
      const second = loop.callSoon(() => {
        called = true;
      });
      await sleep(1);
      expect(!called, "a handle cancelled in the same turn is not called", "it was called");
    }),
    inside("ten thousand callbacks run once each, in order", "SCHED-01", async ({ loop }) => {
      const order: number[] = [];
      for (let number = 0; number < MANY; number++) loop.callSoon(() => order.push(number));
      const ended = loop.createFuture<void>();
      loop.callSoon(() => ended.setResult());
      await ended;
      expectEqual(order.length, MANY, "each callback runs once");
      expect(
        order.every((number, index) => number === index),
        "long lines keep their order",
        "the order was another",
      );
    }),
    inside("a woken task runs between the callbacks around it", "LOOP-13 TASK-11", async ({ loop }) => {
      const order: string[] = [];
      const future = loop.createFuture<void>();
      const task = createTask(async () => {
        await future;
        order.push("task");
      });
      await checkpoint();
      loop.callSoon(() => order.push("before"));
      future.setResult();
      loop.callSoon(() => order.push("after"));
      await task;
      expectEqual(order, ["before", "task", "after"], "a task that was woken keeps its place in the line");
    }),
    inside("tasks in sleep(0) take turns", "LOOP-13 WAIT-01", async () => {
      const order: string[] = [];
      const work = async (name: string): Promise<void> => {
        for (let turn = 0; turn < 3; turn++) {
          order.push(`${name}${turn}`);
          await sleep(0);
        }
      };
      await gather(["a", "b", "c"].map((name) => () => work(name)));
      expectEqual(
        order,
        ["a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2"],
        "each task has one step in a turn",
      );
    }),
    inside("callbacks and tasks advance side by side", "LOOP-13", async ({ loop }) => {
      const order: string[] = [];
      const chain = (left: number): void => {
        order.push(`callback ${left}`);
        if (left > 0) loop.callSoon(chain, left - 1);
      };
      loop.callSoon(chain, 2);
      await createTask(async () => {
        for (let left = 2; left >= 0; left--) {
          order.push(`task ${left}`);
          await sleep(0);
        }
      });
      expectEqual(
        order,
        ["callback 2", "task 2", "callback 1", "task 1", "callback 0", "task 0"],
        "neither chain gets ahead",
      );
    }),
    inside(
      "the callbacks of a future run in the order in which they were added",
      "FUT-09",
      async ({ loop }) => {
        const order: number[] = [];
        const future = loop.createFuture<void>();
        for (const number of [1, 2, 3]) future.addDoneCallback(() => order.push(number));
        future.setResult();
        expectEqual(order, [], "done callbacks run on a later turn");
        await sleep(1);
        expectEqual(order, [1, 2, 3], "done callbacks keep their order");
      },
    ),
    inside("tasks begin in the order in which they were made", "TASK-11", async () => {
      const order: number[] = [];
      await gather(
        Array.from({ length: 50 }, (_, number) => async () => {
          order.push(number);
        }),
      );
      expectEqual(
        order,
        Array.from({ length: 50 }, (_, number) => number),
        "first made, first started",
      );
    }),
    inside("debug mode runs one entry at a time", "TASK-11 DBG-01", async ({ loop }) => {
      loop.setDebug(true);
      const counts: number[] = [];
      for (const wait of [() => sleep(0), () => createTask(async () => 1), () => createTask(() => sleep(0))])
        counts.push(await turnsOf(loop, wait));
      expectEqual(
        counts,
        [1, 2, 3],
        "sleep(0), a task, and a task in sleep(0) take as many turns as in CPython",
      );
    }),
    inside(
      "a stepwise loop lets everything settle between two entries",
      "LOOP-13",
      async ({ loop }) => {
        const settled: string[] = [];
        for (let round = 0; round < ROUNDS; round++) {
          const task = createTask(async () => {
            for (let hop = 0; hop < HOPS; hop++) await Promise.resolve();
            settled.push("task");
          });
          loop.callSoon(() => settled.push("callback"));
          await task;
          await sleep(0);
        }
        expectEqual(
          settled,
          Array.from({ length: ROUNDS }, () => ["task", "callback"]).flat(),
          "a step runs until nothing is left to run but the loop's own entries",
        );
      },
      "stepwise",
    ),
  ],
);

/** Counts the loop's turns by a callback that queues itself again in each. */
async function turnsOf(loop: EventLoop, wait: () => PromiseLike<unknown>): Promise<number> {
  let turns = 0;
  let counting = true;
  const tick = (): void => {
    if (!counting) return;
    turns++;
    loop.callSoon(tick);
  };
  loop.callSoon(tick);
  await wait();
  counting = false;
  await checkpoint();
  return turns;
}
