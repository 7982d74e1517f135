import assert from "node:assert/strict";
import { inspect } from "node:util";
import { checkpoint, sleep, TaskGroup, Timeout, taskGroup, timeout } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";

describeOnLoops("a task group shown", ({ it, run }) => {
  it("tells its tasks, its errors and its state [TG-15]", () =>
    run(async () => {
      const seen: string[] = [];
      const group = new TaskGroup();
      seen.push(String(group));
      await group
        .run(async () => {
          seen.push(String(group));
          group.createTask(never);
          group.createTask(never);
          seen.push(String(group));
          group.createTask(async () => {
            throw new Error("a");
          });
          await never().catch(() => undefined);
          seen.push(String(group));
        })
        .catch(() => undefined);
      seen.push(String(group));
      assert.match(seen[0] ?? "", /^<TaskGroup( created)?>$/);
      assert.match(seen[1] ?? "", /^<TaskGroup (open|entered)>$/);
      assert.match(seen[2] ?? "", /^<TaskGroup tasks=2 (open|entered)>$/);
      assert.match(seen[3] ?? "", /^<TaskGroup (tasks=2 )?errors=1 cancelling>$/);
      assert.doesNotMatch(seen[4] ?? "", /tasks=/);
    }));

  it("looks the same in the console [TG-15]", () =>
    run(async () => {
      await taskGroup(async (group) => {
        group.createTask(() => sleep(1));
        assert.equal(inspect(group), String(group));
        assert.equal(inspect({ group }), `{ group: ${String(group)} }`);
      });
    }));

  it("has statistics, a snapshot that cannot be changed [TG-15]", () =>
    run(async () => {
      const group = new TaskGroup();
      assert.deepEqual(group.statistics(), { tasks: 0, errors: 0, state: "created" });
      const before = await group.run(async () => {
        group.createTask(() => sleep(1));
        const snapshot = group.statistics();
        await checkpoint();
        return snapshot;
      });
      assert.deepEqual(before, { tasks: 1, errors: 0, state: "open" });
      assert.deepEqual(group.statistics(), { tasks: 0, errors: 0, state: "finished" });
    }));

  it("counts only the tasks that run [TG-03]", () =>
    run(async () => {
      const counts = await taskGroup(async (group) => {
        const seen: number[] = [];
        for (let count = 0; count < 6; count++) {
          group.createTask(() => sleep(1));
          await sleep(3);
          seen.push(group.statistics().tasks);
        }
        return seen;
      });
      assert.deepEqual(counts, [0, 0, 0, 0, 0, 0]);
    }));
});

describeOnLoops("a timeout shown", ({ it, run }) => {
  it("tells its state, and its deadline while it is active [TO-11]", () =>
    run(async () => {
      const scope = new Timeout(12.3456);
      assert.equal(String(scope), "<Timeout [created]>");
      await timeout(60_000, async (active) => {
        assert.match(String(active), /^<Timeout \[active\] when=\d+(\.\d{1,3})?>$/);
        assert.equal(inspect({ active }), `{ active: ${String(active)} }`);
        active.reschedule(null);
        assert.equal(String(active), "<Timeout [active] when=null>");
      });
    }));

  it("tells that it has expired, or has finished in time [TO-11]", () =>
    run(async () => {
      const finished = await timeout(60_000, async (scope) => scope);
      assert.equal(String(finished), "<Timeout [finished]>");
      const seen: string[] = [];
      const expired = await timeout(1, async (scope) => {
        await never().catch(() => undefined);
        seen.push(String(scope));
        return scope;
      });
      assert.deepEqual(seen, ["<Timeout [expiring]>"]);
      assert.equal(String(expired), "<Timeout [expired]>");
    }));
});
