import assert from "node:assert/strict";
import { inspect } from "node:util";
import { checkpoint, createTask, isCancelled, sleep, type Task } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";

async function download(): Promise<void> {
  await never();
}

function printed(task: Task<unknown>, limit?: number): string {
  let text = "";
  const file = { write: (chunk: string) => void (text += chunk) };
  task.printStack({ file, ...(limit === undefined ? {} : { limit }) });
  return text;
}

describeOnLoops("how a task looks", ({ it, run }) => {
  it("shows its state, its name and its function [TASK-24]", () =>
    run(async () => {
      const task = createTask(download, { name: "loader" });
      for (const text of [String(task), inspect(task)]) {
        assert.match(text, /^<Task pending name='loader' coro=<download\(\)>/);
      }
      task.cancel();
      assert.match(String(task), /^<Task cancelling /);
      await assert.rejects(task, isCancelled);
      assert.match(String(task), /^<Task cancelled /);
    }));

  it("shows what it waits for [TASK-24]", () =>
    run(async () => {
      const task = createTask(download);
      await checkpoint();
      assert.match(String(task), /wait_for=<Future pending>/);
      task.cancel();
      await assert.rejects(task, isCancelled);
      assert.doesNotMatch(String(task), /wait_for/);
    }));

  it("shows its result, or its error, in short [TASK-24]", () =>
    run(async () => {
      const good = createTask(async () => "x".repeat(500));
      const bad = createTask(async () => {
        throw new RangeError("too far");
      });
      await good;
      await assert.rejects(bad);
      assert.match(String(good), /^<Task finished .* result="xxx/);
      assert.ok(String(good).length < 200);
      assert.match(String(bad), /^<Task finished .* exception=RangeError\("too far"\)/);
    }));

  it("shows where it was created in debug mode only [TASK-24 FUT-22]", () =>
    run(
      async (main) => {
        main.getLoop().slowCallbackDuration = Infinity; // debug mode finds a loaded machine slow
        const task = createTask(checkpoint);
        assert.match(String(task), /created at .*inspection\.test/);
        await task;
        main.getLoop().setDebug(false);
        assert.doesNotMatch(String(createTask(checkpoint)), /created at/);
      },
      { debug: true },
    ));

  it("never asks a result for its text [TASK-24 RUN-06]", () =>
    run(async () => {
      const shy = {
        toString: () => assert.fail("asked for its text"),
        [inspect.custom]: () => assert.fail("inspected"),
      };
      const task = createTask(() => shy);
      await task;
      assert.match(String(task), /result=/);
      assert.match(inspect(task), /result=/);
    }));

  it("can be asked for its function, also when it is done [TASK-06]", () =>
    run(async () => {
      const task = createTask(checkpoint);
      assert.equal(task.getCoro(), checkpoint);
      await task;
      assert.equal(task.getCoro(), checkpoint);
    }));
});

describeOnLoops("the stack of a task", ({ it, run }) => {
  it("names the function of a task that has not started, or waits [TASK-08]", () =>
    run(async () => {
      const task = createTask(download);
      assert.equal(task.getStack()[0]?.function, "download");
      await checkpoint();
      assert.equal(task.getStack().length, 1);
      assert.equal(task.getStack().at(-1)?.function, "download");
      task.cancel();
      await assert.rejects(task, isCancelled);
    }));

  it("leads to the line of the await in debug mode [TASK-08]", () =>
    run(
      async () => {
        const task = createTask(download);
        await checkpoint();
        const frame = task.getStack().at(-1);
        assert.match(frame?.file ?? "", /inspection\.test/);
        assert.ok((frame?.line ?? 0) > 1);
        task.cancel();
        await assert.rejects(task, isCancelled);
      },
      { debug: true },
    ));

  it("is that of the error when the task has failed, oldest call first [TASK-08]", () =>
    run(async () => {
      const inner = (): never => {
        throw new Error("deep");
      };
      const task = createTask(function outer() {
        inner();
      });
      await assert.rejects(task);
      const names = task.getStack().map((frame) => frame.function);
      assert.match(names.at(-1) ?? "", /inner/);
      assert.match(names.at(-2) ?? "", /outer/);
    }));

  it("keeps the oldest frames of an error under a limit [TASK-08]", () =>
    run(async () => {
      const task = createTask(() => {
        throw new Error("deep");
      });
      await assert.rejects(task);
      const all = task.getStack();
      assert.deepEqual(task.getStack({ limit: 1 }), all.slice(0, 1));
      assert.deepEqual(task.getStack({ limit: 0 }), []);
      assert.deepEqual(task.getStack({ limit: 1000 }), all);
    }));

  it("is empty when the task has a result or was cancelled [TASK-08]", () =>
    run(async () => {
      const good = createTask(async () => 1);
      const cancelled = createTask(never);
      await good;
      cancelled.cancel();
      await assert.rejects(cancelled, isCancelled);
      assert.deepEqual(good.getStack(), []);
      assert.deepEqual(cancelled.getStack(), []);
    }));

  it("is printed with a headline that tells what it is [TASK-09]", () =>
    run(async () => {
      const waiting = createTask(download);
      const failed = createTask(() => {
        throw new Error("boom");
      });
      await assert.rejects(failed);
      assert.match(printed(waiting), /^Stack for <Task pending .*\(most recent call last\):\n {2}.*download/);
      assert.match(printed(failed), /^Traceback for <Task finished .*\n[^]*boom/);
      waiting.cancel();
      await assert.rejects(waiting, isCancelled);
      assert.match(printed(waiting), /^No stack for <Task cancelled /);
    }));

  it("prints no more frames than the limit [TASK-09]", () =>
    run(async () => {
      const failed = createTask(async () => {
        await sleep(1);
        throw new Error("boom");
      });
      await assert.rejects(failed);
      assert.equal(printed(failed, 1).split("\n  ").length, 2);
    }));
});
