import assert from "node:assert/strict";
import {
  type Context,
  createTask,
  Future,
  gather,
  getRunningLoop,
  newEventLoop,
  registerLoop,
  shield,
  sleep,
  Task,
  timeout,
  timeoutAt,
  Timeout,
  waitFor,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";

const noop = (): void => {};

describeOnLoops("a delay", ({ it, run }) => {
  const calls: [string, (delay: number) => unknown][] = [
    ["sleep", (delay) => sleep(delay)],
    ["callLater", (delay) => getRunningLoop().callLater(delay, noop)],
    ["callAt", (delay) => getRunningLoop().callAt(delay, noop)],
    ["waitFor", (delay) => waitFor(noop as () => Promise<void>, delay)],
    ["timeout", (delay) => timeout(delay, noop)],
    ["timeoutAt", (delay) => timeoutAt(delay, noop)],
    ["new Timeout", (delay) => new Timeout(delay)],
  ];

  it("that is NaN is refused at once [WAIT-01 SCHED-03 SCHED-04 TO-01]", () =>
    run(async () => {
      for (const [name, call] of calls) {
        assert.throws(
          () => call(Number.NaN),
          { name: "RangeError", code: "GYRE_OUT_OF_RANGE", message: /NaN/ },
          name,
        );
      }
    }));

  it("that is no number is refused at once [WAIT-01 SCHED-03 SCHED-04 TO-01]", () =>
    run(async () => {
      for (const [name, call] of calls) {
        for (const wrong of [undefined, "5", 5n, {}, new Date(), true]) {
          assert.throws(
            () => call(wrong as unknown as number),
            { name: "TypeError", code: "GYRE_INVALID_ARGUMENT" },
            `${name}(${String(wrong)})`,
          );
        }
      }
      for (const name of ["callLater", "callAt", "sleep"]) {
        const call = calls.find(([own]) => own === name)?.[1];
        assert.throws(() => call?.(null as unknown as number), { code: "GYRE_INVALID_ARGUMENT" }, name);
      }
    }));

  it("may be huge, infinite or negative [WAIT-01 SCHED-03 SCHED-04]", () =>
    run(async () => {
      const loop = getRunningLoop();
      for (const delay of [2 ** 31, 2 ** 53, Number.MAX_VALUE, Number.POSITIVE_INFINITY]) {
        const timers = [
          loop.callLater(delay, () => assert.fail("early")),
          loop.callAt(delay, () => assert.fail("early")),
        ];
        const sleeping = sleep(delay);
        await sleep(1);
        assert.equal(sleeping.done(), false);
        sleeping.cancel();
        for (const timer of timers) timer.cancel();
      }
      for (const delay of [-1, -(2 ** 53), Number.NEGATIVE_INFINITY]) {
        const called = new Future<string>();
        loop.callLater(delay, () => called.setResult("called"));
        assert.equal(await called, "called");
        await sleep(delay);
      }
      assert.equal(loop.statistics().timers, 0);
    }));
});

describeOnLoops("a callback that is not a function", ({ it, run }) => {
  it("is refused at once [SCHED-01 SCHED-02 SCHED-03 FUT-09]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const future = new Future<void>();
      for (const wrong of [undefined, null, 5, "callback", {}, Promise.resolve()]) {
        const callback = wrong as () => void;
        for (const call of [
          () => loop.callSoon(callback),
          () => loop.callSoonThreadsafe(callback),
          () => loop.callLater(1, callback),
          () => loop.callAt(1, callback),
          () => future.addDoneCallback(callback),
        ]) {
          assert.throws(call, { name: "TypeError", code: "GYRE_INVALID_ARGUMENT" });
        }
      }
      assert.equal(loop.statistics().ready, 0);
    }));
});

describeOnLoops("a future of another loop", ({ it, run, name }) => {
  it("is refused with its code wherever it is waited for [WAIT-02 WAIT-08 FUT-17 TASK-10]", () =>
    run(async () => {
      const other = await newEventLoop(name);
      const foreign = other.createFuture<void>();
      const own = new Future<void>();
      const waits: [string, () => PromiseLike<unknown>][] = [
        ["await", () => foreign],
        ["gather", async () => gather([own, foreign])],
        ["waitFor", () => waitFor(foreign, 10)],
        ["waitFor with no time", () => waitFor(foreign, 0)],
        ["shield", async () => shield(foreign)],
        ["timeout", () => timeout(10, async () => foreign)],
        ["a task that returns it", () => createTask(() => foreign)],
      ];
      for (const [what, wait] of waits) {
        await assert.rejects(async () => wait(), { name: "RuntimeError", code: "GYRE_OTHER_LOOP" }, what);
      }
      assert.equal(own.done(), false);
      await other.close();
    }));
});

describeOnLoops("options of the wrong type", ({ it, run }) => {
  it("are refused at once by createTask [TASK-03]", () =>
    run(async () => {
      assert.throws(() => createTask(noop, { context: {} as unknown as Context }), {
        code: "GYRE_INVALID_ARGUMENT",
      });
      assert.throws(() => createTask(noop, { signal: {} as unknown as AbortSignal }), {
        code: "GYRE_INVALID_ARGUMENT",
      });
      assert.throws(
        () => new Task(noop, { loop: {} as unknown as Task["getLoop"] extends () => infer L ? L : never }),
        {
          code: "GYRE_INVALID_ARGUMENT",
        },
      );
      assert.equal(getRunningLoop().statistics().tasks, 1);
    }));

  it("are refused at once by new Future and registerLoop [FUT-02 POL-06]", () => {
    assert.throws(
      () => new Future({ loop: {} as unknown as Future["getLoop"] extends () => infer L ? L : never }),
      {
        code: "GYRE_INVALID_ARGUMENT",
      },
    );
    assert.throws(() => registerLoop("", async () => noop as never), { code: "GYRE_INVALID_ARGUMENT" });
    assert.throws(() => registerLoop("x", 5 as unknown as () => Promise<never>), {
      code: "GYRE_INVALID_ARGUMENT",
    });
  });

  it("make newEventLoop reject or throw, never hang [POL-06]", async () => {
    for (const wrong of [5, null, {}]) {
      await assert.rejects(
        async () => newEventLoop(wrong as unknown as string),
        (error: NodeJS.ErrnoException) =>
          ["GYRE_LOOP_UNKNOWN", "GYRE_INVALID_ARGUMENT"].includes(error.code ?? ""),
      );
    }
  });
});
