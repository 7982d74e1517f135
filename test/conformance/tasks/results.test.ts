import assert from "node:assert/strict";
import {
  CancelledError,
  checkpoint,
  createTask,
  Future,
  InvalidStateError,
  isCancelled,
  newEventLoop,
  RuntimeError,
  sleep,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { errorOf } from "../support/pending.ts";

describeOnLoops("the outcome of a task", ({ it, run }) => {
  it("is the value that the function returns [TASK-15]", () =>
    run(async () => {
      const task = createTask(async () => "value");
      assert.equal(task.done(), false);
      assert.equal(await task, "value");
      assert.equal(task.done(), true);
      assert.equal(task.cancelled(), false);
      assert.equal(task.result(), "value");
      assert.equal(task.exception(), null);
    }));

  it("is the very error that the function throws [TASK-15 TASK-31]", () =>
    run(async () => {
      const error = new Error("mine");
      const task = createTask(async () => {
        await checkpoint();
        throw error;
      });
      await assert.rejects(task, (thrown) => thrown === error);
      assert.equal(task.exception(), error);
      assert.equal(errorOf(task), error);
      assert.equal(task.cancelled(), false);
    }));

  it("keeps what is thrown though it is no error [TASK-31]", () =>
    run(async () => {
      const task = createTask(() => {
        throw "a string";
      });
      await assert.rejects(task, (thrown) => thrown === "a string");
      assert.equal(task.exception(), "a string");
    }));

  it("cannot be asked for while the task runs [TASK-15 EXC-02]", () =>
    run(async () => {
      const task = createTask(checkpoint);
      assert.throws(() => task.result(), InvalidStateError);
      assert.throws(() => task.exception(), { code: "GYRE_INVALID_STATE" });
      await task;
    }));

  it("cannot be set from outside [TASK-04]", () =>
    run(async () => {
      const task = createTask(async () => 1);
      assert.throws(() => task.setResult(2), RuntimeError);
      assert.throws(() => task.setException(new Error("no")), { code: "GYRE_NOT_FOR_TASKS" });
      assert.equal(await task, 1);
    }));

  it("is cancelled when the function throws a CancelledError of its own accord [TASK-15]", () =>
    run(async () => {
      const task = createTask(async () => {
        throw new CancelledError("my own idea");
      });
      await assert.rejects(task, { code: "GYRE_CANCELLED", message: "my own idea" });
      assert.equal(task.cancelled(), true);
      assert.equal(task.cancelling(), 0);
      assert.throws(() => task.exception(), isCancelled);
    }));

  it("is cancelled when the task awaits a future that somebody cancels [TASK-15]", () =>
    run(async () => {
      const future = new Future<void>();
      const task = createTask(async () => {
        await future;
      });
      await checkpoint();
      future.cancel();
      await assert.rejects(task, isCancelled);
      assert.equal(task.cancelled(), true);
      assert.equal(task.cancelling(), 0);
    }));

  it("can be awaited by many and again and again [TASK-15]", () =>
    run(async () => {
      const task = createTask(() => sleep(1, "shared"));
      const readers = [createTask(async () => task), createTask(async () => task)];
      for (const reader of readers) assert.equal(await reader, "shared");
      assert.equal(await task, "shared");
      assert.equal(await task, "shared");
    }));

  it("wakes those who wait in the order in which they began to wait [TASK-11 TASK-12]", () =>
    run(async () => {
      const future = new Future<void>();
      const order: number[] = [];
      const tasks = [0, 1, 2, 3].map((number) =>
        createTask(async () => {
          await future;
          order.push(number);
        }),
      );
      await checkpoint();
      future.setResult();
      for (const task of tasks) await task;
      assert.deepEqual(order, [0, 1, 2, 3]);
    }));

  it("tells done callbacks on a later turn, with the task [FUT-09 TASK-11]", () =>
    run(async () => {
      const seen: unknown[] = [];
      const task = createTask(async () => 1);
      task.addDoneCallback((done) => seen.push(done));
      assert.deepEqual(seen, []);
      await task;
      await checkpoint();
      assert.deepEqual(seen, [task]);
    }));
});

describeOnLoops("a task that awaits what it must not", ({ it, run, name }) => {
  it("gets an error when it awaits itself, instead of waiting for ever [TASK-10]", () =>
    run(async () => {
      const task: Future<unknown> = createTask(async () => {
        await checkpoint();
        await task;
      });
      await assert.rejects(task, { code: "GYRE_AWAITS_ITSELF" });
    }));

  it("gets an error when it awaits a future of another loop, and may go on [TASK-10]", () =>
    run(async () => {
      const other = await newEventLoop(name);
      const task = createTask(async () => {
        await assert.rejects(other.createFuture(), { code: "GYRE_OTHER_LOOP" });
        return "went on";
      });
      assert.equal(await task, "went on");
      await other.close();
    }));

  it("gets the value of a future of another loop that is done already [TASK-10 FUT-12]", () =>
    run(async () => {
      const other = await newEventLoop(name);
      const future = other.createFuture<string>();
      future.setResult("done");
      assert.equal(await future, "done");
      await other.close();
    }));
});
