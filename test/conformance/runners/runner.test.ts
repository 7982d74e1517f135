import assert from "node:assert/strict";
import {
  Context,
  ContextVar,
  copyContext,
  type Coroutine,
  getRunningLoop,
  newEventLoop,
  Runner,
  sleep,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { deferred } from "../support/deferred.ts";
import { collectReports } from "../support/reports.ts";

describeOnLoops("a runner", ({ it, run, name }) => {
  it("runs several mains one after the other on one loop [RUN-04 RUN-06]", async () => {
    const runner = new Runner({ loop: name });
    const loops = [await runner.run(() => getRunningLoop()), await runner.run(() => getRunningLoop())];
    assert.equal(loops[0], loops[1]);
    assert.equal(loops[0]?.isClosed(), false);
    await runner.close();
    assert.equal(loops[0]?.isClosed(), true);
  });

  it("makes no loop before it needs one [RUN-04 RUN-08]", async () => {
    let made = 0;
    const loop = await newEventLoop(name);
    const loopFactory = (): typeof loop => {
      made++;
      return loop;
    };
    await new Runner({ loopFactory }).close();
    assert.equal(made, 0);
    const runner = new Runner({ loopFactory });
    await runner.run(async () => 1);
    await runner.run(async () => 2);
    assert.equal(made, 1);
    await runner.close();
  });

  it("gives its loop, made when it is asked for [RUN-07]", async () => {
    const runner = new Runner();
    const loop = runner.getLoop();
    assert.equal(runner.getLoop(), loop);
    assert.equal(loop.isRunning(), false);
    assert.equal(await runner.run(() => getRunningLoop()), loop);
    await runner.close();
    assert.throws(() => runner.getLoop(), { name: "RuntimeError", code: "GYRE_RUNNER_CLOSED" });
  });

  it("shares one context among its runs [RUN-06 CTX-02]", async () => {
    const variable = new ContextVar<string>("variable");
    const runner = new Runner({ loop: name });
    await runner.run(async () => {
      variable.set("first");
      await sleep(1);
    });
    assert.equal(await runner.run(async () => variable.get()), "first");
    assert.equal(variable.get("unset"), "unset");
    await runner.close();
  });

  it("runs in another context when it is given one [RUN-06 CTX-02]", async () => {
    const variable = new ContextVar<string>("variable", { default: "default" });
    const context = new Context();
    context.run(() => variable.set("given"));
    const runner = new Runner({ loop: name });
    const seen = await runner.run(
      async () => {
        const before = variable.get();
        variable.set("changed");
        return before;
      },
      { context },
    );
    assert.equal(seen, "given");
    assert.equal(context.get(variable), "changed");
    assert.equal(await runner.run(async () => variable.get()), "default");
    await runner.close();
  });

  it("starts from a copy of the context of its first run [RUN-06]", async () => {
    const variable = new ContextVar<string>("variable", { default: "default" });
    const runner = new Runner({ loop: name });
    const context = copyContext();
    await context.run(async () => {
      variable.set("outside");
      assert.equal(await runner.run(async () => variable.get()), "outside");
    });
    assert.equal(await runner.run(async () => variable.get()), "outside");
    await runner.close();
  });

  it("names its main task [RUN-06 TASK-05]", async () => {
    const runner = new Runner({ loop: name });
    await runner.run(async (main) => assert.equal(main.name, "named"), { name: "named" });
    await runner.close();
  });

  it("turns debug mode on or off [RUN-02 RUN-04]", async () => {
    for (const debug of [true, false]) {
      const runner = new Runner({ debug });
      assert.equal(runner.getLoop().getDebug(), debug);
      await runner.close();
    }
  });

  it("is closed for ever, and may be closed again [RUN-05 RUN-08]", async () => {
    const runner = new Runner({ loop: name });
    await runner.run(async () => 1);
    await runner.close();
    await runner.close();
    await assert.rejects(
      runner.run(async () => 2),
      { name: "RuntimeError", code: "GYRE_RUNNER_CLOSED" },
    );
  });

  it("is closed by its disposal, after a failure too [RUN-05]", async () => {
    const runner = new Runner({ loop: name });
    const loop = await runner.run(() => getRunningLoop());
    await assert.rejects(
      runner.run(async () => {
        throw new Error("fails");
      }),
    );
    assert.equal(loop.isClosed(), false);
    await runner[Symbol.asyncDispose]();
    assert.equal(loop.isClosed(), true);
  });

  it("rejects inside of a running program, and works again outside [RUN-06]", async () => {
    const runner = new Runner({ loop: name });
    await run(async () => {
      await assert.rejects(
        runner.run(async () => 1),
        { code: "GYRE_LOOP_RUNNING" },
      );
    });
    assert.equal(await runner.run(async () => 2), 2);
    await runner.close();
  });

  it("rejects a second run while the first goes on [RUN-06]", async () => {
    const runner = new Runner({ loop: name });
    const gate = deferred<string>();
    const first = runner.run(() => gate.promise);
    await new Promise((resolve) => setTimeout(resolve, 1));
    await assert.rejects(
      runner.run(async () => "second"),
      { code: "GYRE_LOOP_RUNNING" },
    );
    gate.resolve("first");
    assert.equal(await first, "first");
    await runner.close();
  });

  it("leaves no task behind when a second run was refused [RUN-06]", async () => {
    const runner = new Runner({ loop: name });
    const gate = deferred<void>();
    const first = runner.run(async (main) => {
      await gate.promise;
      return main.getLoop().statistics().tasks;
    });
    await new Promise((resolve) => setTimeout(resolve, 1));
    await assert.rejects(runner.run(async () => "second"));
    gate.resolve();
    assert.equal(await first, 1);
    await runner.close();
  });

  it("runs a task to its end over several runs [RUN-06]", async () => {
    const runner = new Runner({ loop: name });
    const steps: string[] = [];
    await runner.run(async (main) => {
      main.getLoop().createTask(async () => {
        steps.push("started in the first");
        await sleep(1);
        steps.push("ended in the second");
      });
      await sleep(0);
    });
    await runner.run(() => sleep(5));
    assert.deepEqual(steps, ["started in the first", "ended in the second"]);
    await runner.close();
  });

  it("refuses what is not a function at once [RUN-06]", async () => {
    const runner = new Runner({ loop: name });
    for (const wrong of [Promise.resolve(), 5, null]) {
      assert.throws(() => runner.run(wrong as unknown as Coroutine<void>), { code: "GYRE_INVALID_ARGUMENT" });
    }
    await runner.close();
  });

  it("reports what nobody looked at when it is closed [RUN-08 FUT-13]", async () => {
    const runner = new Runner({ loop: name });
    const reports = await runner.run(async (main) => {
      const collected = collectReports();
      main.getLoop().createFuture<void>().setException(new Error("nobody looked"));
      return collected;
    });
    assert.equal(reports.length, 0);
    await runner.close();
    assert.equal(reports.length, 1);
  });
});
