import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import {
  checkpoint,
  Context,
  ContextVar,
  copyContext,
  createTask,
  currentTask,
  Future,
  gather,
  getRunningLoop,
  shield,
  sleep,
  waitFor,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";

const variable = new ContextVar<string>("variable", { default: "default" });

describeOnLoops("the context of a task", ({ it, run }) => {
  it("is a copy of its creator's at the time of creation [CTX-01]", () =>
    run(async () => {
      variable.set("creator");
      const task = createTask(async () => variable.get());
      variable.set("creator, later");
      assert.equal(await task, "creator");
    }));

  it("keeps what the task sets, through all its steps, and from everybody else [CTX-01]", () =>
    run(async () => {
      const work = async (value: string): Promise<string> => {
        variable.set(value);
        await checkpoint();
        variable.set(variable.get() + value);
        await sleep(1);
        return variable.get();
      };
      const tasks = [createTask(() => work("a")), createTask(() => work("b"))];
      assert.deepEqual(await gather(tasks), ["aa", "bb"]);
      assert.equal(variable.get(), "default");
    }));

  it("is shared by the async functions that the task awaits [CTX-01]", () =>
    run(async () => {
      const inner = async (): Promise<void> => {
        await checkpoint();
        variable.set("inner");
      };
      const task = createTask(async () => {
        await inner();
        return variable.get();
      });
      assert.equal(await task, "inner");
    }));

  it("can be given, and two tasks may share one [CTX-02 TASK-07]", () =>
    run(async () => {
      const context = new Context();
      const first = createTask(async () => void variable.set("first"), { context });
      assert.equal(first.context, context);
      await first;
      assert.equal(await createTask(async () => variable.get(), { context }), "first");
      assert.equal(variable.get(), "default");
    }));

  it("can be read from outside, with what the task has set [CTX-01 TASK-07]", () =>
    run(async () => {
      const task = createTask(async () => void variable.set("inside"));
      await task;
      assert.equal(task.context.get(variable), "inside");
    }));

  it("is copied again for tasks that gather, shield and ensureFuture make [CTX-01]", () =>
    run(async () => {
      variable.set("creator");
      const change = async (): Promise<string> => {
        const before = variable.get();
        variable.set("changed");
        return before;
      };
      assert.deepEqual(await gather([change, async () => change()]), ["creator", "creator"]);
      assert.equal(await shield(change), "creator");
      assert.equal(variable.get(), "creator");
    }));

  it("is the caller's own in waitFor, whose function runs in the current task [CTX-01 WAIT-08]", () =>
    run(async (main) => {
      await waitFor(async () => {
        assert.equal(currentTask(), main);
        variable.set("changed");
      }, 1000);
      assert.equal(variable.get(), "changed");
    }));
});

describeOnLoops("the context of a callback", ({ it, run }) => {
  it("is a copy of the one in which it was scheduled [CTX-02 SCHED-01]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const seen: string[] = [];
      variable.set("before");
      loop.callSoon(() => seen.push(variable.get()));
      loop.callLater(1, () => seen.push(variable.get()));
      loop.callAt(loop.time() + 2, () => seen.push(variable.get()));
      variable.set("after");
      await sleep(5);
      assert.deepEqual(seen, ["before", "before", "before"]);
    }));

  it("keeps what a callback sets from the others [CTX-02 SCHED-10]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const handle = loop.callSoon(() => variable.set("callback"));
      const seen = loop.createFuture<string>();
      loop.callSoon(() => seen.setResult(variable.get()));
      assert.equal(await seen, "default");
      assert.equal(handle.getContext().get(variable), "callback");
      assert.equal(variable.get(), "default");
    }));

  it("is another one when it is scheduled inside of context.run [CTX-02]", () =>
    run(async () => {
      const context = new Context();
      context.run(() => variable.set("other"));
      const seen = new Future<string>();
      context.run(() => getRunningLoop().callSoon(() => seen.setResult(variable.get())));
      assert.equal(await seen, "other");
    }));

  it("of a future is that of its registration, not of whoever settles it [CTX-02 FUT-09]", () =>
    run(async () => {
      const future = new Future<void>();
      const seen: string[] = [];
      variable.set("registered");
      future.addDoneCallback(() => seen.push(variable.get()));
      const settler = createTask(async () => {
        variable.set("settler");
        future.setResult();
      });
      await settler;
      await checkpoint();
      future.addDoneCallback(() => seen.push(variable.get()));
      await checkpoint();
      assert.deepEqual(seen, ["registered", "registered"]);
    }));

  it("of then() is that of the caller [CTX-02 FUT-12]", () =>
    run(async () => {
      const future = new Future<void>();
      variable.set("caller");
      const derived = future.then(() => variable.get());
      variable.set("later");
      copyContext().run(() => {
        variable.set("settler");
        future.setResult();
      });
      assert.equal(await derived, "later");
    }));
});

describeOnLoops("AsyncLocalStorage of other libraries", ({ it, run }) => {
  const storage = new AsyncLocalStorage<string>();

  it("flows into tasks and through their awaits [CTX-01]", () =>
    run(async () => {
      const work = async (): Promise<(string | undefined)[]> => {
        const seen = [storage.getStore()];
        await checkpoint();
        seen.push(storage.getStore());
        await sleep(1);
        seen.push(storage.getStore());
        await gather([sleep(1)]);
        seen.push(storage.getStore());
        return seen;
      };
      const tasks = ["a", "b"].map((id) => storage.run(id, () => createTask(work)));
      assert.deepEqual(await gather(tasks), [
        ["a", "a", "a", "a"],
        ["b", "b", "b", "b"],
      ]);
      assert.equal(storage.getStore(), undefined);
    }));

  it("flows into callbacks, timers and done callbacks as through setTimeout [CTX-02]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const future = new Future<void>();
      const seen: string[] = [];
      const note = (what: string) => (): void => void seen.push(`${what} ${storage.getStore()}`);
      storage.run("request", () => {
        loop.callSoon(note("soon"));
        loop.callLater(1, note("later"));
        future.addDoneCallback(note("done"));
      });
      storage.run("settler", () => future.setResult());
      await sleep(4);
      assert.deepEqual(seen.toSorted(), ["done request", "later request", "soon request"]);
    }));

  it("that a task enters stays with the task [CTX-01]", () =>
    run(async () => {
      const task = createTask(async () => {
        storage.enterWith("entered");
        await sleep(1);
        return storage.getStore();
      });
      assert.equal(await task, "entered");
      assert.equal(storage.getStore(), undefined);
    }));

  it("flows into main [CTX-01 RUN-01]", async () => {
    assert.equal(await storage.run("outside", () => run(async () => storage.getStore())), "outside");
  });
});
