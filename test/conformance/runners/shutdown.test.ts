import assert from "node:assert/strict";
import { checkpoint, createTask, isCancelled, newEventLoop, Runner, sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";
import { collectReports } from "../support/reports.ts";

describeOnLoops("the end of run()", ({ it, run, name }) => {
  it("cancels the tasks that are left, and waits for their clean-up [RUN-08 RUN-10]", async () => {
    const steps: string[] = [];
    const result = await run(async () => {
      for (const label of ["a", "b"]) {
        createTask(async () => {
          try {
            await never();
          } catch (error) {
            steps.push(`${label} ${isCancelled(error) ? "cancelled" : "failed"}`);
            await sleep(2);
            steps.push(`${label} cleaned up`);
            throw error;
          }
        });
      }
      await checkpoint();
      return "result";
    });
    assert.equal(result, "result");
    assert.deepEqual(steps, ["a cancelled", "b cancelled", "a cleaned up", "b cleaned up"]);
  });

  it("waits for a task that refuses to be cancelled [RUN-08]", async () => {
    const steps: string[] = [];
    await run(async () => {
      createTask(async () => {
        await assert.rejects(never(), isCancelled);
        await sleep(3);
        steps.push("finished anyway");
      });
      await checkpoint();
    });
    assert.deepEqual(steps, ["finished anyway"]);
  });

  it("reports the errors of those tasks, each once [RUN-08]", async () => {
    const error = new Error("while cleaning up");
    const { reports, task } = await run(async () => {
      const collected = collectReports();
      const failing = createTask(async () => {
        await assert.rejects(never(), isCancelled);
        throw error;
      });
      await checkpoint();
      return { reports: collected, task: { failing } };
    });
    assert.equal(reports.length, 1);
    assert.equal(reports[0]?.exception, error);
    assert.equal(reports[0]?.task, task.failing);
    assert.match(reports[0]?.message ?? "", /shutdown/i);
  });

  it("cancels tasks that main left behind also when main fails [RUN-08]", async () => {
    const steps: string[] = [];
    await assert.rejects(
      run(async () => {
        createTask(async () => {
          try {
            await never();
          } finally {
            steps.push("cleaned up");
          }
        });
        await checkpoint();
        throw new Error("main");
      }),
      { message: "main" },
    );
    assert.deepEqual(steps, ["cleaned up"]);
  });

  it("drops the callbacks and timers that are left [RUN-08 LOOP-07]", async () => {
    let called = false;
    await run(async (main) => {
      main.getLoop().callLater(60, () => {
        called = true;
      });
    });
    await new Promise((resolve) => setTimeout(resolve, 70));
    assert.equal(called, false);
  });

  it("comes in the order of asyncio: tasks, async generators, loop [RUN-08 LOOP-08]", async () => {
    const steps: string[] = [];
    async function* generator(): AsyncGenerator<number> {
      try {
        yield 1;
      } finally {
        steps.push("generator");
      }
    }
    const loop = await run(async (main) => {
      await main.getLoop().trackAsyncgen(generator()).next();
      createTask(async () => {
        try {
          await never();
        } finally {
          await sleep(1);
          steps.push("task");
        }
      });
      await checkpoint();
      return main.getLoop();
    });
    assert.deepEqual(steps, ["task", "generator"]);
    assert.equal(loop.isClosed(), true);
  });

  it("leaves a loop that it was given open, and without tasks [RUN-08]", async () => {
    const loop = await newEventLoop(name);
    const runner = new Runner({ loop });
    await runner.run(async () => {
      createTask(never);
      await checkpoint();
    });
    await runner.close();
    assert.equal(loop.statistics().tasks, 0);
    assert.equal(loop.isClosed(), false);
    await loop.close();
  });

  it("does not hang when a left task makes another one while it is cancelled [RUN-08]", async () => {
    const steps: string[] = [];
    const reports = await run(async () => {
      const collected = collectReports();
      createTask(async () => {
        try {
          await never();
        } finally {
          createTask(async () => {
            steps.push("late task");
          });
        }
      });
      await checkpoint();
      return collected;
    });
    assert.ok(steps.length <= 1);
    assert.ok(reports.length <= 1);
  });
});
