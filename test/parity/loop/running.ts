/** Starting, stopping and closing an event loop. */
import { newEventLoop, sleep } from "gyre";
import { script } from "../../support/parity.ts";
import { attempt, Boom, outcome } from "../outcomes.ts";

script("stop before the run: what is ready runs, what that schedules does not [LOOP-02]", async (print) => {
  const loop = await newEventLoop();

  const first = () => {
    print("first");
    loop.callSoon(print, "nested");
  };

  loop.callSoon(first);
  loop.callLater(0, print, "timer of 0");
  loop.stop();
  await loop.runForever();
  print("stopped");
  loop.stop();
  await loop.runForever();
  print("stopped again");
  await loop.close();
});

script(
  "stop while running: the current batch ends, later callbacks wait for the next run [LOOP-03]",
  async (print) => {
    const loop = await newEventLoop();

    const stopper = () => {
      loop.stop();
      loop.stop();
      loop.callSoon(print, "scheduled by the stopper");
    };

    loop.callSoon(stopper);
    loop.callSoon(print, "same batch");
    await loop.runForever();
    print("stopped");
    loop.callSoon(() => loop.stop());
    await loop.runForever();
    print("stopped again");
    await loop.close();
  },
);

script(
  "stop from a task or a timer ends run_forever, and pending tasks go on in the next run [LOOP-01 LOOP-03]",
  async (print) => {
    const loop = await newEventLoop();

    const work = async () => {
      print("work begins");
      await sleep(60);
      print("work ends");
      loop.stop();
    };

    loop.createTask(work);
    loop.callLater(20, () => loop.stop());
    await loop.runForever();
    print("stopped");
    await loop.runForever();
    await loop.close();
  },
);

script("run_until_complete gives the result of a coroutine, a task or a future [LOOP-04]", async (print) => {
  const loop = await newEventLoop();

  const work = async (value: string) => {
    await sleep(0);
    return value;
  };

  const future = loop.createFuture<string>();
  loop.callSoon(() => future.setResult("future"));
  print(await loop.runUntilComplete(() => work("coroutine")));
  print(await loop.runUntilComplete(loop.createTask(() => work("task"))));
  print(await loop.runUntilComplete(future));
  print(await loop.runUntilComplete(future));
  await loop.close();
});

script("run_until_complete raises the error or the cancellation of what it ran [LOOP-04]", async (print) => {
  const loop = await newEventLoop();

  const fail = async () => {
    throw new Boom("no");
  };

  const future = loop.createFuture<void>();
  future.cancel();
  print(await outcome(() => loop.runUntilComplete(fail)));
  print(await outcome(() => loop.runUntilComplete(future)));
  print("closed", loop.isClosed());
  await loop.close();
});

script(
  "stopped before its end, run_until_complete is refused, and may be called again [LOOP-04]",
  async (print) => {
    const loop = await newEventLoop();
    const task = loop.createTask(() => sleep(60, "slept"));
    loop.callLater(20, () => loop.stop());
    print(await outcome(() => loop.runUntilComplete(task)));
    print("done", task.done());
    print(await outcome(() => loop.runUntilComplete(task)));
    await loop.close();
  },
);

script(
  "run_until_complete refuses a future of another loop, and anything not awaitable [LOOP-04 FUT-17]",
  async (print) => {
    const [loop, other] = [await newEventLoop(), await newEventLoop()];
    print(await outcome(() => loop.runUntilComplete(other.createFuture())));
    print(await outcome(() => loop.runUntilComplete(42 as never)));
    await loop.close();
    await other.close();
  },
);

script(
  "callbacks ready together with the end of run_until_complete still run [LOOP-04 LOOP-13]",
  async (print) => {
    const loop = await newEventLoop();
    const future = loop.createFuture<string>();

    const finish = () => {
      print("finish");
      future.setResult("result");
      loop.callSoon(print, "queued behind the result");
    };

    loop.callSoon(finish);
    print(await loop.runUntilComplete(future));
    await loop.close();
  },
);

script("a running loop refuses to be run again or closed [LOOP-01 LOOP-05 LOOP-07]", async (print) => {
  const loop = await newEventLoop();

  const body = async () => {
    print("running", loop.isRunning());
    print("run_until_complete", await outcome(() => loop.runUntilComplete(loop.createFuture())));
    print("close", await outcome(() => loop.close()));
  };

  await loop.runUntilComplete(body);
  print("running", loop.isRunning(), "closed", loop.isClosed());
  await loop.close();
  print("running", loop.isRunning(), "closed", loop.isClosed());
});

script("close may be repeated, and drops what was scheduled [LOOP-06 LOOP-07]", async (print) => {
  const loop = await newEventLoop();
  loop.callSoon(print, "never");
  loop.callLater(0, print, "never");
  print("closed", loop.isClosed());
  await loop.close();
  await loop.close();
  print("closed", loop.isClosed());
});

script(
  "a closed loop refuses all work, but still tells the time and makes futures [LOOP-07]",
  async (print) => {
    const loop = await newEventLoop();
    await loop.close();
    const coroutine = () => sleep(0);
    const calls = {
      call_soon: () => loop.callSoon(print, "never"),
      call_soon_threadsafe: () => loop.callSoonThreadsafe(print, "never"),
      call_later: () => loop.callLater(10, print, "never"),
      call_at: () => loop.callAt(loop.time(), print, "never"),
    };
    for (const [name, call] of Object.entries(calls)) print(name, attempt(call));
    print("create_task", await outcome(() => loop.createTask(coroutine)));
    print("run_forever", await outcome(() => loop.runForever()));
    print("run_until_complete", await outcome(() => loop.runUntilComplete(loop.createFuture())));
    print("future done", loop.createFuture().done());
  },
);
