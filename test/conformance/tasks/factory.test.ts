import assert from "node:assert/strict";
import {
  Context,
  createEagerTaskFactory,
  createTask,
  type EventLoop,
  gather,
  getRunningLoop,
  Task,
  type TaskFactory,
  type TaskOptions,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";

class OwnTask<T> extends Task<T> {}

describeOnLoops("a task factory", ({ it, run }) => {
  it("is none at first [EXT-03]", () =>
    run(async () => {
      assert.equal(getRunningLoop().getTaskFactory(), null);
    }));

  it("makes the tasks of createTask, gather and the loop [EXT-03 TASK-02]", () =>
    run(async () => {
      const loop = getRunningLoop();
      let made = 0;
      const factory: TaskFactory = (own, coroutine, options) => {
        made++;
        return new OwnTask(coroutine, { ...options, loop: own });
      };
      loop.setTaskFactory(factory);
      assert.equal(loop.getTaskFactory(), factory);
      const task = createTask(async () => 1);
      assert.ok(task instanceof OwnTask);
      assert.deepEqual(await gather([task, async () => 2]), [1, 2]);
      await loop.createTask(async () => 3);
      assert.equal(made, 3);
      loop.setTaskFactory(null);
      assert.equal(loop.getTaskFactory(), null);
      assert.ok(!(createTask(async () => 4) instanceof OwnTask));
    }));

  it("is given the loop, the coroutine and every option [EXT-03 TASK-02]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const context = new Context();
      const { signal } = new AbortController();
      const seen: [EventLoop, unknown, TaskOptions][] = [];
      loop.setTaskFactory((own, coroutine, options) => {
        seen.push([own, coroutine, options]);
        return new Task(coroutine, { ...options, loop: own });
      });
      const coroutine = async (): Promise<void> => {};
      const task = createTask(coroutine, { name: "named", context, signal });
      assert.deepEqual(seen, [[loop, coroutine, { name: "named", context, signal }]]);
      assert.equal(task.name, "named");
      assert.equal(task.context, context);
    }));

  it("does not name a task that was given no name [TASK-02]", () =>
    run(async () => {
      getRunningLoop().setTaskFactory(
        (loop, coroutine, options) => new Task(coroutine, { ...options, loop }),
      );
      assert.match(createTask(async () => 1).name, /^Task-\d+$/);
    }));

  it("passes on what it throws [EXT-03 TASK-02]", () =>
    run(async () => {
      const error = new RangeError("no more tasks");
      getRunningLoop().setTaskFactory(() => {
        throw error;
      });
      assert.throws(() => createTask(async () => 1), error);
      getRunningLoop().setTaskFactory(null);
    }));

  it("must be a function or null [EXT-03]", () =>
    run(async () => {
      for (const wrong of [undefined, 1, "factory", {}]) {
        assert.throws(() => getRunningLoop().setTaskFactory(wrong as unknown as TaskFactory), {
          code: "GYRE_INVALID_ARGUMENT",
        });
      }
    }));

  it("can make eager tasks of a class of one's own [TASK-32]", () =>
    run(async () => {
      getRunningLoop().setTaskFactory(createEagerTaskFactory(OwnTask));
      const task = createTask(() => 1, { name: "mine" });
      assert.ok(task instanceof OwnTask);
      assert.equal(task.done(), true);
      assert.equal(task.name, "mine");
      assert.equal(createTask(() => 2, { eagerStart: false }).done(), false);
    }));
});
