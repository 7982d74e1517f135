import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { EventEmitter, once } from "node:events";
import {
  checkpoint,
  ContextVar,
  createTask,
  currentTask,
  Future,
  getRunningLoop,
  newEventLoop,
  sleep,
  timeout,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";

const variable = new ContextVar<string>("variable", { default: "none" });
const storage = new AsyncLocalStorage<string>();

function here(): string {
  return [variable.get(), storage.getStore() ?? "none", currentTask()?.name ?? "none"].join(" ");
}

describeOnLoops("the context of the task that happened to arm a timer", ({ it, run, name }) => {
  it("does not leak into other tasks' timers and sleeps [CTX-01 CTX-02]", () =>
    run(async () => {
      const first = storage.run("first", () =>
        createTask(async () => {
          variable.set("first");
          await sleep(2); // arms the host's timer for all
        }),
      );
      const second = createTask(
        async () => {
          await sleep(2);
          return here();
        },
        { name: "second" },
      );
      const called = new Future<string>();
      getRunningLoop().callLater(3, () => called.setResult(here()));
      await first;
      assert.equal(await second, "none none second");
      assert.equal(await called, "none none none");
    }));

  it("does not leak into the tasks that its callSoon wakes [CTX-02]", () =>
    run(async () => {
      const future = new Future<void>();
      const waiter = createTask(
        async () => {
          await future;
          return here();
        },
        { name: "waiter" },
      );
      await checkpoint();
      const settler = storage.run("settler", () =>
        createTask(async () => {
          variable.set("settler");
          future.setResult();
        }),
      );
      await settler;
      assert.equal(await waiter, "none none waiter");
    }));

  it("does not leak into a loop that it stops, closes or makes [CTX-02]", async () => {
    const loop = await newEventLoop(name);
    await storage.run("maker", () => loop.runUntilComplete(async () => variable.set("in a task")));
    const seen = loop.createFuture<string>();
    loop.callSoon(() => seen.setResult(here()));
    assert.equal(await loop.runUntilComplete(seen), "none none none");
    await loop.close();
  });

  it("does not leak through a listener of an emitter that a task made [CTX-02]", () =>
    run(async () => {
      const emitter = new EventEmitter();
      const task = createTask(async () => {
        await once(emitter, "event");
        return here();
      });
      task.name = "listener";
      await checkpoint();
      const emitting = createTask(async () => {
        variable.set("emitter");
        emitter.emit("event");
      });
      await emitting;
      assert.equal(await task, "none none listener");
    }));

  it("does not leak into what follows a timeout block [CTX-01 TO-04]", () =>
    run(async () => {
      const other = storage.run("other", () =>
        createTask(async () => {
          variable.set("other");
          await assert.rejects(
            timeout(1, () => sleep(60_000)),
            { code: "GYRE_TIMEOUT" },
          );
          return here();
        }),
      );
      other.name = "timed";
      assert.equal(await other, "other other timed");
      await sleep(1);
      assert.match(here(), /^none none /);
    }));
});
