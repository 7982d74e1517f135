import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import {
  checkpoint,
  createTask,
  Future,
  gather,
  getRunningLoop,
  run,
  sleep,
  TimeoutError,
  timeout,
  wrapFuture,
} from "gyre";
import { runVirtual, VirtualEventLoop } from "gyre/testing";
import { expectTrouble, guardLeaks } from "../support/leaks.ts";

/** The order in which ten tasks of five steps each run. */
async function trace(options?: Parameters<typeof runVirtual>[1]): Promise<string> {
  const steps: string[] = [];
  await runVirtual(async () => {
    await gather(
      Array.from({ length: 10 }, (_, task) => async () => {
        for (let step = 0; step < 5; step++) {
          steps.push(`${task}.${step}`);
          await (step % 2 === 0 ? checkpoint() : sleep(task % 3));
        }
      }),
    );
  }, options);
  return steps.join(" ");
}

const hostSleep = (delay: number) => new Promise<void>((resolve) => setTimeout(resolve, delay));

describe("runVirtual", () => {
  guardLeaks();

  it("lets a million seconds pass at once, and gives what main returns", async () => {
    const time = await runVirtual(async () => {
      await sleep(1_000_000_000);
      return getRunningLoop().time();
    });
    assert.equal(time, 1_000_000_000);
  });

  it("lets no time pass while anything can run", async () => {
    const time = await runVirtual(async () => {
      for (let turn = 0; turn < 1000; turn++) await checkpoint();
      return getRunningLoop().time();
    });
    assert.equal(time, 0);
  });

  it("goes on when a task that nobody awaits comes back from outside, as the last thing that the host has open", async () => {
    for (let delay = 1; delay <= 20; delay++) {
      const time = await runVirtual(
        async () => {
          const task = createTask(() => hostSleep(delay % 4));
          await sleep(1000);
          assert.equal(task.done(), true);
          return getRunningLoop().time();
        },
        { outside: "wait" },
      );
      assert.equal(time, 1000);
    }
  });

  it("fires timers in order, deadlines included", async () => {
    const error = await runVirtual(async () =>
      timeout(1000, () => sleep(60_000)).catch((thrown: unknown) => thrown),
    );
    assert.ok(error instanceof TimeoutError);
  });

  it("runs in the same order each time, and in another one with a seed", async () => {
    const ordinary = await trace();
    assert.equal(await trace(), ordinary);
    const seeded = await trace({ seed: 1 });
    assert.equal(await trace({ seed: 1 }), seeded);
    assert.notEqual(seeded, ordinary);
    assert.notEqual(await trace({ seed: 2 }), seeded);
  });

  it("draws the same order from the same seed on every host", async () => {
    const seeded = await trace({ seed: "gyre" });
    assert.equal(createHash("sha256").update(seeded).digest("hex").slice(0, 16), "3e257b47754d525b");
  });

  it("fails at once when nothing on the loop can wake main", () =>
    assert.rejects(
      runVirtual(() => new Future<void>()),
      { code: "GYRE_DEADLOCK" },
    ));

  it("fails when main waits for something outside, and waits for it if asked to", async () => {
    const outside = async (): Promise<number> => {
      await hostSleep(5);
      await sleep(1000);
      return getRunningLoop().time();
    };
    expectTrouble("report", /cannot interrupt/); // the task that fails so stays where it is
    expectTrouble("report", /still pending when its loop was closed/);
    await assert.rejects(runVirtual(outside), { code: "GYRE_DEADLOCK" });
    assert.equal(await runVirtual(outside, { outside: "wait" }), 1000);
    await hostSleep(10);
  });

  it("is a loop by name as well", async () => {
    const loop = await run(async () => getRunningLoop(), { loop: "virtual" });
    assert.ok(loop instanceof VirtualEventLoop);
    assert.equal(await run(() => wrapFuture(Promise.resolve(7)), { loop: "virtual" }), 7);
  });
});
