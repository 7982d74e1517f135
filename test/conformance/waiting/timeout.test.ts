import assert from "node:assert/strict";
import type { Timeout } from "gyre";
import {
  CancelledError,
  checkpoint,
  createTask,
  currentTask,
  Future,
  getRunningLoop,
  isCancelled,
  sleep,
  timeout,
  timeoutAt,
  TimeoutError,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";

describeOnLoops("timeout", ({ it, run }) => {
  it("gives the body's result, and leaves no timer [TO-01]", () =>
    run(async (main) => {
      assert.equal(await timeout(60_000, async () => sleep(1, "result")), "result");
      assert.equal(await timeout(60_000, () => "plain"), "plain");
      assert.equal(main.getLoop().statistics().timers, 0);
    }));

  it("cancels the body at the deadline, and throws a TimeoutError with its cause [TO-04 TO-05 EXC-03]", () =>
    run(async (main) => {
      const steps: string[] = [];
      const body = async (): Promise<void> => {
        try {
          await never();
        } catch (error) {
          steps.push((error as Error).name);
          throw error;
        }
      };
      await assert.rejects(timeout(2, body), (error: TimeoutError) => {
        return error instanceof TimeoutError && error.cause instanceof CancelledError;
      });
      assert.deepEqual(steps, ["CancelledError"]);
      assert.equal(main.cancelling(), 0);
      await checkpoint();
    }));

  it("runs its body in the current task [TO-01]", () =>
    run(async (main) => {
      await timeout(1000, async () => {
        await checkpoint();
        assert.equal(currentTask(), main);
      });
    }));

  it("runs in a task of its own outside of every task [TO-03]", async () => {
    assert.equal(await timeout(1000, async () => currentTask() !== null), true);
    await assert.rejects(
      timeout(1, () => never()),
      TimeoutError,
    );
  });

  it("has no deadline with null or Infinity [TO-01]", () =>
    run(async (main) => {
      for (const delay of [null, Number.POSITIVE_INFINITY]) {
        await timeout(delay, async (scope) => {
          assert.equal(scope.when(), delay);
          await sleep(1);
        });
      }
      assert.equal(main.getLoop().statistics().timers, 0);
    }));

  it("counts from the call, not from the first wait [TO-01 TO-06]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const before = loop.time();
      await timeout(5000, (scope) => {
        const when = scope.when() ?? 0;
        assert.ok(when >= before + 5000 && when <= loop.time() + 5000);
      });
    }));

  it("takes a moment of the loop's clock as timeoutAt [TO-02 TO-06]", () =>
    run(async () => {
      const when = getRunningLoop().time() + 2;
      await assert.rejects(
        timeoutAt(when, async (scope) => {
          assert.equal(scope.when(), when);
          await never();
        }),
        TimeoutError,
      );
      assert.ok(getRunningLoop().time() >= when);
      assert.equal(await timeoutAt(null, async () => "no deadline"), "no deadline");
    }));

  it("of zero or less cancels the first real wait, sleep(0) as well [TO-04]", () =>
    run(async () => {
      for (const delay of [0, -5]) {
        const steps: string[] = [];
        const body = async (): Promise<void> => {
          steps.push("started");
          await sleep(0);
          steps.push("not reached");
        };
        await assert.rejects(timeout(delay, body), TimeoutError);
        assert.deepEqual(steps, ["started"]);
      }
    }));

  it("of zero does not interrupt a body that never waits [TO-04]", () =>
    run(async () => {
      assert.equal(await timeout(0, async () => "done"), "done");
    }));

  it("lets an error of the body pass, before and after the deadline [TO-05 TO-08]", () =>
    run(async () => {
      const error = new Error("of the body");
      const scopes: Timeout[] = [];
      const early = async (scope: Timeout): Promise<never> => {
        scopes.push(scope);
        throw error;
      };
      const late = async (scope: Timeout): Promise<never> => {
        scopes.push(scope);
        await assert.rejects(never(), isCancelled);
        throw error;
      };
      await assert.rejects(timeout(1000, early), error);
      await assert.rejects(timeout(1, late), error);
      assert.deepEqual(
        scopes.map((scope) => scope.expired()),
        [false, true],
      );
    }));

  it("gives the result of a body that swallows its cancellation [TO-05]", () =>
    run(async (main) => {
      const body = async (): Promise<string> => {
        await assert.rejects(never(), isCancelled);
        return "swallowed";
      };
      assert.equal(await timeout(1, body), "swallowed");
      assert.equal(main.cancelling(), 0);
      await sleep(1);
    }));

  it("lets a cancellation from outside pass as it is [TO-05]", () =>
    run(async () => {
      const task = createTask(() => timeout(60_000, () => never()));
      await checkpoint();
      task.cancel("outside");
      await assert.rejects(task, { code: "GYRE_CANCELLED", message: "outside" });
    }));

  it("keeps a cancellation from outside that comes with the deadline [TO-05]", () =>
    run(async () => {
      const task = createTask(async (self) =>
        timeout(1, async () => {
          try {
            await never();
          } finally {
            self.cancel();
          }
        }),
      );
      await assert.rejects(task, isCancelled);
      assert.equal(task.cancelling(), 1);
    }));

  it("does not turn a CancelledError that was there before the deadline into a timeout [TO-05]", () =>
    run(async () => {
      const future = new Future<void>();
      future.cancel();
      await assert.rejects(
        timeout(1000, async () => future),
        isCancelled,
      );
    }));
});
