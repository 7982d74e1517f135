import assert from "node:assert/strict";
import { setTimeout as hostSleep } from "node:timers/promises";
import {
  allTasks,
  checkpoint,
  createTask,
  currentTask,
  Event,
  isCancelled,
  sleep,
  type TaskGroup,
  taskGroup,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";
import { collectReports } from "../support/reports.ts";
import { cleanUp } from "./support.ts";

describeOnLoops("behind the end of a group", ({ it, run }) => {
  it("nothing of it runs on: well, failed, cancelled from inside or outside [TG-03 TG-04 TG-08 TG-14]", () =>
    run(async (main) => {
      let alive = 0;
      const work = async () => {
        alive++;
        try {
          await cleanUp(2);
        } finally {
          alive--;
        }
      };
      const endings: ((group: TaskGroup) => Promise<void>)[] = [
        async (group) => group.cancel(),
        async () => Promise.reject(new Error("body")),
        async (group) => void group.createTask(() => Promise.reject(new Error("task"))),
        async () => void currentTask()?.cancel(),
      ];
      for (const end of endings) {
        const task = createTask(() =>
          taskGroup(async (group) => {
            for (let count = 0; count < 3; count++) group.createTask(work);
            await checkpoint();
            assert.equal(alive, 3);
            await end(group);
          }),
        );
        await task.catch(() => undefined);
        assert.equal(alive, 0);
        assert.deepEqual([...allTasks()], [main]);
      }
    }));

  it("waits for a task that is stuck on a promise of somebody else's [TG-04]", () =>
    run(async () => {
      let ended = false;
      const running = taskGroup(async (group) => {
        group.createTask(async () => {
          await hostSleep(8);
          ended = true;
        });
        await checkpoint();
        throw new Error("body");
      });
      await assert.rejects(running, AggregateError);
      assert.equal(ended, true);
    }));

  it("tasks created with createTask, and not in the group, are nobody's business [TG-03]", () =>
    run(async () => {
      const outsider = await taskGroup(async (group) => {
        group.createTask(() => sleep(1));
        return [createTask(() => sleep(40, "outsider"))] as const;
      });
      assert.equal(outsider[0].done(), false);
      assert.equal(await outsider[0], "outsider");
    }));

  it("an error that came when its caller had ended already is reported [TG-11]", () =>
    run(async () => {
      const reports = collectReports();
      const error = new Error("too late for the caller");
      const over = new Event();
      const left: Promise<void>[] = [];
      const forgetful = createTask(async () => {
        const forgotten = taskGroup(async (group) => {
          group.createTask(async () => {
            await sleep(2);
            throw error;
          });
          await over.wait();
        });
        left.push(forgotten.catch(() => undefined));
      });
      await forgetful;
      while (reports.length === 0) await sleep(1);
      over.set();
      await Promise.all(left);
      assert.deepEqual(
        reports.map((report) => report.exception),
        [error],
      );
      assert.match(reports[0]?.message ?? "", /already/);
    }));
});

/** Python 3.14: the errors of tasks that are done when createTask returns wait for the next turn, too (3.13.0: at once). */
describeOnLoops("eager tasks of a group", ({ it, run }) => {
  it("start within createTask, and count until the group has seen their end [TG-02]", () =>
    run(async () => {
      const steps: string[] = [];
      await taskGroup(async (group) => {
        const task = group.createTask(() => steps.push("started"), { eagerStart: true });
        steps.push(`done ${task.done()}`);
        await group.createTask(() => checkpoint(), { eagerStart: true });
      });
      assert.deepEqual(steps, ["started", "done true"]);
    }));

  it("that fail at once do not strike inside createTask, but at the body's next wait [TG-02 TG-04]", () =>
    run(async () => {
      const steps: string[] = [];
      const error = new Error("at once");
      const running = taskGroup(async (group) => {
        const task = group.createTask(
          () => {
            throw error;
          },
          { eagerStart: true },
        );
        steps.push(`done ${task.done()}, cancelling ${currentTask()?.cancelling()}`);
        group.createTask(() => steps.push("the next one is accepted"), { eagerStart: true });
        try {
          await never();
        } finally {
          steps.push("interrupted");
        }
      });
      await assert.rejects(running, ({ errors }: AggregateError) => {
        assert.deepEqual(errors, [error]);
        return true;
      });
      assert.deepEqual(steps, ["done true, cancelling 0", "the next one is accepted", "interrupted"]);
    }));

  it("have currentTask() and the caller keeps its own [TG-02]", () =>
    run(async (main) => {
      await taskGroup(async (group) => {
        const seen: unknown[] = [];
        const task = group.createTask(() => seen.push(currentTask()), { eagerStart: true });
        assert.deepEqual(seen, [task]);
        assert.equal(currentTask(), main);
      });
    }));

  it("pass the options of createTask on: name, abandonOnCancel, signal [TG-02]", () =>
    run(async () => {
      const task = await taskGroup(async (group) => [
        group.createTask(never, { name: "reader", signal: AbortSignal.abort("before") }),
      ]);
      assert.equal(task[0]?.name, "reader");
      await assert.rejects(task[0] ?? sleep(0), isCancelled);
    }));
});
