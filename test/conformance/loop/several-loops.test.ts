import assert from "node:assert/strict";
import {
  allTasks,
  checkpoint,
  createTask,
  type EventLoop,
  Future,
  getRunningLoop,
  newEventLoop,
  registerLoop,
  run as gyreRun,
  Runner,
  sleep,
  timeout,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";

describeOnLoops("several loops in one thread", ({ it, run, name }) => {
  it("run side by side, each with its own tasks [POL-01 POL-06 EXT-07]", async () => {
    const steps: string[] = [];
    const work = async (label: string): Promise<EventLoop> => {
      for (let step = 0; step < 3; step++) {
        steps.push(label);
        await sleep(2);
        assert.equal(allTasks().size, 1);
      }
      return getRunningLoop();
    };
    const [a, b] = await Promise.all([run(() => work("a")), run(() => work("b"))]);
    assert.notEqual(a, b);
    assert.equal(new Set(steps.slice(0, 2)).size, 2);
    assert.equal(steps.length, 6);
  });

  it("hand results over by callSoonThreadsafe [SCHED-02 EXT-07]", async () => {
    const letters: Future<string>[] = [];
    const receiver = run(async () => {
      const letter = new Future<string>();
      letters.push(letter);
      return letter;
    });
    const sender = run(async () => {
      while (letters.length === 0) await sleep(1);
      for (const letter of letters) letter.getLoop().callSoonThreadsafe(() => letter.setResult("posted"));
    });
    assert.equal(await receiver, "posted");
    await sender;
  });

  it("are stopped and closed each by itself [LOOP-03 LOOP-07]", async () => {
    const [a, b] = [await newEventLoop(name), await newEventLoop(name)];
    const runs = [a.runForever(), b.runForever()];
    a.stop();
    await runs[0];
    await a.close();
    assert.equal(b.isRunning(), true);
    b.stop();
    await runs[1];
    await b.close();
  });

  it("are not run from each other's code [RUN-01 LOOP-01]", () =>
    run(async () => {
      await assert.rejects(
        gyreRun(async () => 1),
        { code: "GYRE_LOOP_RUNNING" },
      );
      await assert.rejects(
        new Runner().run(async () => 1),
        { code: "GYRE_LOOP_RUNNING" },
      );
    }));
});

describeOnLoops("the ambient loop", ({ it }) => {
  it("is one for the thread, runs, and cannot be stopped or closed [POL-04]", async () => {
    const loop = getRunningLoop();
    assert.equal(getRunningLoop(), loop);
    assert.equal(loop.isRunning(), true);
    assert.throws(() => loop.stop(), { code: "GYRE_LOOP_RUNNING" });
    await assert.rejects(async () => loop.close(), { code: "GYRE_LOOP_RUNNING" });
    await assert.rejects(loop.runForever(), { code: "GYRE_LOOP_RUNNING" });
  });

  it("runs tasks, timers and timeouts without run() [POL-04]", async () => {
    const task = createTask(async () => {
      await sleep(1);
      return "ran";
    });
    assert.equal(task.getLoop(), getRunningLoop());
    assert.equal(await task, "ran");
    await checkpoint();
    await assert.rejects(
      timeout(1, () => sleep(60_000)),
      { code: "GYRE_TIMEOUT" },
    );
  });
});

describeOnLoops("loops by name", ({ it, name }) => {
  it("are made by newEventLoop, a new one each time [POL-06 POL-10]", async () => {
    const [a, b] = [await newEventLoop(name), await newEventLoop(name)];
    assert.notEqual(a, b);
    assert.equal(a.isRunning(), false);
    await a.close();
    await b.close();
  });

  it("can be added with registerLoop [POL-06 EXT-02]", async () => {
    let loads = 0;
    registerLoop("my own", async () => {
      loads++;
      const loop = await newEventLoop(name);
      return () => loop;
    });
    assert.equal(loads, 0);
    assert.equal(await gyreRun(async () => "on my own", { loop: "my own" }), "on my own");
    assert.equal(loads, 1);
  });

  it("that are unknown are refused, with those that are known [POL-06]", async () => {
    await assert.rejects(newEventLoop("no such loop"), { code: "GYRE_LOOP_UNKNOWN", message: /"node"/ });
    await assert.rejects(
      gyreRun(async () => 1, { loop: "no such loop" }),
      { code: "GYRE_LOOP_UNKNOWN" },
    );
  });
});
