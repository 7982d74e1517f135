import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { setTimeout as hostSleep } from "node:timers/promises";
import { checkpoint, createTask, isCancelled, sleep, type Task, taskGroup, timeout } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";

const MANY = 100_000;

describeOnLoops("group.createTask({ signal })", ({ it, run }) => {
  it("cancels that task alone when the signal aborts [TG-05]", () =>
    run(async () => {
      const controller = new AbortController();
      const [cancelled, other] = await taskGroup(async (group) => {
        const task = group.createTask(never, { signal: controller.signal });
        await checkpoint();
        controller.abort();
        return [task, group.createTask(() => sleep(1, "other"))] as const;
      });
      assert.equal(cancelled.cancelled(), true);
      assert.equal(other.result(), "other");
    }));

  it("keeps no listener on a signal that outlives many short tasks [TG-02]", () =>
    run(async () => {
      const { signal } = new AbortController();
      await taskGroup(async (group) => {
        for (let count = 0; count < MANY / 2; count += 1000) {
          const batch: Task<void>[] = [];
          for (let n = 0; n < 1000; n++) batch.push(group.createTask(() => undefined, { signal }));
          await batch.at(-1);
        }
      });
      assert.equal(getEventListeners(signal, "abort").length, 0);
    }));
});

describeOnLoops("an AbortSignal that lives long", ({ it, run }) => {
  it("keeps no listener of tasks that ended, failed or were cancelled [TASK-12]", () =>
    run(async () => {
      const { signal } = new AbortController();
      const tasks = [
        createTask(checkpoint, { signal }),
        createTask(
          async () => {
            throw new Error("a");
          },
          { signal },
        ),
        createTask(never, { signal }),
        createTask(never, { signal }),
      ];
      assert.ok(getEventListeners(signal, "abort").length > 0);
      tasks[2]?.cancel();
      await checkpoint();
      tasks[3]?.cancel();
      await Promise.allSettled(tasks);
      assert.equal(getEventListeners(signal, "abort").length, 0);
    }));

  it("keeps no listener of 50,000 short tasks [TASK-12]", () =>
    run(async () => {
      const { signal } = new AbortController();
      for (let count = 0; count < MANY / 2; count += 1000) {
        const batch = Array.from({ length: 1000 }, () => createTask(() => undefined, { signal }));
        await batch.at(-1);
      }
      await checkpoint();
      assert.equal(getEventListeners(signal, "abort").length, 0);
    }));

  it("aborts a whole group through the task that runs it [TG-08]", () =>
    run(async () => {
      const controller = new AbortController();
      const ended: string[] = [];
      const work = () =>
        taskGroup(async (group) => {
          for (const name of ["a", "b"]) group.createTask(() => never().finally(() => void ended.push(name)));
        });
      const task = createTask(work, { signal: controller.signal });
      await sleep(1);
      controller.abort(new Error("Esc"));
      await assert.rejects(task, { code: "GYRE_CANCELLED", message: "Esc" });
      assert.deepEqual(ended, ["a", "b"]);
    }));
});

describeOnLoops("task.signal within groups and timeouts", ({ it, run }) => {
  it("aborts the work of the host's in all tasks of a group that ends [TG-04]", () =>
    run(async () => {
      const signals: AbortSignal[] = [];
      const running = taskGroup(async (group) => {
        for (let count = 0; count < 3; count++) {
          group.createTask((self) => {
            signals.push(self.signal);
            return hostSleep(60_000, undefined, { signal: self.signal });
          });
        }
        await checkpoint();
        throw new Error("body");
      });
      await assert.rejects(running, AggregateError);
      assert.deepEqual(
        signals.map((signal) => signal.aborted),
        [true, true, true],
      );
    }));

  it("ends without an error when cancelled work of the host's throws AbortError [TG-05 TG-14]", () =>
    run(async () => {
      const value = await taskGroup(async (group) => {
        const task = group.createTask((self) => hostSleep(60_000, undefined, { signal: self.signal }));
        await checkpoint();
        group.cancel();
        return [task];
      });
      assert.equal(value[0]?.cancelled(), true);
    }));

  it("ends work of the host's at a deadline, and the error is the deadline's [TO-05]", () =>
    run(async (main) => {
      const work = async () => {
        await hostSleep(60_000, undefined, { signal: main.signal });
      };
      await assert.rejects(timeout(2, work), { code: "GYRE_TIMEOUT" });
      assert.equal(main.cancelling(), 0);
      assert.equal(main.signal.aborted, false);
    }));

  it("leaves no listener on the task's signal behind work that ended [TASK-12]", () =>
    run(async (main) => {
      for (let count = 0; count < 20; count++) await hostSleep(0, undefined, { signal: main.signal });
      assert.equal(getEventListeners(main.signal, "abort").length, 0);
      const task = createTask(never, { signal: main.signal });
      await checkpoint();
      task.cancel();
      await assert.rejects(task, isCancelled);
      assert.equal(getEventListeners(main.signal, "abort").length, 0);
    }));
});
