/** Callbacks run where they were scheduled: context variables, other libraries' stores, the current loop and task. */

import { AsyncLocalStorage } from "node:async_hooks";
import { ContextVar } from "../../../core/context.ts";
import { createTask, currentTask, getRunningLoop } from "../../../tasks/current.ts";
import { sleep } from "../../../tasks/sleep.ts";
import { inside, outside, topic } from "../check.ts";
import { expect, expectEqual } from "../expect.ts";

export const contextChecks = topic(
  "context",
  [],
  [
    inside("a callback sees the variables of the moment", "CTX-02", async ({ loop }) => {
      const variable = new ContextVar<string>("check");
      const seen: (string | null)[] = [];
      const look = (): void => void seen.push(variable.get("none"));
      variable.set("soon");
      loop.callSoon(look);
      variable.set("later");
      loop.callLater(1, look);
      variable.set("afterwards");
      await sleep(3);
      expectEqual(seen, ["soon", "later"], "callSoon and callLater copy the context when they are called");
    }),
    inside("what a callback sets stays with it", "CTX-02", async ({ loop }) => {
      const variable = new ContextVar<string>("check");
      variable.set("mine");
      const seen: string[] = [];
      loop.callSoon(() => variable.set("of the callback"));
      loop.callSoon(() => void seen.push(variable.get()));
      await sleep(1);
      expectEqual([...seen, variable.get()], ["mine", "mine"], "a callback has a copy of its own");
    }),
    inside("a task keeps its variables over waits", "CTX-01", async () => {
      const variable = new ContextVar<number>("check");
      const work = (value: number) => async (): Promise<number> => {
        variable.set(value);
        await sleep(value);
        return variable.get();
      };
      const tasks = [3, 1, 2].map((value) => createTask(work(value)));
      const values: number[] = [];
      for (const task of tasks) values.push(await task);
      expectEqual(values, [3, 1, 2], "tasks do not share their context");
    }),
    inside("stores of other libraries flow into callbacks", "CTX-02", async ({ loop }) => {
      const store = new AsyncLocalStorage<string>();
      const seen: (string | undefined)[] = [];
      const look = (): void => void seen.push(store.getStore());
      store.run("a", () => loop.callSoon(look));
      loop.callSoon(look);
      store.run("b", () => loop.callLater(1, look));
      loop.callLater(1, look);
      await sleep(3);
      expectEqual(
        seen,
        ["a", undefined, "b", undefined],
        "a callback runs in the async context in which it was scheduled",
      );
    }),
    inside("a turn does not remember who asked for it", "CTX-02", async ({ loop }) => {
      const store = new AsyncLocalStorage<string>();
      const seen: (string | undefined)[] = [];
      const future = loop.createFuture<void>();
      const task = createTask(async () => {
        await future;
        seen.push(store.getStore());
      });
      await sleep(0);
      store.run("resolver", () => future.setResult());
      await task;
      expectEqual(seen, [undefined], "a woken task is in its own context, not in that of whoever woke it");
    }),
    inside("a callback belongs to the loop and to no task", "TASK-25", async ({ loop }) => {
      const seen: boolean[] = [];
      const look = (): void => void seen.push(currentTask() === null, getRunningLoop() === loop);
      loop.callSoon(look);
      loop.callLater(1, look);
      await sleep(3);
      expectEqual(seen, [true, true, true, true], "in callbacks and timers: [no current task, this loop]");
    }),
    outside("two loops do not mix", "RUN-01 TASK-25", async ({ loop, makeLoop }) => {
      const other = await makeLoop();
      const look = async (): Promise<unknown> => {
        await sleep(2);
        return getRunningLoop();
      };
      const [first, second] = await Promise.all([loop.runUntilComplete(look), other.runUntilComplete(look)]);
      expect(first === loop && second === other, "each loop's code knows its own loop", "they were mixed up");
    }),
  ],
);
