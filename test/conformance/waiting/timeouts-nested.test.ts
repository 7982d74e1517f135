import assert from "node:assert/strict";
import {
  checkpoint,
  createTask,
  getRunningLoop,
  isCancelled,
  sleep,
  type Timeout,
  timeout,
  timeoutAt,
  TimeoutError,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";

describeOnLoops("timeouts in each other", ({ it, run }) => {
  it("convert where the deadline passed: at the inner one [TO-09]", () =>
    run(async () => {
      const scopes: Timeout[] = [];
      const result = await timeout(1000, async (outer) => {
        await assert.rejects(
          timeout(1, async (inner) => {
            scopes.push(outer, inner);
            await never();
          }),
          TimeoutError,
        );
        return "outer goes on";
      });
      assert.equal(result, "outer goes on");
      assert.deepEqual(
        scopes.map((scope) => scope.expired()),
        [false, true],
      );
    }));

  it("convert at the outer one when that was first [TO-09]", () =>
    run(async () => {
      const seen: unknown[] = [];
      const body = async (): Promise<void> => {
        try {
          await timeout(1000, () => never());
        } catch (error) {
          seen.push(isCancelled(error));
          throw error;
        }
      };
      await assert.rejects(timeout(1, body), TimeoutError);
      assert.deepEqual(seen, [true]);
    }));

  it("are both expired when both deadlines pass in one turn [TO-09]", () =>
    run(async () => {
      const scopes: Timeout[] = [];
      const when = getRunningLoop().time() + 1;
      await assert.rejects(
        timeoutAt(when, (outer) =>
          timeoutAt(when, async (inner) => {
            scopes.push(outer, inner);
            await never();
          }),
        ),
        TimeoutError,
      );
      assert.deepEqual(
        scopes.map((scope) => scope.expired()),
        [true, true],
      );
    }));

  it("are both expired after a busy spell [TO-09]", () =>
    run(async (main) => {
      const scopes: Timeout[] = [];
      await assert.rejects(
        timeout(1, (outer) =>
          timeout(3, async (inner) => {
            scopes.push(outer, inner);
            const until = performance.now() + 6;
            while (performance.now() < until);
            await never();
          }),
        ),
        TimeoutError,
      );
      assert.equal(scopes[0]?.expired(), true);
      assert.equal(main.cancelling(), 0);
      await sleep(1);
    }));

  it("work in a finally block after a timeout or a cancellation [TO-09]", () =>
    run(async () => {
      const steps: string[] = [];
      const body = async (): Promise<void> => {
        try {
          await never();
        } finally {
          await assert.rejects(
            timeout(1, () => never()),
            TimeoutError,
          );
          steps.push("inner timeout in finally");
        }
      };
      await assert.rejects(timeout(1, body), TimeoutError);
      const task = createTask(body);
      await checkpoint();
      task.cancel();
      await assert.rejects(task, isCancelled);
      assert.equal(steps.length, 2);
    }));
});
