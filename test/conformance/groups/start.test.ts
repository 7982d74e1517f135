import assert from "node:assert/strict";
import {
  checkpoint,
  createTask,
  currentTask,
  ExceptionGroup,
  isCancelled,
  sleep,
  TaskGroup,
  taskGroup,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";

/** As trio's `nursery.start`; asyncio has nothing like it. */
describeOnLoops("group.start()", ({ it, run }) => {
  it("waits until the task says that it is ready, and gives what it says [TG-02]", () =>
    run(async () => {
      const steps: string[] = [];
      await taskGroup(async (group) => {
        const port = await group.start<number>(async (started) => {
          await sleep(2);
          steps.push("ready");
          started(8080);
          await sleep(2);
          steps.push("served");
        });
        steps.push(`port ${port}`);
      });
      assert.deepEqual(steps, ["ready", "port 8080", "served"]);
    }));

  it("hands the task to the function, which runs in it [TG-02]", () =>
    run(async () => {
      const same = await taskGroup((group) =>
        group.start<boolean>(async (started, self) => started(currentTask() === self)),
      );
      assert.equal(same, true);
    }));

  it("throws what the task throws before it is ready, and the group goes on [TG-04]", () =>
    run(async () => {
      const value = await taskGroup(async (group) => {
        const error = new Error("port in use");
        await assert.rejects(
          group.start(async () => {
            await checkpoint();
            throw error;
          }),
          error,
        );
        return group.createTask(() => sleep(1, "the group goes on"));
      });
      assert.equal(value, "the group goes on");
      assert.equal(currentTask()?.cancelling(), 0);
    }));

  it("makes an error of the group of what the task throws when it was ready [TG-04]", () =>
    run(async () => {
      const error = new Error("later");
      const running = taskGroup(async (group) => {
        await group.start<void>(async (started) => {
          started();
          await checkpoint();
          throw error;
        });
        await never();
      });
      await assert.rejects(running, (thrown: unknown) => {
        assert.ok(thrown instanceof ExceptionGroup);
        assert.deepEqual(thrown.errors, [error]);
        return true;
      });
    }));

  it("makes an error of the group of what the task throws in the very step in which it was ready [TG-04]", () =>
    run(async () => {
      const error = new Error("at once");
      const running = taskGroup(async (group) => {
        await group.start<void>(async (started) => {
          started();
          throw error;
        });
        await sleep(1);
      });
      await assert.rejects(running, ({ errors }: AggregateError) => {
        assert.deepEqual(errors, [error]);
        return true;
      });
    }));

  it("is refused when the task ends without saying that it is ready [TG-02]", () =>
    run(async () => {
      await taskGroup(async (group) => {
        await assert.rejects(
          group.start(async () => {}),
          { code: "GYRE_INVALID_STATE", message: /without calling started/ },
        );
      });
    }));

  it("may be told only once that the task is ready [TG-02]", () =>
    run(async () => {
      const running = taskGroup(async (group) => {
        await group.start<number>(async (started) => {
          started(1);
          started(2);
        });
        await sleep(1);
      });
      await assert.rejects(running, ({ errors }: AggregateError) => {
        assert.deepEqual(
          errors.map((error: { code: string }) => error.code),
          ["GYRE_INVALID_STATE"],
        );
        return true;
      });
    }));

  it("ends with a cancellation when the task is cancelled before it is ready [TG-05]", () =>
    run(async () => {
      await taskGroup(async (group) => {
        await assert.rejects(
          group.start(async (_started, self) => {
            self.cancel();
            await never();
          }),
          isCancelled,
        );
        assert.equal(currentTask()?.cancelling(), 0);
        await checkpoint();
      });
    }));

  it("cancels the task when the caller is cancelled before it is ready [TG-08]", () =>
    run(async () => {
      const steps: string[] = [];
      const task = createTask(() =>
        taskGroup(async (group) => {
          await group.start(() => never().finally(() => void steps.push("task ends")));
        }),
      );
      await sleep(1);
      task.cancel();
      await assert.rejects(task, isCancelled);
      assert.deepEqual(steps, ["task ends"]);
    }));

  it("keeps an error that the task throws when the caller was cancelled [TG-08]", () =>
    run(async () => {
      const error = new Error("in clean-up");
      const task = createTask(() =>
        taskGroup(async (group) => {
          await group.start(() =>
            never().finally(() => {
              throw error;
            }),
          );
        }),
      );
      await sleep(1);
      task.cancel();
      await assert.rejects(task, ({ errors }: AggregateError) => {
        assert.deepEqual(errors, [error]);
        return true;
      });
    }));

  it("waits in a caller that is a task of the group, too, and for several at once [TG-02]", () =>
    run(async () => {
      const ready = await taskGroup(async (group) => {
        const service = (name: string, delay: number) =>
          group.start<string>(async (started) => {
            await sleep(delay);
            started(name);
          });
        return Promise.all([service("slow", 4), service("fast", 1)]);
      });
      assert.deepEqual(ready, ["slow", "fast"]);
    }));

  it("ends when another task of the group fails meanwhile [TG-04]", () =>
    run(async () => {
      const error = new Error("sibling");
      const running = taskGroup(async (group) => {
        group.createTask(async () => {
          await checkpoint();
          throw error;
        });
        await group.start(never);
      });
      await assert.rejects(running, ({ errors }: AggregateError) => {
        assert.deepEqual(errors, [error]);
        return true;
      });
    }));

  it("is refused by a group that does not run, no longer runs, or shuts down [TG-02]", () =>
    run(async () => {
      const group = new TaskGroup();
      const refused = { code: "GYRE_INVALID_STATE" };
      await assert.rejects(group.start(never), refused);
      await group.run(async () => {
        group.createTask(checkpoint);
        group.cancel();
        await assert.rejects(group.start(never), refused);
      });
      await assert.rejects(group.start(never), refused);
    }));
});
