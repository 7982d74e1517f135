import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { getRunningLoop, sleep, ThreadPoolExecutor, toThread } from "gyre";
import { InlineExecutor, runVirtual } from "gyre/testing";
import { guardLeaks } from "../../support/leaks.ts";
import { guardWorkers } from "./workers.ts";

describe("executors on a virtual clock", () => {
  guardLeaks();
  guardWorkers();

  it("stop it until the job is done, when it waits for what is outside [EXE-01]", async () => {
    const order = await runVirtual(
      async () => {
        const seen: string[] = [];
        const clock = sleep(1000).then(() => seen.push("a second"));
        seen.push(await toThread(() => "a job"));
        const before = getRunningLoop().time();
        await clock;
        return [...seen, before, getRunningLoop().time()];
      },
      { outside: "wait" },
    );
    assert.deepEqual(order, ["a job", "a second", 0, 1000]);
  });

  it("fail the run when nothing outside counts [EXE-01]", async () => {
    await assert.rejects(
      runVirtual(async () => {
        await toThread(() => 1);
      }),
      { code: "GYRE_DEADLOCK" },
    );
  });

  it("are waited for when they are shut down [EXE-02]", async () => {
    const times = await runVirtual(
      async () => {
        const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
        void sleep(1000).then(() => {});
        const job = executor.submit(() => 1);
        await executor.shutdown();
        await getRunningLoop().shutdownDefaultExecutor();
        return [await job, getRunningLoop().time()];
      },
      { outside: "wait" },
    );
    assert.deepEqual(times, [1, 0]);
  });

  it("may be an InlineExecutor, which is inside [EXE-05]", async () => {
    const result = await runVirtual(async () => {
      getRunningLoop().setDefaultExecutor(new InlineExecutor());
      const around = 5;
      const later = await toThread(async () => {
        await sleep(1000);
        return around;
      });
      return [later, getRunningLoop().time()];
    });
    assert.deepEqual(result, [5, 1000]);
  });
});
