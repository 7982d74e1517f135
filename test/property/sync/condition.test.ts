import assert from "node:assert/strict";
import { describe } from "node:test";
import * as fc from "fast-check";
import { Condition, createTask } from "gyre";
import { cancelAll, property, quiet, steps, turns } from "./support.ts";

type Step =
  | { readonly kind: "notify"; readonly n: number; readonly holdFor: number }
  | { readonly kind: "cancel"; readonly which: number }
  | { readonly kind: "turns"; readonly count: number };

const program = fc.record({
  waiters: fc.integer({ min: 1, max: 8 }),
  list: steps<Step>(
    fc.record({ kind: fc.constant("notify"), n: fc.integer({ min: 1, max: 3 }), holdFor: fc.nat(3) }),
    fc.record({ kind: fc.constant("cancel"), which: fc.nat(30) }),
    fc.record({ kind: fc.constant("turns"), count: fc.integer({ min: 1, max: 4 }) }),
  ),
});

describe("a condition under random cancellations", () => {
  property(
    "loses no notification, and everybody leaves with the lock [SYNC-07 SYNC-09]",
    program,
    async ({ waiters, list }) => {
      const condition = new Condition();
      let [woken, notified, inside] = [0, 0, 0];
      const tasks = Array.from({ length: waiters }, () =>
        createTask(async () => {
          await condition.acquire();
          try {
            await condition.wait();
            woken++;
          } finally {
            assert.equal(condition.locked(), true);
            assert.equal(inside++, 0, "two hold the lock");
            await turns(1).catch(() => undefined);
            inside--;
            condition.release();
          }
        }),
      );
      await quiet();
      for (const step of list) {
        if (step.kind === "turns") await turns(step.count);
        else if (step.kind === "cancel") tasks[step.which % tasks.length]?.cancel();
        else {
          await condition.runExclusive(async () => {
            condition.notify(step.n);
            notified += step.n;
            await turns(step.holdFor);
          });
        }
      }
      await quiet();
      const waiting = tasks.filter((task) => !task.done()).length;
      assert.deepEqual(condition.statistics(), { locked: false, waiters: waiting, lockWaiters: 0 });
      if (waiting > 0) assert.ok(woken >= notified, `${notified} notified, but ${woken} woken`);
      await cancelAll(tasks);
      assert.deepEqual(condition.statistics(), { locked: false, waiters: 0, lockWaiters: 0 });
    },
  );
});
