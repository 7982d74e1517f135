/** callSoon, callLater, callAt and their handles: what runs, and in which order. */
import { createTask, getRunningLoop, type Handle, sleep } from "gyre";
import { scenario } from "../../support/parity.ts";
import { attempt } from "../outcomes.ts";

scenario(
  "call_soon runs callbacks once, later, first in, first out, with their arguments [SCHED-01]",
  async (print) => {
    const loop = getRunningLoop();
    for (const number of [0, 1, 2, 3]) loop.callSoon(print, "callback", number);
    print("scheduled");
    await sleep(0);
    print("after one turn");
    await sleep(0);
  },
);

scenario(
  "a callback scheduled by a callback runs after those already queued [SCHED-01 LOOP-13]",
  async (print) => {
    const loop = getRunningLoop();

    const outer = () => {
      print("outer");
      loop.callSoon(inner);
    };

    const inner = () => {
      print("inner");
      loop.callSoon(print, "innermost");
    };

    loop.callSoon(outer);
    loop.callSoon(print, "second");
    await sleep(20);
  },
);

scenario("callbacks and first steps of tasks share one queue [SCHED-01 TASK-01 TASK-03]", async (print) => {
  const loop = getRunningLoop();

  const work = async (name: string) => {
    print(name);
  };

  loop.callSoon(print, "callback 1");
  const first = createTask(() => work("task 1"));
  loop.callSoon(print, "callback 2");
  const second = createTask(() => work("task 2"));
  print("scheduled");
  await first;
  await second;
});

scenario("call_soon_threadsafe shares the queue of call_soon [SCHED-02]", async (print) => {
  const loop = getRunningLoop();
  loop.callSoon(print, "soon 1");
  loop.callSoonThreadsafe(print, "threadsafe");
  loop.callSoon(print, "soon 2");
  await sleep(0);
});

scenario("timers fire by deadline, whatever the order of the calls [SCHED-03 LOOP-13]", async (print) => {
  const loop = getRunningLoop();
  loop.callLater(60, print, "60", "ms");
  loop.callLater(20, print, "20", "ms");
  loop.callLater(40, print, "40", "ms");
  await sleep(90);
  print("90 ms");
});

scenario(
  "delays below zero are due at once, in order of deadline, behind what is queued [SCHED-03 SCHED-06]",
  async (print) => {
    const loop = getRunningLoop();
    loop.callLater(0, print, "0");
    loop.callLater(-1000, print, "-1");
    loop.callLater(-2000, print, "-2");
    loop.callSoon(print, "soon");
    await sleep(20);
  },
);

scenario(
  "call_at takes a time of the loop's clock, and the handle knows it [SCHED-04 SCHED-07 SCHED-12]",
  async (print) => {
    const loop = getRunningLoop();
    const now = loop.time();
    const late = loop.callAt(now + 40, print, "late");
    const early = loop.callAt(now + 20, print, "early");
    print(early.when() === now + 20, early.when() < late.when());
    await sleep(60);
    print("time went on", loop.time() >= now + 40);
  },
);

scenario(
  "a cancelled handle or timer does not run, and cancel may be repeated [SCHED-08 SCHED-09 SCHED-12]",
  async (print) => {
    const loop = getRunningLoop();
    const handle = loop.callSoon(print, "never");
    const timer = loop.callLater(20, print, "never");
    const kept = loop.callLater(40, print, "kept");
    print(handle.cancelled(), timer.cancelled());
    for (const cancelled of [handle, timer, handle, timer]) cancelled.cancel();
    await sleep(60);
    print(handle.cancelled(), timer.cancelled(), kept.cancelled());
  },
);

scenario("a callback can cancel one that is queued behind it in the same batch [SCHED-08]", async (print) => {
  const loop = getRunningLoop();
  const handles: Handle[] = [];

  const first = () => {
    print("first");
    for (const handle of handles) handle.cancel();
  };

  loop.callSoon(first);
  handles.push(loop.callSoon(print, "never"));
  handles.push(loop.callLater(20, print, "never"));
  loop.callSoon(print, "last");
  await sleep(40);
});

scenario("cancelling a handle that has run changes nothing more [SCHED-08 SCHED-09]", async (print) => {
  const handle = getRunningLoop().callSoon(print, "ran");
  await sleep(0);
  handle.cancel();
  print("cancelled", handle.cancelled());
  await sleep(0);
});

scenario("a missing delay or time is a TypeError [SCHED-03 SCHED-04]", async (print) => {
  const loop = getRunningLoop();
  print(attempt(() => loop.callLater(null as never, print)));
  print(attempt(() => loop.callAt(null as never, print)));
});

scenario(
  "callbacks that keep scheduling callbacks do not hold up a timer [LOOP-13 SCHED-06]",
  async (print) => {
    const loop = getRunningLoop();
    const fired = loop.createFuture<string>();

    const again = () => {
      if (!fired.done()) loop.callSoon(again);
    };

    loop.callLater(20, () => fired.setResult("timer fired"));
    loop.callSoon(again);
    print(await fired);
  },
);
