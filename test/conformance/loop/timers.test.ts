import assert from "node:assert/strict";
import { checkpoint, getRunningLoop, newEventLoop, sleep, TimerHandle } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";

const CLOCK_GRAIN = 0.001; // ms; a sum of floating-point numbers may be off by less

describeOnLoops("callLater and callAt", ({ it, run, name }) => {
  it("call once, with the arguments, never early [SCHED-03 SCHED-06]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const since = loop.time();
      const called = loop.createFuture<number>();
      const timer = loop.callLater(5, (number: number) => called.setResult(number), 7);
      assert.ok(timer instanceof TimerHandle);
      assert.equal(await called, 7);
      assert.ok(loop.time() - since >= 5 - CLOCK_GRAIN);
    }));

  it("never fire early, with fractions of milliseconds either [SCHED-06]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const early: number[] = [];
      await Promise.all(
        Array.from({ length: 40 }, async (_, index) => {
          const when = loop.time() + 1 + index * 0.13;
          const fired = loop.createFuture<void>();
          loop.callAt(when, () => {
            if (loop.time() < when) early.push(when - loop.time());
            fired.setResult();
          });
          await fired;
        }),
      );
      assert.deepEqual(early, []);
    }));

  it("call in the order of the deadlines, not of the calls [SCHED-03 SCHED-04]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const order: number[] = [];
      const now = loop.time();
      for (const delay of [5, 1, 3, 2, 4]) loop.callAt(now + delay, () => order.push(delay));
      await sleep(7);
      assert.deepEqual(order, [1, 2, 3, 4, 5]);
    }));

  it("call in the order of the deadlines, though many are due and take long [SCHED-04 LOOP-13]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const order: string[] = [];
      const now = loop.time();
      const ended = loop.createFuture<void>();
      loop.callAt(now + 6, () => {
        order.push("late");
        ended.setResult();
      });
      for (let count = 0; count < 200; count++) {
        loop.callAt(now + 1, () => {
          const until = performance.now() + 0.1;
          while (performance.now() < until);
          order.push("early");
        });
      }
      await ended;
      assert.deepEqual([order.length, order.indexOf("late")], [201, 200]);
    }));

  it("call equal deadlines first in, first out [SCHED-05]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const order: number[] = [];
      const when = loop.time() + 1;
      for (let number = 0; number < 20; number++) loop.callAt(when, () => order.push(number));
      await sleep(3);
      assert.deepEqual(
        order,
        Array.from({ length: 20 }, (_, number) => number),
      );
    }));

  it("run delays of zero after what is ready already, in the same turn [SCHED-06]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const order: string[] = [];
      loop.callLater(0, () => order.push("later"));
      loop.callSoon(() => order.push("soon"));
      await sleep(1);
      assert.deepEqual(order, ["soon", "later"]);
    }));

  it("take negative delays, ordered by their deadlines [SCHED-03]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const order: number[] = [];
      loop.callLater(-1, () => order.push(-1));
      loop.callLater(-2, () => order.push(-2));
      await sleep(1);
      assert.deepEqual(order, [-2, -1]);
    }));

  it("take delays beyond what the host's timers can hold [SCHED-03]", () =>
    run(async () => {
      const loop = getRunningLoop();
      let called = false;
      const call = (): void => {
        called = true;
      };
      const timers = [loop.callLater(2 ** 40, call), loop.callLater(Number.POSITIVE_INFINITY, call)];
      assert.equal(timers[1]?.when(), Number.POSITIVE_INFINITY);
      await sleep(3);
      assert.equal(called, false);
      for (const timer of timers) timer.cancel();
    }));

  it("are heard though a later timer was armed first [SCHED-03]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const late = loop.callLater(60_000, () => undefined);
      await checkpoint();
      const since = loop.time();
      await sleep(2);
      assert.ok(loop.time() - since < 30_000);
      late.cancel();
    }));

  it("tell their moment on the clock of the loop [SCHED-12 SCHED-07]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const before = loop.time();
      const timer = loop.callLater(1000, () => undefined);
      assert.ok(timer.when() >= before + 1000 && timer.when() <= loop.time() + 1000);
      assert.equal(loop.callAt(before - 5, () => undefined).when(), before - 5);
      timer.cancel();
      await checkpoint();
    }));

  it("do not call a timer that was cancelled [SCHED-08 SCHED-12]", () =>
    run(async () => {
      const loop = getRunningLoop();
      let called = false;
      const timer = loop.callLater(1, () => {
        called = true;
      });
      timer.cancel();
      timer.cancel();
      assert.equal(timer.cancelled(), true);
      assert.equal(loop.statistics().timers, 0);
      await sleep(3);
      assert.equal(called, false);
    }));

  it("do not call a timer that was cancelled when it was due already [SCHED-08]", () =>
    run(async () => {
      const loop = getRunningLoop();
      let called = false;
      const when = loop.time() + 1;
      loop.callAt(when, () => second.cancel());
      const second = loop.callAt(when, () => {
        called = true;
      });
      await sleep(4);
      assert.equal(called, false);
    }));

  it("show their moment and their function [SCHED-13]", () =>
    run(async () => {
      const timer = getRunningLoop().callAt(12.5e9, function alarm() {});
      assert.equal(String(timer), "<TimerHandle when=12500000000 alarm()>");
      timer.cancel();
      assert.equal(String(timer), "<TimerHandle when=12500000000 cancelled>");
    }));

  it("keep counting while nobody runs the loop [SCHED-04]", async () => {
    const loop = await newEventLoop(name);
    let called = false;
    loop.callLater(1, () => {
      called = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 3));
    assert.equal(called, false);
    loop.stop();
    await loop.runForever();
    assert.equal(called, true);
    await loop.close();
  });

  it("run no timer of a loop twice, though it is stopped and run again [SCHED-03]", async () => {
    const loop = await newEventLoop(name);
    let calls = 0;
    loop.callLater(1, () => calls++);
    for (let count = 0; count < 3; count++) await loop.runUntilComplete(() => sleep(2));
    assert.equal(calls, 1);
    await loop.close();
  });
});

describeOnLoops("the clock", ({ it, run }) => {
  it("never goes back, and counts milliseconds [SCHED-07]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const moments = [performance.now(), loop.time(), performance.now()];
      await sleep(10);
      moments.push(performance.now(), loop.time(), performance.now());
      const [before = 0, first = 0, after = 0, beforeLater = 0, second = 0, afterLater = 0] = moments;
      assert.ok(second > first);
      assert.ok(second - first <= afterLater - before + CLOCK_GRAIN);
      assert.ok(second - first >= beforeLater - after - CLOCK_GRAIN);
    }));
});
