import assert from "node:assert/strict";
import {
  CancelledError,
  checkpoint,
  createTask,
  currentTask,
  Future,
  isCancelled,
  sleep,
  TimeoutError,
  waitFor,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";

describeOnLoops("waitFor", ({ it, run }) => {
  it("gives the result of a future, a task, a promise, a function [WAIT-08]", () =>
    run(async () => {
      for (const limit of [1000, null, Number.POSITIVE_INFINITY]) {
        assert.equal(await waitFor(sleep(1, "future"), limit), "future");
        assert.equal(
          await waitFor(
            createTask(async () => "task"),
            limit,
          ),
          "task",
        );
        assert.equal(await waitFor(Promise.resolve("promise"), limit), "promise");
        assert.equal(await waitFor(async () => sleep(1, "function"), limit), "function");
        assert.equal(await waitFor(() => "plain", limit), "plain");
      }
    }));

  it("throws what it waits for throws [WAIT-08]", () =>
    run(async () => {
      const error = new Error("of the work");
      const fail = async (): Promise<never> => {
        throw error;
      };
      await assert.rejects(waitFor(fail, 1000), error);
      await assert.rejects(waitFor(fail, null), error);
      await assert.rejects(waitFor(Promise.reject(error), 1000), error);
    }));

  it("runs a function in the current task, which it is given [WAIT-08]", () =>
    run(async (main) => {
      const seen: unknown[] = [];
      await waitFor(async (task) => {
        seen.push(task === main, currentTask() === main);
      }, 1000);
      assert.deepEqual(seen, [true, true]);
    }));

  it("works outside of every task [WAIT-08]", async () => {
    assert.equal(await waitFor(async () => sleep(1, "ambient"), 1000), "ambient");
    await assert.rejects(
      waitFor(() => sleep(60_000), 1),
      TimeoutError,
    );
  });

  it("leaves no timer behind [WAIT-08]", () =>
    run(async (main) => {
      await waitFor(async () => 1, 60_000);
      await assert.rejects(waitFor(Promise.reject(new Error("x")), 60_000));
      assert.equal(main.getLoop().statistics().timers, 0);
    }));
});

describeOnLoops("waitFor when the time is up", ({ it, run }) => {
  it("cancels a function, waits for its clean-up, and throws a TimeoutError [WAIT-08 EXC-03]", () =>
    run(async (main) => {
      const steps: string[] = [];
      const work = async (): Promise<void> => {
        try {
          await sleep(60_000);
        } finally {
          await sleep(5);
          steps.push("cleaned up");
        }
      };
      await assert.rejects(waitFor(work, 1), (error: TimeoutError) => {
        assert.ok(error instanceof TimeoutError);
        assert.equal(error.code, "GYRE_TIMEOUT");
        assert.ok(error.cause instanceof CancelledError);
        return true;
      });
      assert.deepEqual(steps, ["cleaned up"]);
      assert.equal(main.cancelling(), 0);
    }));

  it("cancels a future or a task [WAIT-08]", () =>
    run(async () => {
      const [future, task] = [new Future<void>(), createTask(never)];
      await assert.rejects(waitFor(future, 1), TimeoutError);
      await assert.rejects(waitFor(task, 1), TimeoutError);
      assert.deepEqual([future.cancelled(), task.cancelled()], [true, true]);
    }));

  it("leaves a promise running [WAIT-08 FUT-18]", () =>
    run(async () => {
      let resolve = (_value: string): void => {};
      const promise = new Promise<string>((yes) => {
        resolve = yes;
      });
      await assert.rejects(waitFor(promise, 1), TimeoutError);
      resolve("ran on");
      assert.equal(await promise, "ran on");
    }));

  it("gives the value of work that refuses to be cancelled [WAIT-08]", () =>
    run(async () => {
      const work = async (): Promise<number> => {
        await assert.rejects(never(), isCancelled);
        return 42;
      };
      assert.equal(await waitFor(work, 1), 42);
      assert.equal(await waitFor(createTask(work), 1), 42);
    }));

  it("throws another error that the work ends with [WAIT-08]", () =>
    run(async () => {
      const error = new Error("in the clean-up");
      const work = async (): Promise<void> => {
        try {
          await never();
        } catch {
          throw error;
        }
      };
      await assert.rejects(waitFor(work, 1), error);
      await assert.rejects(waitFor(createTask(work), 1), error);
    }));

  it("prefers a result that came just in time [WAIT-08]", () =>
    run(async (main) => {
      const future = new Future<string>();
      main.getLoop().callLater(0, () => future.setResult("in time"));
      assert.equal(await waitFor(future, 50), "in time");
    }));

  it("throws a TimeoutError of an inner waitFor as it is [WAIT-08]", () =>
    run(async () => {
      const inner = (): Promise<void> => waitFor(() => sleep(60_000), 1);
      await assert.rejects(waitFor(inner, 1000), TimeoutError);
    }));
});

describeOnLoops("waitFor with a limit of zero or less", ({ it, run }) => {
  for (const limit of [0, -5]) {
    it(`never starts a function (${limit}) [WAIT-09]`, () =>
      run(async () => {
        let started = false;
        const work = async (): Promise<void> => {
          started = true;
        };
        await assert.rejects(waitFor(work, limit), TimeoutError);
        await checkpoint();
        assert.equal(started, false);
      }));
  }

  it("gives what is done already, an error too [WAIT-09]", () =>
    run(async () => {
      const [good, bad] = [new Future<string>(), new Future<string>()];
      good.setResult("there");
      bad.setException(new RangeError("there"));
      assert.equal(await waitFor(good, 0), "there");
      await assert.rejects(waitFor(bad, 0), RangeError);
      assert.equal(await waitFor(Promise.resolve("there"), 0), "there");
    }));

  it("cancels a task, waits for its end, and throws a TimeoutError with its cause [WAIT-09]", () =>
    run(async () => {
      const steps: string[] = [];
      const task = createTask(async () => {
        try {
          await never();
        } finally {
          await sleep(2);
          steps.push("cleaned up");
        }
      });
      await checkpoint();
      await assert.rejects(waitFor(task, 0), (error: TimeoutError) => error.cause instanceof CancelledError);
      assert.deepEqual(steps, ["cleaned up"]);
    }));

  it("gives the value of a task that refuses to be cancelled [WAIT-09]", () =>
    run(async () => {
      const task = createTask(async () => {
        await assert.rejects(never(), isCancelled);
        return "refused";
      });
      await checkpoint();
      assert.equal(await waitFor(task, 0), "refused");
    }));
});

describeOnLoops("cancelling a task in waitFor", ({ it, run }) => {
  it("cancels what it waits for, and throws the cancellation, not a TimeoutError [WAIT-10]", () =>
    run(async () => {
      for (const limit of [60_000, null]) {
        const inner = createTask(never);
        const outer = createTask(() => waitFor(inner, limit));
        await sleep(1);
        outer.cancel("outer");
        await assert.rejects(outer, { code: "GYRE_CANCELLED", message: "outer" });
        assert.equal(inner.cancelled(), true);
      }
    }));

  it("wins over a result that came in the same turn [WAIT-10]", () =>
    run(async () => {
      const future = new Future<string>();
      const outer = createTask(() => waitFor(future, 60_000));
      await sleep(1);
      future.setResult("too late");
      outer.cancel();
      await assert.rejects(outer, isCancelled);
    }));

  it("is not taken for the timeout, though that comes during the clean-up [WAIT-10]", () =>
    run(async () => {
      const outer = createTask(() =>
        waitFor(async () => {
          try {
            await never();
          } finally {
            await sleep(15);
          }
        }, 10),
      );
      await sleep(1);
      outer.cancel();
      await assert.rejects(outer, isCancelled);
      assert.equal(outer.cancelling(), 1);
    }));

  it("can be refused by the function [WAIT-10]", () =>
    run(async () => {
      const outer = createTask(() =>
        waitFor(async () => {
          await assert.rejects(never(), isCancelled);
          return "refused";
        }, 60_000),
      );
      await checkpoint();
      outer.cancel();
      assert.equal(await outer, "refused");
    }));
});
