import assert from "node:assert/strict";
import { describe } from "node:test";
import * as fc from "fast-check";
import { Barrier, BrokenBarrierError, createTask, isCancelled, type Task } from "gyre";
import { cancelAll, property, quiet, steps, turns } from "./support.ts";

type Step =
  | { readonly kind: "arrive" | "reset" | "abort" }
  | { readonly kind: "cancel"; readonly which: number }
  | { readonly kind: "turns"; readonly count: number };

const common: readonly fc.Arbitrary<Step>[] = [
  fc.constant({ kind: "arrive" }),
  fc.constant({ kind: "arrive" }),
  fc.record({ kind: fc.constant("cancel"), which: fc.nat(30) }),
  fc.record({ kind: fc.constant("turns"), count: fc.integer({ min: 1, max: 4 }) }),
];
const parties = fc.integer({ min: 1, max: 4 });

async function play(count: number, list: readonly Step[]) {
  const barrier = new Barrier(count);
  const tasks: Task<void>[] = [];
  const places: number[] = [];
  let [cancelled, broken] = [0, 0];
  const arrive = async () => {
    try {
      places.push(await barrier.wait());
    } catch (error) {
      if (isCancelled(error)) cancelled++;
      else if (error instanceof BrokenBarrierError) broken++;
      else throw error;
    }
  };
  for (const step of list) {
    if (step.kind === "turns") await turns(step.count);
    else if (step.kind === "cancel") {
      const alive = tasks.filter((task) => !task.done());
      alive[step.which % Math.max(1, alive.length)]?.cancel();
    } else if (step.kind === "arrive") tasks.push(createTask(arrive));
    else if (step.kind === "reset") await barrier.reset();
    else await barrier.abort();
    assert.ok(barrier.nWaiting < count);
  }
  await quiet();
  const waiting = tasks.filter((task) => !task.done()).length;
  return { barrier, tasks, places, waiting, cancelled, broken };
}

describe("a barrier under random cancellations", () => {
  property(
    "lets tasks through in full rounds only, and forgets nobody [SYNC-16]",
    fc.record({ count: parties, list: steps<Step>(...common) }),
    async ({ count, list }) => {
      const { barrier, tasks, places, waiting, cancelled, broken } = await play(count, list);
      assert.deepEqual(barrier.statistics(), { state: "filling", parties: count, waiting, blocked: 0 });
      assert.ok(waiting < count, "a round is full, and they wait all the same");
      assert.equal(broken, 0);
      const rounds = places.filter((place) => place === count - 1).length;
      assert.ok(places.length <= rounds * count, "more went through than rounds have places");
      assert.ok(places.length + cancelled >= rounds * count, "fewer went through than a round has places");
      await cancelAll(tasks);
      assert.equal(barrier.nWaiting, 0);
    },
  );

  property(
    "is usable again after resets and aborts [SYNC-18 SYNC-19]",
    fc.record({
      count: parties,
      list: steps<Step>(...common, fc.constantFrom<Step>({ kind: "reset" }, { kind: "abort" })),
    }),
    async ({ count, list }) => {
      const { barrier, tasks, waiting } = await play(count, list);
      assert.ok(waiting === barrier.nWaiting, "somebody waits who is not counted");
      await cancelAll(tasks);
      await barrier.reset();
      assert.deepEqual(barrier.statistics(), { state: "filling", parties: count, waiting: 0, blocked: 0 });
      const round = Array.from({ length: count }, () => createTask(() => barrier.wait()));
      await quiet();
      const places = round.map((task) => task.result());
      assert.deepEqual(
        places,
        round.map((_, index) => index),
      );
    },
  );
});
