/** What throws is reported, and the loop goes on; what a loop tells of itself. */

import { createTask } from "../../../tasks/current.ts";
import { sleep } from "../../../tasks/sleep.ts";
import { type CheckContext, inside, outside, topic } from "../check.ts";
import { expect, expectEqual, expectThrow } from "../expect.ts";
import { burn } from "../support/host.ts";

function fail(): never {
  throw new Error("on purpose");
}

function reported({ takeReports }: CheckContext): string[] {
  return takeReports().map(({ exception }) =>
    exception instanceof Error ? exception.message : String(exception),
  );
}

export const exceptionChecks = topic(
  "exceptions",
  [],
  [
    inside("in a callback are reported, and the others run", "SCHED-11 ERR-05", async (context) => {
      const { loop, takeReports } = context;
      const order: string[] = [];
      loop.callSoon(() => order.push("before"));
      const handle = loop.callSoon(fail);
      loop.callSoon(() => order.push("after"));
      await sleep(1);
      expectEqual(order, ["before", "after"], "an error in a callback stops no other");
      const reports = takeReports();
      expectEqual(
        reports.map(({ exception }) => exception instanceof Error && exception.message),
        ["on purpose"],
        "it is reported once",
      );
      expect(
        reports[0]?.handle === handle,
        "the report names the handle",
        `it names ${String(reports[0]?.handle)}`,
      );
    }),
    inside("in a timer are reported, and the others run", "SCHED-11 SCHED-03", async (context) => {
      const { loop } = context;
      const order: string[] = [];
      const when = loop.time() + 1;
      loop.callAt(when, () => order.push("before"));
      loop.callAt(when, fail);
      loop.callAt(when, () => order.push("after"));
      loop.callAt(when + 1, () => order.push("later"));
      await sleep(5);
      expectEqual(order, ["before", "after", "later"], "an error in a timer stops no other");
      expectEqual(reported(context), ["on purpose"], "it is reported once");
    }),
    inside("in done callbacks are reported", "FUT-09 SCHED-11", async (context) => {
      const future = context.loop.createFuture<void>();
      future.addDoneCallback(fail);
      future.setResult();
      await sleep(1);
      expectEqual(reported(context), ["on purpose"], "it is reported once");
    }),
    inside("of a hundred callbacks are all reported", "SCHED-11", async (context) => {
      let called = 0;
      for (let count = 0; count < 100; count++) {
        context.loop.callSoon(() => {
          called++;
          if (count % 2 === 0) fail();
        });
      }
      await sleep(1);
      expectEqual([called, reported(context).length], [100, 50], "[called, reported]");
    }),
    inside("that are no errors are reported as they are", "SCHED-11", async ({ loop, takeReports }) => {
      loop.callSoon(() => {
        throw "a string";
      });
      await sleep(1);
      expectEqual(
        takeReports().map(({ exception }) => exception),
        ["a string"],
        "whatever is thrown is reported",
      );
    }),
    inside("are reported to the loop's own handler", "ERR-01 ERR-04", async ({ loop, takeReports }) => {
      const handler = loop.getExceptionHandler();
      const seen: boolean[] = [];
      loop.setExceptionHandler((reporter) => void seen.push(reporter === loop));
      loop.callSoon(fail);
      await sleep(1);
      loop.setExceptionHandler(handler);
      expectEqual([seen, takeReports()], [[true], []], "the handler gets the loop, and nobody else is told");
    }),
  ],
);

