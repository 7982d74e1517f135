import assert from "node:assert/strict";
import { createHash, pbkdf2 } from "node:crypto";
import { describe, it } from "node:test";
import { promisify } from "node:util";
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

/** Bun and Deno do not tell what they have open. */
const NOT_TOLD =
  "Bun" in globalThis || "Deno" in globalThis ? "this host does not tell what it has open" : false;

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

  it("waits also for what the thread pool computes", { skip: NOT_TOLD }, () =>
    runVirtual(
      async () => {
        const order: string[] = [];
        const minute = createTask(() => sleep(60_000).then(() => order.push("a minute")));
        await promisify(pbkdf2)("password", "salt", 20_000, 32, "sha512");
        order.push("the key");
        await minute;
        assert.deepEqual(order, ["the key", "a minute"]);
      },
      { outside: "wait" },
    ),
  );

  it(
    "lets time pass when the host has nothing open that could end the wait",
    { skip: NOT_TOLD },
    async () => {
      const stub = () => timeout(1000, () => new Promise(() => {}), { abandonOnCancel: true });
      const runs = [stub, stub].map((main) => runVirtual(main, { outside: "wait" }));
      for (const outcome of runs) await assert.rejects(outcome, { code: "GYRE_TIMEOUT" });
    },
  );

  it("fails also then when nothing can wake main any more", { skip: NOT_TOLD }, async () => {
    await assert.rejects(
      runVirtual(() => new Future<void>(), { outside: "wait" }),
      { code: "GYRE_DEADLOCK", message: /the host has nothing open/ },
    );
    expectTrouble("report", /cannot interrupt/);
    expectTrouble("report", /still pending when its loop was closed/);
    await assert.rejects(
      runVirtual(() => new Promise(() => {}), { outside: "wait" }),
      { code: "GYRE_DEADLOCK", message: /a promise that is not gyre's/ },
    );
  });

  it("gives the host its turns while the program is busy", () =>
    runVirtual(async () => {
      const host = { turns: 0 };
      const count = (): void => {
        if (++host.turns < 10) setImmediate(count);
      };
      setImmediate(count);
      while (host.turns < 10) await checkpoint();
    }));

  it("is a loop by name as well", async () => {
    const loop = await run(async () => getRunningLoop(), { loop: "virtual" });
    assert.ok(loop instanceof VirtualEventLoop);
    assert.equal(await run(() => wrapFuture(Promise.resolve(7)), { loop: "virtual" }), 7);
  });
});
