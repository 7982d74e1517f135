import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { checkpoint, createTask, Future, getRunningLoop, sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";

const OFTEN = 8; // times that everybody else must get to run while the loop is busy
const LIMIT = 5000; // ms in which they must; on an idle machine 40 are enough
const BIG = 1_000_000;

interface Counts {
  timeouts: number;
  immediates: number;
  files: number;
  timers: number;
}

/** Keeps the loop busy until the host and the loop's timers have all run often, or the time is up. */
async function countDuring(busy: (over: () => boolean) => PromiseLike<void> | void): Promise<Counts> {
  const loop = getRunningLoop();
  const counts: Counts = { timeouts: 0, immediates: 0, files: 0, timers: 0 };
  const limit = performance.now() + LIMIT;
  const over = (): boolean =>
    performance.now() >= limit || Object.values(counts).every((count: number) => count >= OFTEN);
  const ended = new Future<void>();
  const onTimeout = (): void => {
    counts.timeouts++;
    if (!over()) setTimeout(onTimeout, 1);
    else if (!ended.done()) ended.setResult();
  };
  const onImmediate = (): void => {
    counts.immediates++;
    if (!over()) setImmediate(onImmediate);
  };
  const onTimer = (): void => {
    counts.timers++;
    if (!over()) loop.callLater(1, onTimer);
  };
  const reading = (async (): Promise<void> => {
    while (!over()) {
      await stat(fileURLToPath(import.meta.url));
      counts.files++;
    }
  })();
  setTimeout(onTimeout, 1);
  setImmediate(onImmediate);
  loop.callLater(1, onTimer);
  await busy(over);
  await ended;
  await reading;
  return counts;
}

function assertFair(counts: Counts): void {
  for (const [what, count] of Object.entries(counts)) {
    assert.ok(count >= OFTEN, `${what} ran ${count} times: ${JSON.stringify(counts)}`);
  }
}

describeOnLoops("the host and the timers get their turn", ({ it, run }) => {
  it("while callbacks schedule themselves again for ever [LOOP-13]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const counts = await countDuring((over) => {
        const again = (): void => {
          if (!over()) loop.callSoon(again);
        };
        for (let count = 0; count < 3; count++) loop.callSoon(again);
      });
      assertFair(counts);
    }));

  it("while tasks loop on sleep(0) [LOOP-13 WAIT-01]", () =>
    run(async () => {
      const counts = await countDuring(async (over) => {
        const spin = async (): Promise<void> => {
          while (!over()) await sleep(0);
        };
        const tasks = [createTask(spin), createTask(spin), createTask(spin)];
        for (const task of tasks) await task;
      });
      assertFair(counts);
    }));

  it("while tasks start each other, and hand results over, for ever [LOOP-13]", () =>
    run(async () => {
      const counts = await countDuring(async (over) => {
        while (!over()) await createTask(async () => createTask(async () => 1));
      });
      assertFair(counts);
    }));

  it("while timers of zero schedule themselves again for ever [LOOP-13 SCHED-06]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const counts = await countDuring((over) => {
        const again = (): void => {
          if (!over()) loop.callLater(0, again);
        };
        again();
      });
      assertFair(counts);
    }));

  it("while done callbacks settle the next future for ever [LOOP-13 FUT-09]", () =>
    run(async () => {
      const counts = await countDuring((over) => {
        const next = (): void => {
          if (over()) return;
          const future = new Future<void>();
          future.addDoneCallback(next);
          future.setResult();
        };
        next();
      });
      assertFair(counts);
    }));

  it("while a million callbacks wait [LOOP-13 SCHED-01]", () =>
    run(async () => {
      const loop = getRunningLoop();
      let called = 0;
      let hostTurns = 0;
      let timers = 0;
      const call = (): void => {
        called++;
      };
      for (let count = 0; count < BIG; count++) loop.callSoon(call);
      const onImmediate = (): void => {
        hostTurns++;
        if (called < BIG) setImmediate(onImmediate);
      };
      const onTimer = (): void => {
        timers++;
        if (called < BIG) loop.callLater(1, onTimer);
      };
      setImmediate(onImmediate);
      loop.callLater(1, onTimer);
      const ended = new Future<void>();
      loop.callSoon(() => ended.setResult());
      await ended;
      assert.equal(called, BIG);
      assert.ok(hostTurns >= 5, `the host had ${hostTurns} turns`);
      assert.ok(timers >= 5, `timers ran ${timers} times`);
      await checkpoint();
      await sleep(2);
    }));
});

describeOnLoops("a busy host", ({ it, run }) => {
  it("delays the loop's timers no more than its own [LOOP-13 SCHED-06]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const counts = { timers: 0, timeouts: 0 };
      const limit = performance.now() + LIMIT;
      const over = (): boolean => performance.now() >= limit || counts.timeouts >= 3 * OFTEN;
      const onTimer = (): void => {
        counts.timers++;
        if (!over()) loop.callLater(1, onTimer);
      };
      const onTimeout = (): void => {
        counts.timeouts++;
        if (!over()) setTimeout(onTimeout, 1);
      };
      const ended = new Promise<void>((resolve) => {
        const hog = (): void => {
          const rest = performance.now() + 1;
          while (performance.now() < rest);
          if (over()) resolve();
          else setImmediate(hog);
        };
        setImmediate(hog);
      });
      onTimer();
      onTimeout();
      await ended;
      await sleep(3);
      assert.ok(counts.timers * 3 >= counts.timeouts, JSON.stringify(counts));
      assert.ok(counts.timeouts >= 3 * OFTEN);
    }));
});
