import assert from "node:assert/strict";
import { threadId } from "node:worker_threads";
import type * as gyreModule from "gyre";
import { ContextVar, copyContext, getRunningLoop, toThread } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { guardWorkers } from "./workers.ts";

const GYRE = import.meta.resolve("gyre");
const user = new ContextVar<unknown>("to-thread-user", { default: "nobody" });

async function readUser(gyre: string): Promise<unknown> {
  const { ContextVar: Variable } = (await import(gyre)) as typeof gyreModule;
  const own = new Variable<unknown>("to-thread-user", { default: "nobody" });
  const seen = own.get();
  own.set("set in the thread");
  return [seen, own.get()];
}

describeOnLoops("toThread", ({ it, run }) => {
  guardWorkers();

  it("runs in another thread [WAIT-14]", () =>
    run(async () => {
      const other = await toThread(async () => (await import("node:worker_threads")).threadId);
      assert.notEqual(other, threadId);
    }));

  it("takes the context variables along that can be copied, and brings none back [WAIT-14 CTX-05]", () =>
    run(async () => {
      const context = copyContext();
      const [seen, shown] = await context.run(async () => {
        user.set({ name: "ada" });
        const found = await toThread(readUser, GYRE);
        return [found, user.get()];
      });
      assert.deepEqual(seen, [{ name: "ada" }, "set in the thread"]);
      assert.deepEqual(shown, { name: "ada" });
      user.set(() => "a function stays here");
      assert.deepEqual(await toThread(readUser, GYRE), ["nobody", "set in the thread"]);
    }));

  it("does, and runInExecutor does not [CTX-05 EXE-01]", () =>
    run(async () => {
      user.set("ada");
      const found = await getRunningLoop().runInExecutor(null, readUser, GYRE);
      assert.deepEqual(found, ["nobody", "set in the thread"]);
    }));
});
