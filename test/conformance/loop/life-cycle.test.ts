import assert from "node:assert/strict";
import { inspect } from "node:util";
import { createTask, getRunningLoop, newEventLoop, sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";

describeOnLoops("running a loop for ever", ({ it, run, name }) => {
  it("goes on until stop() is called, and can be done again [LOOP-01 LOOP-03]", async () => {
    const loop = await newEventLoop(name);
    const steps: string[] = [];
    for (const step of ["first", "second"]) {
      loop.callLater(1, () => {
        steps.push(step);
        loop.stop();
      });
      await loop.runForever();
    }
    assert.deepEqual(steps, ["first", "second"]);
    await loop.close();
  });

  it("runs while it runs, and is not closed by it [LOOP-05 LOOP-06]", async () => {
    const loop = await newEventLoop(name);
    assert.equal(loop.isRunning(), false);
    const running = loop.runForever();
    assert.equal(loop.isRunning(), true);
    loop.stop();
    await running;
    assert.equal(loop.isRunning(), false);
    assert.equal(loop.isClosed(), false);
    await loop.close();
    assert.equal(loop.isClosed(), true);
  });

  it("rejects when the loop runs already [LOOP-01]", async () => {
    const loop = await newEventLoop(name);
    const running = loop.runForever();
    await assert.rejects(loop.runForever(), { name: "RuntimeError", code: "GYRE_LOOP_RUNNING" });
    await assert.rejects(
      loop.runUntilComplete(async () => 1),
      { code: "GYRE_LOOP_RUNNING" },
    );
    loop.stop();
    await running;
    await loop.close();
  });

  it("rejects in code that another loop runs [LOOP-01]", () =>
    run(async () => {
      const loop = await newEventLoop(name);
      await assert.rejects(loop.runForever(), { code: "GYRE_LOOP_RUNNING" });
      await assert.rejects(
        loop.runUntilComplete(async () => 1),
        { code: "GYRE_LOOP_RUNNING" },
      );
      assert.equal(loop.isRunning(), false);
      await loop.close();
    }));

  it("rejects in a callback of another loop [LOOP-01]", async () => {
    const outer = await newEventLoop(name);
    const inner = await newEventLoop(name);
    const tried = outer.createFuture<unknown>();
    outer.callSoon(() => {
      void inner.runForever().catch((error: unknown) => tried.setResult(error));
    });
    const error = await outer.runUntilComplete(tried);
    assert.equal((error as { code: string }).code, "GYRE_LOOP_RUNNING");
    await outer.close();
    await inner.close();
  });

  it("is the running loop of what it calls, and of nothing else [POL-01 POL-02 POL-03]", async () => {
    const loop = await newEventLoop(name);
    const ambient = getRunningLoop();
    const seen: unknown[] = [];
    loop.callSoon(() => seen.push(getRunningLoop()));
    await loop.runUntilComplete(async () => {
      seen.push(getRunningLoop());
      await sleep(1);
      seen.push(getRunningLoop());
    });
    assert.deepEqual(seen, [loop, loop, loop]);
    assert.equal(getRunningLoop(), ambient);
    assert.notEqual(ambient, loop);
    await loop.close();
  });

  it("shows its state as text [LOOP-10]", async () => {
    const loop = await newEventLoop(name);
    assert.match(String(loop), /^<\w+EventLoop running=false closed=false debug=(true|false)>$/);
    assert.equal(inspect(loop), String(loop));
    await loop.close();
    assert.match(String(loop), /closed=true/);
  });

  it("counts what it has to do in its statistics [LOOP-13]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const { turns } = loop.statistics();
      loop.callSoon(() => undefined);
      const timer = loop.callLater(60_000, () => undefined);
      createTask(() => sleep(1));
      const { running, ready, timers, tasks } = loop.statistics();
      assert.deepEqual({ running, ready, timers, tasks }, { running: true, ready: 2, timers: 1, tasks: 2 });
      timer.cancel();
      assert.equal(loop.statistics().timers, 0);
      await sleep(0);
      assert.ok(loop.statistics().turns > turns);
    }));
});

describeOnLoops("stopping a loop", ({ it, name }) => {
  it("before it runs lets it run what is ready, and not what that adds [LOOP-02]", async () => {
    const loop = await newEventLoop(name);
    const steps: string[] = [];
    loop.callSoon(() => {
      steps.push("ready");
      loop.callSoon(() => steps.push("added"));
    });
    loop.callLater(0, () => steps.push("due timer"));
    loop.callLater(60_000, () => steps.push("not due"));
    loop.stop();
    await loop.runForever();
    assert.deepEqual(steps, ["ready", "due timer"]);
    loop.stop();
    await loop.runForever();
    assert.deepEqual(steps, ["ready", "due timer", "added"]);
    await loop.close();
  });

  it("from a callback lets the others of the batch run, and not what they add [LOOP-03]", async () => {
    const loop = await newEventLoop(name);
    const steps: string[] = [];
    loop.callSoon(() => {
      steps.push("stops");
      loop.stop();
    });
    loop.callSoon(() => {
      steps.push("same batch");
      loop.callSoon(() => steps.push("next run"));
    });
    await loop.runForever();
    assert.deepEqual(steps, ["stops", "same batch"]);
    loop.callSoon(() => loop.stop());
    await loop.runForever();
    assert.deepEqual(steps, ["stops", "same batch", "next run"]);
    await loop.close();
  });

  it("may be asked for twice [LOOP-03]", async () => {
    const loop = await newEventLoop(name);
    loop.callSoon(() => {
      loop.stop();
      loop.stop();
    });
    await loop.runForever();
    let ran = false;
    loop.callLater(1, () => {
      ran = true;
      loop.stop();
    });
    await loop.runForever();
    assert.equal(ran, true);
    await loop.close();
  });

  it("leaves timers and tasks for the next run [LOOP-03]", async () => {
    const loop = await newEventLoop(name);
    const task = loop.createTask(() => sleep(2, "slept"));
    loop.callLater(0, () => loop.stop());
    await loop.runForever();
    assert.equal(task.done(), false);
    assert.equal(await loop.runUntilComplete(task), "slept");
    await loop.close();
  });

  it("runs nothing any more once runForever is over [LOOP-03]", async () => {
    const loop = await newEventLoop(name);
    let ticks = 0;
    const tick = (): void => {
      if (++ticks === 100) loop.stop();
      loop.callSoon(tick);
    };
    loop.callSoon(tick);
    await loop.runForever();
    const ticksThen = ticks;
    await new Promise((resolve) => setTimeout(resolve, 3));
    assert.equal(ticks, ticksThen);
    await loop.close();
  });
});
