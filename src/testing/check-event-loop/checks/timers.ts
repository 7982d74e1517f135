/** Timers run in the order of their deadlines, never early, and none is lost. */

import { gather } from "../../../tasks/gather.ts";
import { checkpoint, sleep } from "../../../tasks/sleep.ts";
import { inside, outside, topic } from "../check.ts";
import { expect, expectEqual } from "../expect.ts";
import { burn, hostTimeout } from "../support/host.ts";

const LONGEST_INT = 2 ** 40; // ms, more than the timers of most hosts hold

export const timerChecks = topic(
  "timers",
  [],
  [
    inside("call once, with the arguments", "SCHED-03", async ({ loop }) => {
      const calls: unknown[][] = [];
      loop.callLater(2, (...args: unknown[]) => void calls.push(args), 7, "x");
      await sleep(6);
      expectEqual(calls, [[7, "x"]], "a timer calls once, with the arguments of callLater");
    }),
    inside("never call early, not by a fraction of a millisecond", "SCHED-06", async ({ loop }) => {
      const early: number[] = [];
      const waits = Array.from({ length: 40 }, async (_, index) => {
        const when = loop.time() + 1 + index * 0.13;
        const fired = loop.createFuture<void>();
        loop.callAt(when, () => {
          if (loop.time() < when) early.push(when - loop.time());
          fired.setResult();
        });
        await fired;
      });
      await Promise.all(waits);
      expectEqual(
        early,
        [],
        "loop.time() has reached the deadline when a timer runs; these were early by so many ms",
      );
    }),
    inside("a single timer is not early", "SCHED-06", async ({ loop }) => {
      for (const delay of [0.2, 0.9, 1.5, 3, 5]) {
        const when = loop.time() + delay;
        const fired = loop.createFuture<number>();
        loop.callAt(when, () => fired.setResult(loop.time() - when));
        const late = await fired;
        expect(
          late >= 0,
          "deadline() is never called before the moment given to setDeadline",
          `it came ${-late} ms early`,
        );
      }
    }),
    inside("run in the order of their deadlines, not of the calls", "SCHED-03 SCHED-04", async ({ loop }) => {
      const order: number[] = [];
      const now = loop.time();
      for (const delay of [5, 1, 3, 2, 4]) loop.callAt(now + delay, () => order.push(delay));
      await sleep(8);
      expectEqual(order, [1, 2, 3, 4, 5], "the earliest deadline is the first");
    }),
    inside("equal deadlines run first in, first out", "SCHED-05", async ({ loop }) => {
      const order: number[] = [];
      const when = loop.time() + 1;
      for (let number = 0; number < 20; number++) loop.callAt(when, () => order.push(number));
      await sleep(4);
      expectEqual(
        order,
        Array.from({ length: 20 }, (_, number) => number),
        "equal deadlines keep their order",
      );
    }),
    inside("a delay of zero runs behind what is ready", "SCHED-06", async ({ loop }) => {
      const order: string[] = [];
      loop.callLater(0, () => order.push("later"));
      loop.callSoon(() => order.push("soon"));
      await sleep(2);
      expectEqual(order, ["soon", "later"], "a timer that is due queues up behind what is ready");
    }),
    inside("negative delays run, ordered by their deadlines", "SCHED-03", async ({ loop }) => {
      const order: number[] = [];
      loop.callLater(-1, () => order.push(-1));
      loop.callLater(-20, () => order.push(-20));
      await sleep(2);
      expectEqual(order, [-20, -1], "a moment in the past is due at once");
    }),
    inside("a moment long past is due at once", "SCHED-04", async ({ loop, waits }) => {
      const fired = loop.createFuture<void>();
      loop.callAt(Number.NEGATIVE_INFINITY, () => fired.setResult());
      await waits.during("for a timer at minus infinity", fired);
    }),
    inside("delays beyond what the host can hold do not fire", "SCHED-03", async ({ loop }) => {
      let called = 0;
      const call = (): void => void called++;
      const timers = [LONGEST_INT, 2 ** 31, 2 ** 31 - 1, Number.MAX_VALUE, Number.POSITIVE_INFINITY].map(
        (delay) => loop.callLater(delay, call),
      );
      await sleep(5);
      expectEqual(called, 0, "setDeadline takes any moment, however far away");
      for (const timer of timers) timer.cancel();
      await checkpoint();
    }),
    inside("an earlier deadline replaces a later one", "SCHED-03", async ({ loop, waits }) => {
      const late = loop.callLater(600_000, () => undefined);
      const since = loop.time();
      for (let round = 0; round < 5; round++) {
        await sleep(0);
        await waits.during("for a timer of 2 ms, after one of ten minutes was armed", sleep(2));
      }
      expect(
        loop.time() - since < 300_000,
        "setDeadline replaces the deadline before",
        "the later one was waited for",
      );
      late.cancel();
      await checkpoint();
    }),
    inside(
      "a later deadline is armed when the earliest was cancelled",
      "SCHED-08",
      async ({ loop, waits }) => {
        const first = loop.callLater(2, () => undefined);
        const fired = loop.createFuture<void>();
        loop.callLater(4, () => fired.setResult());
        await checkpoint();
        first.cancel();
        await waits.during("for a timer of 4 ms, after one of 2 ms was cancelled", fired);
      },
    ),
    inside("none is lost: twenty waits in a row", "SCHED-03", async ({ waits }) => {
      for (let count = 1; count <= 20; count++)
        await waits.during(() => `for the ${count}th of 20 sleeps of 1 ms`, sleep(1));
    }),
    inside("none is lost: several groups of sleepers", "SCHED-03", async ({ waits }) => {
      const order: number[] = [];
      const sleeper = (delay: number) => async (): Promise<void> => {
        for (let count = 0; count < 4; count++) await sleep(delay);
        order.push(delay);
      };
      await waits.during(() => `for sleepers; these have ended: ${order}`, gather([6, 1, 3].map(sleeper)));
      expectEqual(order, [1, 3, 6], "four sleeps of 1, 3 and 6 ms end in this order");
    }),
    inside("a timer can make the next one", "SCHED-03", async ({ loop, waits }) => {
      const ended = loop.createFuture<void>();
      let left = 20;
      const next = (): void => {
        if (--left === 0) ended.setResult();
        else loop.callLater(0.5, next);
      };
      loop.callLater(0, next);
      await waits.during(() => `for a chain of timers; ${left} are left`, ended);
    }),
    inside("a timer that was cancelled does not run", "SCHED-08", async ({ loop }) => {
      let called = false;
      const timer = loop.callLater(1, () => {
        called = true;
      });
      timer.cancel();
      timer.cancel();
      expectEqual(loop.statistics().timers, 0, "a cancelled timer is not counted");
      await sleep(4);
      expect(!called, "a cancelled timer does not call", "it did");
    }),
    inside("a due timer can cancel another that is due", "SCHED-08", async ({ loop }) => {
      let called = false;
      const when = loop.time() + 1;
      loop.callAt(when, () => second.cancel());
      const second = loop.callAt(when, () => {
        called = true;
      });
      await sleep(5);
      expect(!called, "a timer cancelled in the same turn does not call", "it did");
    }),
    inside(
      "none overtakes an earlier one, however long those take",
      "SCHED-04 LOOP-13",
      async ({ loop, waits }) => {
        const order: string[] = [];
        const now = loop.time();
        const ended = loop.createFuture<void>();
        loop.callAt(now + 6, () => {
          order.push("late");
          ended.setResult();
        });
        for (let count = 0; count < 200; count++) {
          loop.callAt(now + 1, () => {
            burn(0.1);
            order.push("early");
          });
        }
        await waits.during("for 201 timers", ended);
        expectEqual(
          [order.length, order.indexOf("late")],
          [201, 200],
          "[timers that ran, place of the latest]",
        );
      },
    ),
    inside("a thousand timers run in order", "SCHED-04", async ({ loop, waits }) => {
      const moments: number[] = [];
      const now = loop.time();
      const ended = loop.createFuture<void>();
      for (let index = 0; index < 1000; index++) {
        const when = now + ((index * 7919) % 1000) / 100;
        loop.callAt(when, () => {
          moments.push(when);
          if (moments.length === 1000) ended.setResult();
        });
      }
      await waits.during(() => `for 1000 timers; ${moments.length} have run`, ended);
      expect(
        moments.every((moment, index) => index === 0 || (moments[index - 1] ?? 0) <= moment),
        "earliest first",
        "the order was another",
      );
    }),
    inside(
      "a deadline that passes during a callback stays behind what is ready",
      "SCHED-06 LOOP-13",
      async ({ loop }) => {
        const order: string[] = [];
        loop.callSoon(() => {
          burn(3);
          loop.callSoon(() => order.push("ready"));
        });
        loop.callLater(1, () => order.push("timer"));
        await sleep(8);
        expectEqual(order, ["ready", "timer"], "due timers queue up behind what is ready");
      },
    ),
    inside("tell their moment on the loop's clock", "SCHED-12", async ({ loop }) => {
      const before = loop.time();
      const timer = loop.callLater(1000, () => undefined);
      const when = timer.when();
      expect(
        when >= before + 1000 && when <= loop.time() + 1000,
        "when() is loop.time() plus the delay",
        `it is ${when - before}`,
      );
      timer.cancel();
      await checkpoint();
    }),
    inside(
      "a timer made while the host calls is armed",
      "SCHED-03",
      async ({ loop, waits }) => {
        const fired = loop.createFuture<void>();
        hostTimeout(() => void loop.callLater(2, () => fired.setResult()), 1);
        await waits.during("for a timer that was made in a callback of the host", fired);
      },
      "outside",
    ),
    outside(
      "count on while nobody runs the loop",
      "SCHED-04",
      async ({ loop, waits }) => {
        let called = false;
        loop.callLater(1, () => {
          called = true;
        });
        await new Promise<void>((resolve) => void hostTimeout(resolve, 5));
        expect(!called, "nothing runs while nobody runs the loop", "a timer ran");
        loop.stop();
        await waits.during("for runForever() of a stopped loop", loop.runForever());
        expect(called, "the one turn after stop() runs the timers that are due", "it ran none");
      },
      "realtime",
    ),
    outside("survive a stop, and run once", "SCHED-03", async ({ loop, waits }) => {
      let calls = 0;
      loop.callLater(3, () => void calls++);
      for (let count = 0; count < 3; count++)
        await waits.during(
          () => `for run ${count + 1} of 3`,
          loop.runUntilComplete(() => sleep(3)),
        );
      expectEqual(calls, 1, "a timer that a run leaves is run by a later one, once");
    }),
  ],
);
