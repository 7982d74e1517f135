import assert from "node:assert/strict";
import { checkpoint, createTask, Future, gather, isCancelled, sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { errorOf, never } from "../support/pending.ts";

function failing(message: string): () => Promise<never> {
  return async () => {
    await checkpoint();
    throw new Error(message);
  };
}

describeOnLoops("cancelling gather", ({ it, run }) => {
  it("cancels every child that is not done [WAIT-05]", () =>
    run(async () => {
      const [first, second] = [createTask(never), createTask(never)];
      const done = createTask(async () => "done");
      const gathering = gather([first, done, second]);
      await sleep(1);
      assert.equal(gathering.cancel("stop"), true);
      await assert.rejects(gathering, { message: "stop" });
      assert.deepEqual([first.cancelled(), second.cancelled(), done.result()], [true, true, "done"]);
      assert.equal(gathering.cancelled(), false);
    }));

  it("happens when the task that awaits it is cancelled [WAIT-05 TASK-19]", () =>
    run(async () => {
      const child = createTask(never);
      const outer = createTask(async () => gather([child, () => sleep(60_000)]));
      await sleep(1);
      outer.cancel();
      await assert.rejects(outer, isCancelled);
      assert.equal(child.cancelled(), true);
      assert.equal(outer.cancelled(), true);
    }));

  it("waits for all children when errors are results, and then throws [WAIT-05]", () =>
    run(async () => {
      const steps: string[] = [];
      const work = async (label: string, delay: number): Promise<void> => {
        try {
          await never();
        } finally {
          await sleep(delay);
          steps.push(label);
        }
      };
      const gathering = gather([() => work("slow", 60), () => work("quick", 1)], { returnExceptions: true });
      await checkpoint();
      gathering.cancel();
      await assert.rejects(gathering, isCancelled);
      assert.deepEqual(steps, ["quick", "slow"]);
      assert.equal(gathering.cancelled(), false);
    }));

  it("ends at the first cancelled child otherwise [WAIT-05]", () =>
    run(async () => {
      const gate = new Future<void>();
      const slow = createTask(async () => {
        try {
          await never();
        } finally {
          await gate;
        }
      });
      const gathering = gather([createTask(never), slow]);
      await checkpoint();
      gathering.cancel();
      await assert.rejects(gathering, isCancelled);
      assert.equal(slow.done(), false);
      gate.setResult();
      await assert.rejects(slow, isCancelled);
    }));

  it("is refused when all children are done, and their results survive [WAIT-05]", () =>
    run(async () => {
      const [a, b] = [new Future<number>(), new Future<number>()];
      const gathering = gather([a, b]);
      a.setResult(1);
      b.setResult(2);
      assert.equal(gathering.cancel(), false);
      assert.deepEqual(await gathering, [1, 2]);
      assert.equal(gathering.cancel(), false);
    }));

  it("does nothing to the siblings once it has failed [WAIT-03 WAIT-05]", () =>
    run(async () => {
      const sibling = createTask(() => sleep(3, "ran on"));
      const gathering = gather([failing("first"), sibling]);
      await assert.rejects(gathering, { message: "first" });
      assert.equal(gathering.cancel(), false);
      assert.equal(await sibling, "ran on");
    }));

  it("may be refused by children that go on [WAIT-05]", () =>
    run(async () => {
      const stubborn = createTask(async () => {
        await assert.rejects(never(), isCancelled);
        return "stubborn";
      });
      const gathering = gather([stubborn], { returnExceptions: true });
      await checkpoint();
      gathering.cancel();
      await assert.rejects(gathering, isCancelled);
      assert.equal(stubborn.result(), "stubborn");
      assert.ok(isCancelled(errorOf(gathering)));
    }));
});
