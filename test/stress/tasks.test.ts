import assert from "node:assert/strict";
import { checkpoint, createTask, Future, gather, isCancelled, sleep, type Task, timeout } from "gyre";
import { describeOnLoops } from "../support/loops.ts";

const MANY = 200_000;

describeOnLoops("very many tasks", ({ it, run }) => {
  it("sleep at once, and all wake [WAIT-01]", () =>
    run(async () => {
      let woken = 0;
      const sleeper = async (): Promise<void> => {
        await sleep(100);
        woken++;
      };
      const tasks = Array.from({ length: MANY }, () => createTask(sleeper));
      for (const task of tasks) await task;
      assert.equal(woken, MANY);
    }));

  it("are outnumbered by timers, which fire in the order of their deadlines [SCHED-05 SCHED-12]", () =>
    run(async (main) => {
      const loop = main.getLoop();
      const order: number[] = [];
      const base = loop.time() + 100;
      for (let index = 0; index < MANY; index++) {
        const rank = (index * 7919) % 1000;
        loop.callAt(base + rank / 10, () => order.push(rank));
      }
      while (order.length < MANY) await sleep(20);
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
      );
    }));

  it("are cancelled in one go, and all clean up [TASK-12]", () =>
    run(async () => {
      let cleaned = 0;
      const tasks = Array.from({ length: MANY }, () =>
        createTask(async () => {
          try {
            await new Future<void>();
          } finally {
            await checkpoint();
            cleaned++;
          }
        }),
      );
      await checkpoint();
      const gathering = gather(tasks, { returnExceptions: true });
      gathering.cancel();
      await assert.rejects(gathering, isCancelled);
      assert.equal(cleaned, MANY);
    }));

  it("await each other in a chain of a thousand, which is cancelled from its end [TASK-19]", () =>
    run(async () => {
      const innermost = new Future<void>();
      let outermost: Task<void> = createTask(async () => innermost);
      for (let depth = 0; depth < 1000; depth++) {
        const inner = outermost;
        outermost = createTask(async () => inner);
      }
      await sleep(50);
      outermost.cancel();
      await assert.rejects(outermost, isCancelled);
      assert.equal(innermost.cancelled(), true);
    }));

  it("nest a thousand timeouts, of which the outermost is the one that ends [TO-09]", () =>
    run(async () => {
      const nest = (depth: number): Promise<void> =>
        depth === 0 ? Promise.resolve(new Future<void>()) : timeout(60_000, () => nest(depth - 1));
      await assert.rejects(
        timeout(20, () => nest(1000)),
        { code: "GYRE_TIMEOUT" },
      );
    }));
});
