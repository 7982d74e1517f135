import assert from "node:assert/strict";
import {
  checkpoint,
  createTask,
  Future,
  gather,
  getRunningLoop,
  shield,
  sleep,
  timeout,
  wait,
  waitFor,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";

describeOnLoops("the order of ready work", ({ it, run }) => {
  it("lets each woken task run before the next callback [LOOP-13 TASK-11]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const order: string[] = [];
      const future = new Future<void>();
      const task = createTask(async () => {
        await future;
        order.push("task");
      });
      await checkpoint();
      loop.callSoon(() => order.push("before"));
      future.setResult();
      loop.callSoon(() => order.push("after"));
      await task;
      assert.deepEqual(order, ["before", "task", "after"]);
    }));

  it("lets tasks in sleep(0) take turns [LOOP-13 WAIT-01]", () =>
    run(async () => {
      const order: string[] = [];
      const work = async (name: string): Promise<void> => {
        for (let turn = 0; turn < 3; turn++) {
          order.push(`${name}${turn}`);
          await sleep(0);
        }
      };
      const tasks = ["a", "b", "c"].map((name) => createTask(() => work(name)));
      for (const task of tasks) await task;
      assert.deepEqual(order, ["a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2"]);
    }));

  it("lets chains of callbacks and of tasks advance side by side [LOOP-13]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const order: string[] = [];
      const chain = (left: number): void => {
        order.push(`callback ${left}`);
        if (left > 0) loop.callSoon(chain, left - 1);
      };
      loop.callSoon(chain, 2);
      const task = createTask(async () => {
        for (let left = 2; left >= 0; left--) {
          order.push(`task ${left}`);
          await sleep(0);
        }
      });
      await task;
      assert.deepEqual(order, ["callback 2", "task 2", "callback 1", "task 1", "callback 0", "task 0"]);
    }));

  it("puts due timers behind what was ready before them [LOOP-13 SCHED-06]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const order: string[] = [];
      loop.callSoon(() => {
        const until = loop.time() + 25;
        while (loop.time() < until); // the timer is due when this callback ends
        loop.callSoon(() => order.push("ready"));
      });
      loop.callLater(20, () => order.push("timer"));
      await sleep(40);
      assert.deepEqual(order, ["ready", "timer"]);
    }));
});

describeOnLoops("how many turns a wait takes", ({ it, run }) => {
  /** Counts the loop's turns by a callback that queues itself again in each. */
  async function turnsOf(start: () => PromiseLike<unknown>): Promise<number> {
    const loop = getRunningLoop();
    let turns = 0;
    let counting = true;
    const tick = (): void => {
      if (!counting) return;
      turns++;
      loop.callSoon(tick);
    };
    loop.callSoon(tick);
    await start();
    counting = false;
    return turns;
  }

  const cases: [string, () => PromiseLike<unknown>, number][] = [
    ["an async function without a wait", async () => 1, 0],
    ["a future that is done", () => sleepDone(), 0],
    ["sleep(0)", () => sleep(0), 1],
    ["a task without a wait", () => createTask(async () => 1), 2],
    ["a task in sleep(0)", () => createTask(() => sleep(0)), 3],
    ["gather of two", () => gather([async () => 1, async () => 2]), 3],
    ["shield of a function", () => shield(async () => 1), 3],
    ["wait for a task", () => wait([createTask(async () => 1)]), 3],
    ["waitFor a function", () => waitFor(async () => 1, 60_000), 0],
    ["a timeout block", () => timeout(60_000, async () => 1), 0],
  ];

  function sleepDone(): Future<void> {
    const future = new Future<void>();
    future.setResult();
    return future;
  }

  async function countAll(): Promise<[string, number][]> {
    const counted: [string, number][] = [];
    for (const [what, start] of cases) counted.push([what, await turnsOf(start)]);
    return counted;
  }

  it("is as in CPython where handles run one by one, as in debug mode [TASK-11 WAIT-01 WAIT-08 FUT-12]", () =>
    run(
      async () => {
        const expected = cases.map(([what, , turns]) => [what, turns]);
        assert.deepEqual(await countAll(), expected);
      },
      { debug: true },
    ));

  it("is at most one more where turns run in microtasks, as an await does [TASK-11]", () =>
    run(async () => {
      const counted = await countAll();
      const wrong = cases.filter(([, , turns], index) => {
        const more = (counted[index]?.[1] ?? Number.NaN) - turns;
        return !(more === 0 || more === 1);
      });
      assert.deepEqual(wrong, [], JSON.stringify(counted));
    }));
});
