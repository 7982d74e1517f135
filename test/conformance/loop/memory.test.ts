import assert from "node:assert/strict";
import { describeOnLoops } from "../../support/loops.ts";
import { runProgram } from "../support/programs.ts";

const MEGABYTE = 2 ** 20;

describeOnLoops("memory", ({ it, name }) => {
  it("is not kept by a million timers, sleeps and timeouts that were cancelled [SCHED-14 SCHED-08]", async () => {
    const program = `
      import { createTask, getRunningLoop, run, sleep, timeout } from "gyre";
      const heap = () => {
        globalThis.gc();
        return process.memoryUsage().heapUsed;
      };
      const main = async () => {
        const loop = getRunningLoop();
        const long = loop.callLater(100_000, () => undefined); // an earlier timer must not pin the others
        const rounds = async (count) => {
          for (let round = 0; round < count; round++) {
            for (let timer = 0; timer < 1000; timer++) {
              loop.callLater(50_000 + timer, () => undefined, new Array(10)).cancel();
              if (timer % 10 === 0) sleep(60_000).cancel();
            }
            await timeout(60_000, () => sleep(0));
          }
        };
        await rounds(20);
        const before = heap();
        await rounds(1000);
        console.log(heap() - before, loop.statistics().timers);
        long.cancel();
      };
      await run(main, { loop: "${name}" });
    `;
    const { stdout, stderr } = await runProgram(program, { flags: ["--expose-gc"] });
    const [growth = Number.NaN, timers] = stdout.split(" ").map(Number);
    assert.ok(growth < 5 * MEGABYTE, `the heap grew by ${growth} bytes ${stderr}`);
    assert.equal(timers, 1);
  });

  it("is not kept by tasks, futures and callbacks that are done [TASK-01 FUT-09]", async () => {
    const program = `
      import { createTask, Future, gather, getRunningLoop, run, shield, sleep, wait, waitFor } from "gyre";
      const heap = () => {
        globalThis.gc();
        return process.memoryUsage().heapUsed;
      };
      const main = async () => {
        const loop = getRunningLoop();
        const stays = new Future();
        const rounds = async (count) => {
          for (let round = 0; round < count; round++) {
            await createTask(async () => sleep(0));
            await gather([async () => 1, async () => 2]);
            await shield(async () => 1);
            await waitFor(async () => 1, 60_000);
            await wait([stays], { timeout: 0 }); // must leave nothing on what it waits for
            const callback = () => undefined;
            stays.addDoneCallback(callback);
            stays.removeDoneCallback(callback);
            const cancelled = createTask(() => new Future());
            await sleep(0);
            cancelled.cancel();
            await cancelled.catch(() => undefined);
            loop.callSoon(() => undefined).cancel();
          }
        };
        await rounds(500);
        const before = heap();
        await rounds(5000);
        console.log(heap() - before, loop.statistics().tasks);
      };
      await run(main, { loop: "${name}" });
    `;
    const { stdout, stderr } = await runProgram(program, { flags: ["--expose-gc"] });
    const [growth = Number.NaN, tasks] = stdout.split(" ").map(Number);
    assert.ok(growth < MEGABYTE, `the heap grew by ${growth} bytes ${stderr}`);
    assert.equal(tasks, 1);
  });

  it("is given back when a handle is cancelled, though somebody keeps the handle [SCHED-08]", async () => {
    const program = `
      import { getRunningLoop, run, sleep } from "gyre";
      const main = async () => {
        const loop = getRunningLoop();
        const collected = new Set();
        const registry = new FinalizationRegistry((what) => collected.add(what));
        const schedule = (what, method) => {
          const argument = { what };
          registry.register(argument, what);
          return method(() => undefined, argument);
        };
        const kept = [
          schedule("cancelled", loop.callSoon.bind(loop)),
          schedule("run", loop.callSoon.bind(loop)),
          schedule("timer", (...args) => loop.callLater(60_000, ...args)),
        ];
        kept[0].cancel();
        kept[2].cancel();
        for (let turn = 0; turn < 10 && collected.size < 3; turn++) {
          await sleep(2);
          globalThis.gc();
        }
        console.log([...collected].sort().join(" "), kept.length);
      };
      await run(main, { loop: "${name}" });
    `;
    const { stdout, stderr } = await runProgram(program, { flags: ["--expose-gc"] });
    assert.equal(stdout, "cancelled run timer 3\n", stderr);
  });
});
