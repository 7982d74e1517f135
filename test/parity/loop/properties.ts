/** Which loop is the current one, and what can be set on it. */
import { createTask, type EventLoop, getRunningLoop, newEventLoop, sleep } from "gyre";
import { scenario, script } from "../../support/parity.ts";
import { attempt } from "../outcomes.ts";

script(
  "get_running_loop is the loop of the coroutine, the task and the callback that asks [POL-01]",
  async (print) => {
    const [first, second] = [await newEventLoop(), await newEventLoop()];

    const ask = async (loop: EventLoop) => {
      print("in a coroutine", getRunningLoop() === loop);
      loop.callSoon(() => print("in a callback", getRunningLoop() === loop));
      await createTask(() => askInTask(loop));
      print("and again", getRunningLoop() === loop);
    };

    const askInTask = async (loop: EventLoop) => {
      print("in a task", getRunningLoop() === loop);
    };

    for (const loop of [first, second]) {
      await loop.runUntilComplete(() => ask(loop));
      await loop.close();
    }
  },
);

scenario(
  "new_event_loop makes another loop each time, neither running nor closed [POL-06 LOOP-05 LOOP-06]",
  async (print) => {
    const [first, second] = [await newEventLoop(), await newEventLoop()];
    print(first === second, first === getRunningLoop());
    print("running", first.isRunning(), "closed", first.isClosed());
    await first.close();
    await second.close();
  },
);

scenario("debug mode can be switched while the loop runs [DBG-01]", async (print) => {
  const loop = getRunningLoop();
  for (const enabled of [true, false]) {
    loop.setDebug(enabled);
    print(loop.getDebug());
  }
});

scenario("a callback counts as slow from 100 ms on, unless told otherwise [DBG-02]", async (print) => {
  const loop = getRunningLoop();
  print(loop.slowCallbackDuration);
  loop.slowCallbackDuration = 500;
  print(loop.slowCallbackDuration);
});

scenario(
  "in debug mode scheduling anything but a callable is a TypeError [SCHED-01 DBG-01]",
  async (print) => {
    const loop = getRunningLoop();
    loop.setDebug(true);
    print(attempt(() => loop.callSoon("not callable" as never)));
    print(attempt(() => loop.callSoonThreadsafe("not callable" as never)));
    print(attempt(() => loop.callLater(10, "not callable" as never)));
    print(attempt(() => loop.callAt(0, "not callable" as never)));
  },
);

scenario("timers survive the cancellation of many others [SCHED-14]", async (print) => {
  const loop = getRunningLoop();
  const now = loop.time();
  loop.callAt(now + 40, print, "second");
  const timers = Array.from({ length: 300 }, (_, number) => loop.callLater(30_000 + number, print, "never"));
  loop.callAt(now + 20, print, "first");
  for (const timer of timers) timer.cancel();
  await sleep(60);
  print(timers.every((timer) => timer.cancelled()));
});
