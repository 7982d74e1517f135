/** From the first run of a loop to its end. */

import type { EventLoop } from "../../../core/event-loop.ts";
import { createTask } from "../../../tasks/current.ts";
import { sleep } from "../../../tasks/sleep.ts";
import { inside, outside, topic } from "../check.ts";
import { expect, expectEqual, expectRejection, expectThrow } from "../expect.ts";
import { hostImmediate, hostTimeout } from "../support/host.ts";

const RUNS = 50;
const HOST_TURNS = 5;

/** Runs until what is ready has run. */
async function runOnce(loop: EventLoop): Promise<void> {
  loop.stop();
  await loop.runForever();
}

async function hostTurns(): Promise<void> {
  for (let turn = 0; turn < HOST_TURNS; turn++)
    await new Promise<void>((resolve) => void hostImmediate(resolve));
}

export const lifeCycleChecks = topic(
  "life cycle",
  [],
  [
    outside("runForever ends when a callback calls stop()", "LOOP-01 LOOP-03", async ({ loop, waits }) => {
      loop.callSoon(() => loop.stop());
      await waits.during("for runForever() to end after stop() in a callback", loop.runForever());
      expect(!loop.isRunning(), "a loop that was stopped does not run", "it says that it does");
    }),
    outside("runForever ends when a timer calls stop()", "LOOP-01 LOOP-03", async ({ loop, waits }) => {
      loop.callLater(3, () => loop.stop());
      await waits.during("for runForever() to end after stop() in a timer", loop.runForever());
    }),
    outside(
      "runForever ends when the host calls stop()",
      "LOOP-01 LOOP-03",
      async ({ loop, waits }) => {
        hostTimeout(() => loop.stop(), 2);
        await waits.during(
          "for runForever() to end after stop() in a callback of the host",
          loop.runForever(),
        );
      },
      "outside",
    ),
    outside("stop() before the run lets one turn run", "LOOP-02", async ({ loop, waits }) => {
      const order: string[] = [];
      loop.callSoon(() => {
        order.push("first");
        loop.callSoon(() => order.push("second"));
      });
      await waits.during("for the run of a stopped loop", runOnce(loop));
      expectEqual(order, ["first"], "the run takes what is ready, and nothing that comes of it");
      await runOnce(loop);
      expectEqual(order, ["first", "second"], "the rest stays queued for the next run");
    }),
    outside("stop() makes the current batch the last", "LOOP-03", async ({ loop, waits }) => {
      const order: string[] = [];
      loop.callSoon(() => {
        loop.stop();
        loop.stop();
        loop.callSoon(() => order.push("next run"));
      });
      loop.callSoon(() => order.push("same batch"));
      await waits.during("for runForever()", loop.runForever());
      expectEqual(
        order,
        ["same batch"],
        "what was ready with the callback that stops still runs, and no more",
      );
      await runOnce(loop);
      expectEqual(order, ["same batch", "next run"], "what was queued meanwhile is kept");
    }),
    outside("a stop that is done does not stop the next run", "LOOP-03", async ({ loop, waits }) => {
      loop.callSoon(() => loop.stop());
      await waits.during("for runForever()", loop.runForever());
      expectEqual(
        await waits.during(
          "for the second run",
          loop.runUntilComplete(() => sleep(2, "done")),
        ),
        "done",
        "a loop can be run again",
      );
    }),
    outside("nothing runs while nobody runs the loop", "LOOP-01", async ({ loop }) => {
      let called = false;
      loop.callSoon(() => {
        called = true;
      });
      await hostTurns();
      expect(!called, "a loop that does not run calls nothing", "a callback was called");
      await runOnce(loop);
      expect(called, "what was queued before the run is run", "it was not");
    }),
    outside("nothing runs after the end of a run", "LOOP-03", async ({ loop }) => {
      let calls = 0;
      const again = (): void => {
        calls++;
        loop.callSoon(again);
      };
      again();
      await runOnce(loop);
      const before = calls;
      await hostTurns();
      expectEqual(calls, before, "a loop that was stopped calls nothing");
    }),
    outside("runUntilComplete gives the result", "LOOP-04", async ({ loop }) => {
      expectEqual(await loop.runUntilComplete(async () => 5), 5, "of an async function");
      const future = loop.createFuture<string>();
      future.setResult("done");
      expectEqual(await loop.runUntilComplete(future), "done", "of a future that is done already");
      const late = loop.createFuture<string>();
      loop.callLater(2, () => late.setResult("late"));
      expectEqual(await loop.runUntilComplete(late), "late", "of a future that a timer resolves");
    }),
    outside("runUntilComplete throws the error", "LOOP-04", async ({ loop }) => {
      const fail = async (): Promise<never> => {
        await sleep(1);
        throw Object.assign(new Error("on purpose"), { code: "ON_PURPOSE" });
      };
      await expectRejection(
        loop.runUntilComplete(fail),
        "ON_PURPOSE",
        "runUntilComplete rejects with the error of what it runs",
      );
      expectEqual(await loop.runUntilComplete(async () => 1), 1, "the loop can be run again");
    }),
    outside("runUntilComplete says when the loop was stopped first", "LOOP-04", async ({ loop, waits }) => {
      const future = loop.createFuture<number>();
      loop.callSoon(() => loop.stop());
      await expectRejection(
        waits.during("for a run that is stopped", loop.runUntilComplete(future)),
        "GYRE_LOOP_STOPPED",
        "the future stays pending",
      );
      loop.callSoon(() => future.setResult(1));
      expectEqual(
        await waits.during("for the run after it", loop.runUntilComplete(future)),
        1,
        "the next run goes on",
      );
    }),
    outside(
      "runUntilComplete takes a promise that the host settles",
      "LOOP-04",
      async ({ loop, waits }) => {
        const promise = new Promise<string>((resolve) => void hostTimeout(() => resolve("from the host"), 2));
        expectEqual(
          await waits.during("for a promise of the host", loop.runUntilComplete(promise)),
          "from the host",
          "what happens outside wakes the loop",
        );
      },
      "outside",
    ),
    outside("it says whether it runs and whether it is closed", "LOOP-05 LOOP-06", async ({ loop }) => {
      const states = [[loop.isRunning(), loop.isClosed()]];
      await loop.runUntilComplete(async () => void states.push([loop.isRunning(), loop.isClosed()]));
      states.push([loop.isRunning(), loop.isClosed()]);
      await loop.close();
      states.push([loop.isRunning(), loop.isClosed()]);
      expectEqual(
        states,
        [
          [false, false],
          [true, false],
          [false, false],
          [false, true],
        ],
        "[running, closed] before, in and after a run, and closed",
      );
    }),
    inside("a loop that runs cannot be closed", "LOOP-07", async ({ loop }) => {
      await expectRejection(loop.close(), "GYRE_LOOP_RUNNING", "close() refuses while the loop runs");
      expect(!loop.isClosed(), "a refused close() closes nothing", "the loop is closed");
    }),
    inside("a loop that runs cannot be run again", "LOOP-01", async ({ loop, makeLoop }) => {
      await expectRejection(loop.runForever(), "GYRE_LOOP_RUNNING", "one run at a time");
      const other = await makeLoop();
      await expectRejection(other.runForever(), "GYRE_LOOP_RUNNING", "code of one loop cannot run another");
    }),
    outside("close() drops what is queued, for ever", "LOOP-07", async ({ loop }) => {
      let called = false;
      const call = (): void => {
        called = true;
      };
      await loop.runUntilComplete(() => sleep(1));
      loop.callSoon(call);
      loop.callLater(1, call);
      await loop.close();
      await loop.close();
      await new Promise<void>((resolve) => void hostTimeout(resolve, 5));
      expect(!called, "a closed loop calls nothing", "something was called");
    }),
    outside("a closed loop refuses all work", "LOOP-07", async ({ loop }) => {
      await loop.close();
      const contract = "a closed loop says so";
      expectThrow(() => loop.callSoon(() => undefined), "GYRE_LOOP_CLOSED", contract);
      expectThrow(() => loop.callSoonThreadsafe(() => undefined), "GYRE_LOOP_CLOSED", contract);
      expectThrow(() => loop.callLater(1, () => undefined), "GYRE_LOOP_CLOSED", contract);
      expectThrow(() => loop.callAt(1, () => undefined), "GYRE_LOOP_CLOSED", contract);
      expectThrow(() => loop.createTask(async () => 1), "GYRE_LOOP_CLOSED", contract);
      await expectRejection(loop.runForever(), "GYRE_LOOP_CLOSED", contract);
      await expectRejection(
        loop.runUntilComplete(async () => 1),
        "GYRE_LOOP_CLOSED",
        contract,
      );
    }),
    outside("close() reports the tasks that are pending", "LOOP-07", async ({ loop, takeReports }) => {
      const task = loop.createTask(() => sleep(60_000), { name: "left behind" });
      await runOnce(loop);
      await loop.close();
      const messages = takeReports().map(({ message }) => message);
      expectEqual(
        messages,
        ["left behind was still pending when its loop was closed"],
        "a task that its loop outlives is reported",
      );
      expect(!task.done(), "it stays pending", "it is done");
    }),
    outside("a loop that never ran can be closed", "LOOP-07", async ({ loop }) => {
      loop.callSoon(() => undefined);
      loop.callLater(5, () => undefined);
      await loop.close();
      expect(loop.isClosed(), "close() works on a fresh loop", "it is not closed");
    }),
    outside("many runs one after the other", "LOOP-04", async ({ loop, waits }) => {
      for (let run = 0; run < RUNS; run++) {
        const result = await waits.during(
          () => `for run ${run + 1} of ${RUNS}`,
          loop.runUntilComplete(async () => {
            await sleep(0);
            return run;
          }),
        );
        expectEqual(result, run, "each run gives its own result");
      }
    }),
    outside("what a run leaves goes on in the next", "LOOP-04", async ({ loop, waits }) => {
      const order: number[] = [];
      await loop.runUntilComplete(async () => {
        createTask(async () => {
          for (let step = 1; step <= 3; step++) {
            await sleep(0);
            order.push(step);
          }
        });
      });
      await waits.during(
        "for a task of the run before",
        loop.runUntilComplete(async () => {
          while (order.length < 3) await sleep(0);
        }),
      );
      expectEqual(order, [1, 2, 3], "a task that is not done is kept, and goes on");
      await runOnce(loop);
    }),
    outside("two loops run side by side", "LOOP-01", async ({ loop, makeLoop, waits }) => {
      const other = await makeLoop();
      const order: string[] = [];
      const work = (name: string) => async (): Promise<string> => {
        for (let step = 0; step < 5; step++) await sleep(1);
        order.push(name);
        return name;
      };
      const both = Promise.all([loop.runUntilComplete(work("a")), other.runUntilComplete(work("b"))]);
      expectEqual(
        await waits.during("for two loops at once", both),
        ["a", "b"],
        "each loop runs its own work",
      );
    }),
    outside("closing one loop leaves another alone", "LOOP-07", async ({ loop, makeLoop, waits }) => {
      const other = await makeLoop();
      const running = loop.runUntilComplete(() => sleep(5, "mine"));
      await other.runUntilComplete(() => sleep(1));
      await other.close();
      expectEqual(
        await waits.during("for a loop beside one that was closed", running),
        "mine",
        "loops share no state",
      );
    }),
    outside(
      "keeps the host alive while it runs for ever, and only then",
      "LOOP-01",
      async ({ loop, skip }) => {
        if (process.getActiveResourcesInfo === undefined) skip("this host does not tell what is open");
        const count = (): number => process.getActiveResourcesInfo().length;
        const before = count();
        const running = loop.runForever();
        await hostTurns();
        const during = count();
        loop.stop();
        await running;
        await hostTurns();
        const after = count();
        expect(
          during > before,
          "between hold() and release() the host stays alive",
          "runForever() has nothing open in the host",
        );
        expect(after <= before, "release() undoes hold()", `${after - before} more were open than before`);
      },
      "realtime",
    ),
    outside("`await using` closes it", "LOOP-07", async ({ makeLoop }) => {
      const loop = await makeLoop();
      await loop[Symbol.asyncDispose]();
      expect(loop.isClosed(), "disposing of a loop closes it", "it is open");
    }),
  ],
);
