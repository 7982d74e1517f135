import assert from "node:assert/strict";
import { checkpoint, createTask, Future, getRunningLoop, newEventLoop, sleep } from "gyre";
import { expectTrouble } from "../../support/leaks.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";
import { runProgram } from "../support/programs.ts";
import { collectReports } from "../support/reports.ts";

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describeOnLoops("debug mode", ({ it, run, name }) => {
  it("is off, and can be turned on and off while the loop runs [DBG-01]", async () => {
    const loop = await newEventLoop(name);
    assert.equal(loop.getDebug(), false);
    await run(async (main) => {
      const own = main.getLoop();
      own.setDebug(true);
      assert.equal(own.getDebug(), true);
      await sleep(1);
      own.setDebug(false);
      assert.equal(own.getDebug(), false);
      await sleep(1);
    });
    await loop.close();
  });

  it("is an option of run(), which outdoes the environment [RUN-02 DBG-01]", async () => {
    const program = `
      import { run } from "gyre";
      for (const options of [{}, { debug: true }, { debug: false }]) {
        console.log(await run(async (main) => main.getLoop().getDebug(), options));
      }
    `;
    const on = await runProgram(program, { env: { GYRE_DEBUG: "1" } });
    assert.equal(on.stdout, "true\ntrue\nfalse\n", on.stderr);
    assert.equal(await run(async (main) => main.getLoop().getDebug()), false);
    assert.equal(await run(async (main) => main.getLoop().getDebug(), { debug: true }), true);
  });

  it("changes nothing about what a program does [DBG-01]", async () => {
    const program = async (): Promise<string[]> => {
      const order: string[] = [];
      const future = new Future<void>();
      const tasks = ["a", "b"].map((task) =>
        createTask(async () => {
          order.push(`${task} waits`);
          await future;
          order.push(`${task} goes on`);
          await sleep(1);
          order.push(`${task} ends`);
        }),
      );
      await checkpoint();
      getRunningLoop().callSoon(() => order.push("callback"));
      future.setResult();
      for (const task of tasks) await task;
      return order;
    };
    assert.deepEqual(await run(program, { debug: true }), await run(program, { debug: false }));
  });
});

describeOnLoops("slow callbacks", ({ it, run }) => {
  it("are reported in debug mode, by their name and duration [DBG-02]", () =>
    run(
      async () => {
        expectTrouble("warning", /Executing <Handle slow\(\).* took \d+ ms/);
        const loop = getRunningLoop();
        assert.equal(loop.slowCallbackDuration, 100);
        loop.slowCallbackDuration = 10;
        loop.callSoon(function slow() {
          block(15);
        });
        await sleep(1);
      },
      { debug: true },
    ));

  it("are tasks as well, whichever of their steps is slow [DBG-02]", () =>
    run(
      async () => {
        expectTrouble("warning", /Executing <.*(Task|first-step).* took \d+ ms/i);
        expectTrouble("warning", /second-step/);
        getRunningLoop().slowCallbackDuration = 10;
        const first = createTask(() => block(15), { name: "first-step" });
        await first;
        const second = createTask(
          async () => {
            await sleep(1);
            block(15);
          },
          { name: "second-step" },
        );
        await second;
        await sleep(1);
      },
      { debug: true },
    ));

  it("are not reported outside of debug mode, or below the limit [DBG-02]", async () => {
    await run(async () => {
      getRunningLoop().slowCallbackDuration = 1;
      getRunningLoop().callSoon(() => block(3));
      await sleep(1);
    });
    await run(
      async () => {
        getRunningLoop().callSoon(() => block(3));
        await sleep(1);
      },
      { debug: true },
    );
  });
});

describeOnLoops("a task that swallowed its cancellation", ({ it, run }) => {
  /** A task that catches its cancellation, and takes it back or not. */
  async function swallow(takeBack: boolean): Promise<void> {
    const task = createTask(
      async (self) => {
        await assert.rejects(never());
        if (takeBack) self.uncancel();
      },
      { name: "greedy" },
    );
    await checkpoint();
    task.cancel();
    await task;
  }

  it("is reported in debug mode [DBG-05 TASK-20]", () =>
    run(
      async () => {
        const reports = collectReports();
        await swallow(false);
        assert.equal(reports.length, 1);
        assert.match(reports[0]?.message ?? "", /greedy was cancelled but ended normally.*uncancel/);
        assert.equal(reports[0]?.task?.name, "greedy");
      },
      { debug: true },
    ));

  it("is not reported when it took the request back, or outside of debug mode [DBG-05 TASK-20]", async () => {
    await run(
      async () => {
        const reports = collectReports();
        await swallow(true);
        assert.deepEqual(reports, []);
      },
      { debug: true },
    );
    await run(async () => {
      const reports = collectReports();
      await swallow(false);
      assert.deepEqual(reports, []);
    });
  });
});

describeOnLoops("an async function in a callback's place", ({ it, run }) => {
  it("is refused in debug mode, since its errors would be lost [SCHED-01 DBG-01]", () =>
    run(
      async () => {
        const loop = getRunningLoop();
        const callback = async (): Promise<void> => {};
        for (const call of [
          () => loop.callSoon(callback),
          () => loop.callLater(1, callback),
          () => loop.callAt(1, callback),
        ]) {
          assert.throws(call, { name: "TypeError", code: "GYRE_INVALID_ARGUMENT", message: /createTask/ });
        }
      },
      { debug: true },
    ));
});
