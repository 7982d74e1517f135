import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { checkpoint, createTask, Future, gather, isCancelled, run, sleep } from "gyre";
import { guardLeaks } from "../support/leaks.ts";

const RUNS = { numRuns: 60 };

describe("cancelling and uncancelling", () => {
  guardLeaks();

  it("counts as asyncio does, and delivers exactly when asked for more often than taken back [TASK-12 TASK-13 TASK-14]", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 12 }), (requests) =>
        run(async () => {
          let model = { count: 0, pending: false };
          const task = createTask(async (self) => {
            for (const cancel of requests) {
              if (cancel) {
                assert.equal(self.cancel(), true);
                model = { count: model.count + 1, pending: true };
              } else {
                const count = Math.max(model.count - 1, 0);
                model = { count, pending: model.pending && count > 0 };
                assert.equal(self.uncancel(), count);
              }
              assert.equal(self.cancelling(), model.count);
            }
            const delivered = await checkpoint().then(
              () => false,
              (error) => isCancelled(error),
            );
            assert.equal(delivered, model.pending);
            await checkpoint(); // one delivery, not two
            return delivered;
          });
          assert.equal(await task, model.pending);
        }),
      ),
      RUNS,
    ));

  it("ends a chain of tasks as a whole, wherever it is cut [TASK-19]", () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), fc.nat(), (depth, cut) =>
        run(async () => {
          const innermost = new Future<void>();
          const chain: Future<void>[] = [innermost];
          for (let level = 0; level < depth; level++) {
            const inner = chain[level] ?? innermost;
            chain.push(
              createTask(async () => {
                await inner;
              }),
            );
          }
          for (let level = 0; level <= depth; level++) await checkpoint();
          chain[cut % chain.length]?.cancel();
          await gather(chain, { returnExceptions: true });
          assert.deepEqual(
            chain.map((future) => future.cancelled()),
            chain.map(() => true),
          );
        }),
      ),
      RUNS,
    ));

  it("ends every task, and leaves no finally block twice, whoever is cancelled and when [TASK-12 TASK-20]", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ waits: fc.integer({ min: 0, max: 4 }), cancelAt: fc.integer({ min: 0, max: 6 }) }),
          {
            minLength: 1,
            maxLength: 6,
          },
        ),
        (plans) =>
          run(async () => {
            const entered = plans.map(() => 0);
            const left = plans.map(() => 0);
            const count = (counts: number[], index: number): void => {
              counts[index] = (counts[index] ?? 0) + 1;
            };
            const tasks = plans.map(({ waits }, index) =>
              createTask(async () => {
                count(entered, index);
                try {
                  for (let wait = 0; wait < waits; wait++) await (wait % 2 === 0 ? checkpoint() : sleep(0));
                } finally {
                  await checkpoint();
                  count(left, index);
                }
              }),
            );
            for (let turn = 0; turn <= 6; turn++) {
              for (const [index, { cancelAt }] of plans.entries())
                if (cancelAt === turn) tasks[index]?.cancel();
              await checkpoint();
            }
            await gather(tasks, { returnExceptions: true });
            // a cancellation may hit the wait of the finally block itself, which then is not passed
            for (const [index] of plans.entries()) {
              assert.ok((entered[index] ?? 0) <= 1);
              assert.ok((left[index] ?? 0) <= (entered[index] ?? 0));
              assert.equal(tasks[index]?.done(), true);
              if (!tasks[index]?.cancelled()) assert.equal(left[index], 1);
            }
          }),
      ),
      RUNS,
    ));
});
