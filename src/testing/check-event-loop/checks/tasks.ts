/** Tasks and what they wait for, as far as the loop carries them. */

import { Condition } from "../../../sync/condition.ts";
import { Event } from "../../../sync/event.ts";
import { Lock } from "../../../sync/lock.ts";
import { Queue } from "../../../sync/queue.ts";
import { Semaphore } from "../../../sync/semaphore.ts";
import { allTasks, createTask, currentTask, getRunningLoop } from "../../../tasks/current.ts";
import { gather } from "../../../tasks/gather.ts";
import { checkpoint, sleep } from "../../../tasks/sleep.ts";
import { taskGroup } from "../../../tasks/task-group.ts";
import { inside, topic } from "../check.ts";
import { expect, expectEqual, expectRejection } from "../expect.ts";
import { hostTimeout } from "../support/host.ts";

const SLEEPERS = 500;

export const taskChecks = topic(
  "tasks",
  [],
  [
    inside("begin on a later turn", "TASK-01", async () => {
      let begun = false;
      const task = createTask(async () => {
        begun = true;
      });
      expect(!begun, "createTask does not run the function at once", "it did");
      await task;
      expect(begun, "a task runs", "it did not");
    }),
    inside("give their result and their error", "TASK-15", async () => {
      expectEqual(await createTask(async () => "result"), "result", "a task's result is its function's");
      const failing = createTask(async () => {
        throw Object.assign(new Error("on purpose"), { code: "ON_PURPOSE" });
      });
      await expectRejection(failing, "ON_PURPOSE", "a task's error is its function's");
    }),
    inside("know themselves and their loop", "TASK-25", async ({ loop }) => {
      expect(
        getRunningLoop() === loop,
        "getRunningLoop() is the loop that runs the code",
        `it is ${getRunningLoop()}`,
      );
      let known: unknown = null;
      const task = createTask(async () => {
        await sleep(1);
        known = currentTask();
      });
      await task;
      expect(known === task, "currentTask() is the task, also after a wait", `it was ${String(known)}`);
    }),
    inside("are known to the loop until they are done", "TASK-26", async ({ loop }) => {
      const task = createTask(() => sleep(1));
      expect(allTasks().has(task), "a task that is not done is one of allTasks()", "it is missing");
      expectEqual(loop.statistics().tasks, 2, "the main task and the new one");
      await task;
      expect(!allTasks().has(task), "a task that is done is none of them", "it is there");
    }),
    inside("go on after promises of others", "TASK-10", async () => {
      const order: number[] = [];
      const task = createTask(async () => {
        for (let step = 0; step < 5; step++) {
          await Promise.resolve();
          order.push(step);
        }
      });
      await task;
      expectEqual(order, [0, 1, 2, 3, 4], "a task may await what is not gyre's");
    }),
    inside(
      "go on after promises that the host settles",
      "TASK-10",
      async ({ waits }) => {
        const promise = new Promise<string>((resolve) => void hostTimeout(() => resolve("host"), 2));
        expectEqual(
          await waits.during("for a promise of the host", promise),
          "host",
          "what happens outside wakes a task",
        );
      },
      "outside",
    ),
    inside(
      "hear of a future that the host resolves",
      "FUT-05",
      async ({ loop, waits }) => {
        const future = loop.createFuture<string>();
        hostTimeout(() => future.setResult("host"), 2);
        expectEqual(
          await waits.during("for a future that a callback of the host resolves", future),
          "host",
          "an idle loop is woken by what is queued from outside",
        );
      },
      "outside",
    ),
    inside("play ping-pong a thousand times", "FUT-12", async ({ loop, waits }) => {
      let ball = loop.createFuture<number>();
      const player = async (): Promise<void> => {
        for (;;) {
          const count = await ball;
          ball = loop.createFuture<number>();
          if (count >= 1000) return;
          ball.setResult(count + 1);
          await checkpoint();
        }
      };
      const task = createTask(player);
      ball.setResult(0);
      await waits.during("for a thousand exchanges", task);
    }),
    inside("sleep by the hundreds", "WAIT-01 WAIT-02", async ({ waits, loop }) => {
      const results = await waits.during(
        () => `for ${SLEEPERS} tasks; ${loop.statistics().tasks - 1} are not done`,
        gather(Array.from({ length: SLEEPERS }, (_, index) => () => sleep(index % 7, index))),
      );
      expectEqual(results.length, SLEEPERS, "each ends");
      expect(
        results.every((value, index) => value === index),
        "gather keeps the order",
        "it was another",
      );
    }),
    inside("end with their group", "TG-03", async ({ waits }) => {
      const order: number[] = [];
      const group = taskGroup(async (tasks) => {
        for (const delay of [3, 1, 2])
          tasks.createTask(async () => {
            await sleep(delay * 2);
            order.push(delay);
          });
      });
      await waits.during("for a task group", group);
      expectEqual(order, [1, 2, 3], "a group waits for all its tasks");
    }),
  ],
);

export const syncChecks = topic(
  "synchronisation",
  [],
  [
    inside("an event wakes those who wait, in order", "SYNC-05", async () => {
      const event = new Event();
      const order: number[] = [];
      const tasks = [1, 2, 3].map((number) =>
        createTask(async () => {
          await event.wait();
          order.push(number);
        }),
      );
      await sleep(1);
      event.set();
      await gather(tasks);
      expectEqual(order, [1, 2, 3], "first waiting, first woken");
    }),
    inside("a lock is given on in order", "SYNC-03", async () => {
      const lock = new Lock();
      const order: number[] = [];
      const work = (number: number) => async (): Promise<void> => {
        await lock.acquire();
        try {
          await sleep(0);
          order.push(number);
        } finally {
          lock.release();
        }
      };
      await gather([1, 2, 3, 4].map(work));
      expectEqual(order, [1, 2, 3, 4], "first come, first served");
    }),
    inside("a semaphore lets so many in", "SYNC-11", async () => {
      const semaphore = new Semaphore(3);
      let now = 0;
      let most = 0;
      const work = async (): Promise<void> => {
        await semaphore.acquire();
        most = Math.max(most, ++now);
        await sleep(0.5);
        now--;
        semaphore.release();
      };
      await gather(Array.from({ length: 12 }, () => work));
      expectEqual(most, 3, "never more at a time, and so many");
    }),
    inside("a queue hands over in order", "Q-03 Q-05", async ({ waits }) => {
      const queue = new Queue<number>(5);
      const got: number[] = [];
      const produce = async (): Promise<void> => {
        for (let number = 0; number < 200; number++) await queue.put(number);
      };
      const consume = async (): Promise<void> => {
        while (got.length < 200) got.push(await queue.get());
      };
      await waits.during(() => `for 200 items; ${got.length} have come`, gather([produce, consume]));
      expect(
        got.every((value, index) => value === index),
        "first in, first out",
        "the order was another",
      );
    }),
    inside("a condition wakes as many as it is told", "SYNC-09", async () => {
      const condition = new Condition();
      let woken = 0;
      const tasks = [1, 2, 3].map(() =>
        createTask(async () => {
          await condition.acquire();
          await condition.wait();
          woken++;
          condition.release();
        }),
      );
      await sleep(1);
      for (const count of [1, 2]) {
        await condition.acquire();
        condition.notify(count);
        condition.release();
        await sleep(1);
        expectEqual(woken, count === 1 ? 1 : 3, "notify(n) wakes n");
      }
      await gather(tasks);
    }),
  ],
);