export const debugChecks = topic(
  "debugging",
  [],
  [
    inside("statistics tell what is there", "EXT-02", async ({ loop }) => {
      const timer = loop.callLater(60_000, () => undefined);
      loop.callSoon(() => undefined);
      const task = createTask(() => sleep(1));
      const { driver, running, ready, timers, tasks, turns } = loop.statistics();
      expect(typeof driver === "string" && driver !== "", "a driver has a name", `it is ${driver}`);
      expectEqual([running, ready, timers, tasks], [true, 2, 1, 2], "[running, ready, timers, tasks]");
      await task;
      expect(loop.statistics().turns > turns, "turns are counted", "the number has not grown");
      timer.cancel();
      await sleep(0);
      expectEqual(loop.statistics().timers, 0, "a cancelled timer is not counted");
    }),
    outside("the granularity is one of two", "LOOP-12", async ({ loop }) => {
      const { granularity } = loop.scheduler.driver;
      expect(
        granularity === "batch" || granularity === "step",
        'granularity is "batch" or "step"',
        `it is ${granularity}`,
      );
    }),
    inside("a loop shows its state", "LOOP-10", async ({ loop }) => {
      expect(
        String(loop).includes("running=true"),
        "toString() tells whether the loop runs",
        `it gave ${loop}`,
      );
    }),
    inside("debug mode can be switched while the loop runs", "DBG-01", async ({ loop }) => {
      const order: number[] = [];
      for (const debug of [true, false, true]) {
        loop.setDebug(debug);
        expectEqual(loop.getDebug(), debug, "getDebug() is what setDebug() was given");
        for (let number = 0; number < 3; number++) loop.callSoon(() => order.push(number));
        await sleep(1);
      }
      expectEqual(order, [0, 1, 2, 0, 1, 2, 0, 1, 2], "the order is the same in both modes");
    }),
    inside("debug mode refuses async callbacks", "DBG-01", async ({ loop }) => {
      loop.setDebug(true);
      expectThrow(
        () => loop.callSoon(async () => undefined),
        "GYRE_INVALID_ARGUMENT",
        "their errors would be lost",
      );
    }),
    inside("debug mode measures what runs until things have settled", "DBG-02", async ({ loop, waits }) => {
      const observed: number[] = [];
      loop.scheduler.observe((_entry, duration) => void observed.push(duration));
      loop.callSoon(() => burn(4));
      await waits.during("for turns in debug mode", sleep(8));
      loop.scheduler.observe(null);
      expect(
        Math.max(...observed) >= 4,
        "afterSettling() calls back, so that slow callbacks are found",
        `the longest of ${observed.length} entries took ${Math.max(...observed)} ms`,
      );
    }),
  ],
);

export const deadlockChecks = topic(
  "deadlock",
  ["stall"],
  [
    outside("a main task that nobody can wake ends with an error", "RUN-01", async ({ loop, waits }) => {
      const future = loop.createFuture<void>();
      const error = await caught(
        waits.during(
          "for the end of a run that nothing can wake",
          loop.runUntilComplete(async () => {
            await future;
          }),
        ),
      );
      expectEqual(
        error instanceof Error && error.name,
        "DeadlockError",
        "onStall is called when nothing can wake the loop",
      );
      expect(
        error instanceof Error && error.message.includes("Future"),
        "the report says what the task waits for",
        String(error),
      );
      await endTasks(loop);
    }),
    outside("a timer is a reason to wait", "RUN-01", async ({ loop, waits }) => {
      const result = loop.runUntilComplete(() => sleep(50, "woken"));
      expectEqual(
        await waits.during("for a sleep", result),
        "woken",
        "onStall is not called while a deadline is set",
      );
    }),
    outside("the loop can be used afterwards", "RUN-01", async ({ loop, waits }) => {
      const future = loop.createFuture<void>();
      await caught(loop.runUntilComplete(future));
      expectEqual(
        await waits.during(
          "for a run after a deadlock",
          loop.runUntilComplete(() => sleep(1, "again")),
        ),
        "again",
        "a stall ends the run, not the loop",
      );
    }),
  ],
);

async function caught(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return null;
  } catch (error) {
    return error;
  }
}

async function endTasks(loop: CheckContext["loop"]): Promise<void> {
  const tasks = [...loop.tasks.all()];
  for (const task of tasks) task.cancel();
  for (const task of tasks) await caught(loop.runUntilComplete(task));
}
