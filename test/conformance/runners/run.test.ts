import assert from "node:assert/strict";
import {
  type Coroutine,
  createTask,
  type EventLoop,
  getRunningLoop,
  newEventLoop,
  run as gyreRun,
  sleep,
  Task,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";

describeOnLoops("run", ({ it, run, name }) => {
  it("gives what main returns [RUN-01]", async () => {
    assert.equal(await run(async () => sleep(1, "result")), "result");
    assert.equal(await run(() => 7), 7);
    assert.equal(await run(() => sleep(1, "future")), "future");
  });

  it("throws what main throws [RUN-01]", async () => {
    const error = new Error("of main");
    await assert.rejects(
      run(async () => {
        throw error;
      }),
      error,
    );
  });

  it("throws a cancellation that main did not catch [RUN-01]", () =>
    assert.rejects(
      run(async (main) => {
        main.cancel("by myself");
        await sleep(60_000);
      }),
      { code: "GYRE_CANCELLED", message: "by myself" },
    ));

  it("runs main as a task on a new loop each time, and closes it [RUN-01]", async () => {
    const loops: EventLoop[] = [];
    for (let count = 0; count < 2; count++) {
      await run(async (main) => {
        assert.ok(main instanceof Task);
        assert.equal(main.getLoop(), getRunningLoop());
        loops.push(main.getLoop());
      });
    }
    assert.notEqual(loops[0], loops[1]);
    assert.deepEqual(
      loops.map((loop) => loop.isClosed()),
      [true, true],
    );
  });

  it("closes the loop when main fails too [RUN-01]", async () => {
    const loops: EventLoop[] = [];
    await assert.rejects(
      run(async (main) => {
        loops.push(main.getLoop());
        throw new Error("fails");
      }),
    );
    assert.equal(loops[0]?.isClosed(), true);
  });

  it("may be called after another run in the same program, and side by side [RUN-01]", async () => {
    assert.deepEqual(await Promise.all([run(async () => 1), run(async () => 2)]), [1, 2]);
    assert.equal(await run(async () => 3), 3);
  });

  it("rejects inside of a running program, without calling main [RUN-01]", () =>
    run(async () => {
      let called = false;
      await assert.rejects(
        gyreRun(() => {
          called = true;
        }),
        { name: "RuntimeError", code: "GYRE_LOOP_RUNNING" },
      );
      assert.equal(called, false);
    }));

  it("takes a loop from a factory, and closes it [RUN-03]", async () => {
    const loop = await newEventLoop(name);
    const factory = (): EventLoop => loop;
    assert.equal(await gyreRun(async () => getRunningLoop(), { loopFactory: factory }), loop);
    assert.equal(loop.isClosed(), true);
  });

  it("takes a loop that exists, and leaves it open [RUN-03]", async () => {
    const loop = await newEventLoop(name);
    for (const result of [1, 2]) assert.equal(await gyreRun(async () => result, { loop }), result);
    assert.equal(loop.isClosed(), false);
    await loop.close();
  });

  it("rejects on a loop that is closed [RUN-03]", async () => {
    const loop = await newEventLoop(name);
    await loop.close();
    await assert.rejects(
      gyreRun(async () => 1, { loop }),
      { code: "GYRE_LOOP_CLOSED" },
    );
  });

  it("passes on what the factory throws [RUN-03]", () =>
    assert.rejects(
      gyreRun(async () => 1, {
        loopFactory: () => {
          throw new RangeError("no loop today");
        },
      }),
      RangeError,
    ));

  it("turns debug mode on or off [RUN-02]", async () => {
    assert.equal(await run(() => getRunningLoop().getDebug(), { debug: true }), true);
    assert.equal(await run(() => getRunningLoop().getDebug(), { debug: false }), false);
  });

  it("refuses what is not a function at once, and shows the right call [RUN-01]", () => {
    const work = async (): Promise<void> => {};
    assert.throws(() => run(work() as unknown as Coroutine<void>), {
      name: "TypeError",
      code: "GYRE_INVALID_ARGUMENT",
      message: /run\(\(\) => work\(\)\)/,
    });
  });

  it("refuses options of the wrong type at once [RUN-01]", () => {
    for (const options of [{ loop: 5 }, { loop: {} }, { loopFactory: "node" }]) {
      assert.throws(() => gyreRun(async () => 1, options as unknown as { loop: string }), {
        name: "TypeError",
        code: "GYRE_INVALID_ARGUMENT",
      });
    }
  });

  it("leaves tasks that outlive main no time of their own [RUN-01 RUN-08]", async () => {
    let ended = false;
    await run(async () => {
      createTask(async () => {
        await sleep(5);
        ended = true;
      });
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(ended, false);
  });
});
