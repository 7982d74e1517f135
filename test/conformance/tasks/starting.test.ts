import assert from "node:assert/strict";
import {
  allTasks,
  checkpoint,
  createTask,
  currentTask,
  getRunningLoop,
  newEventLoop,
  sleep,
  Task,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";

describeOnLoops("starting tasks", ({ it, run, name }) => {
  it("does not start a task before its creator waits [TASK-01]", () =>
    run(async () => {
      const steps: string[] = [];
      const task = createTask(async () => {
        steps.push("task");
      });
      steps.push("creator");
      await task;
      assert.deepEqual(steps, ["creator", "task"]);
    }));

  it("starts tasks in the order of their creation [TASK-01]", () =>
    run(async () => {
      const steps: number[] = [];
      for (let number = 0; number < 5; number++) createTask(() => void steps.push(number));
      await checkpoint();
      assert.deepEqual(steps, [0, 1, 2, 3, 4]);
    }));

  it("hands the coroutine its own task [TASK-03]", () =>
    run(async () => {
      const given: unknown[] = [];
      const task = createTask(async (self) => void given.push(self));
      await task;
      assert.deepEqual(given, [task]);
    }));

  it("takes a function that is not async and returns a plain value [TASK-03]", () =>
    run(async () => {
      assert.equal(await createTask(() => 7), 7);
    }));

  it("takes a function that throws at once, without throwing itself [TASK-03 TASK-31]", () =>
    run(async () => {
      const error = new Error("at once");
      const task = createTask(() => {
        throw error;
      });
      await assert.rejects(task, error);
    }));

  it("takes a function that returns a future or a foreign thenable [TASK-03 TASK-10]", () =>
    run(async () => {
      const foreign = {
        then: (resolve: (value: string) => void) => resolve("foreign"),
      } as PromiseLike<string>;
      assert.equal(await createTask(() => sleep(1, "future")), "future");
      assert.equal(await createTask(() => foreign), "foreign");
    }));

  it("starts a task that the loop makes while nobody runs the loop as soon as it runs [TASK-02]", async () => {
    const loop = await newEventLoop(name);
    const task = loop.createTask(async () => "later");
    await new Promise((resolve) => setTimeout(resolve, 2));
    assert.equal(task.done(), false);
    assert.equal(await loop.runUntilComplete(task), "later");
    await loop.close();
  });

  it("belongs to the running loop [TASK-01 FUT-11]", () =>
    run(async () => {
      const task = createTask(async () => getRunningLoop());
      assert.equal(task.getLoop(), getRunningLoop());
      assert.equal(await task, getRunningLoop());
    }));

  it("can be made with the constructor [TASK-03 EXT-04]", () =>
    run(async () => {
      const task = new Task(async () => 1, { name: "own", loop: getRunningLoop() });
      assert.equal(task.name, "own");
      assert.equal(await task, 1);
    }));
});

describeOnLoops("the names of tasks", ({ it, run }) => {
  it("numbers tasks without a name [TASK-05]", () =>
    run(async () => {
      const [first, second] = [createTask(checkpoint), createTask(checkpoint)];
      assert.match(first.name, /^Task-\d+$/);
      assert.equal(Number(second.name.slice(5)), Number(first.name.slice(5)) + 1);
      await second;
    }));

  it("takes a name, and turns any value into a string [TASK-05]", () =>
    run(async () => {
      const task = createTask(checkpoint, { name: 12 as unknown as string });
      assert.equal(task.name, "12");
      task.name = "renamed";
      assert.equal(task.name, "renamed");
      await task;
    }));

  it("names the main task [RUN-01 TASK-05]", () =>
    run(
      async (main) => {
        assert.equal(main.name, "main");
      },
      { name: "main" },
    ));
});

describeOnLoops("the current task", ({ it, run }) => {
  it("is null in a callback and outside of tasks [TASK-25]", async () => {
    assert.equal(currentTask(), null);
    await run(async () => {
      const seen = getRunningLoop().createFuture<unknown>();
      getRunningLoop().callSoon(() => seen.setResult(currentTask()));
      assert.equal(await seen, null);
    });
  });

  it("is the task itself, after every await [TASK-25]", () =>
    run(async () => {
      const task: Task<unknown> = createTask(async () => {
        const seen = [currentTask()];
        await checkpoint();
        seen.push(currentTask());
        await sleep(1);
        seen.push(currentTask());
        await Promise.resolve();
        seen.push(currentTask());
        return seen;
      });
      assert.deepEqual(await task, [task, task, task, task]);
    }));

  it("is right in tasks that interleave [TASK-25]", () =>
    run(async () => {
      const work = async (self: Task<unknown>): Promise<boolean> => {
        let right = true;
        for (let turn = 0; turn < 5; turn++) {
          right &&= currentTask() === self;
          await checkpoint();
        }
        return right;
      };
      const tasks = [createTask(work), createTask(work), createTask(work)];
      for (const task of tasks) assert.equal(await task, true);
    }));

  it("is null in what a task leaves behind when it is done [TASK-25]", () =>
    run(async () => {
      const seen = getRunningLoop().createFuture<unknown>();
      await createTask(() => {
        setTimeout(() => seen.setResult(currentTask()), 1);
      });
      assert.equal(await seen, null);
    }));
});

describeOnLoops("all tasks", ({ it, run }) => {
  it("are those of the loop that are not done [TASK-26]", () =>
    run(async (main) => {
      const waiting = createTask(never);
      const short = createTask(async () => 1);
      assert.deepEqual(allTasks(), new Set([main, waiting, short]));
      await short;
      assert.deepEqual(allTasks(getRunningLoop()), new Set([main, waiting]));
    }));

  it("is a set of its own, which changes nothing [TASK-26]", () =>
    run(async (main) => {
      allTasks().clear();
      assert.deepEqual([...allTasks()], [main]);
    }));

  it("holds a task that nobody kept [TASK-01]", () =>
    run(async () => {
      const done = getRunningLoop().createFuture<string>();
      createTask(async () => {
        await sleep(2);
        done.setResult("not lost");
      });
      assert.equal(await done, "not lost");
    }));
});
