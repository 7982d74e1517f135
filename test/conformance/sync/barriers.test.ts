import assert from "node:assert/strict";
import { Barrier, BrokenBarrierError, createTask, gather, isCancelled, sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { refusal, settle } from "./support.ts";

const broken = refusal(BrokenBarrierError, "GYRE_BROKEN_BARRIER");

describeOnLoops("a barrier", ({ it, run }) => {
  it("gives each party a place of its own [SYNC-16 SYNC-17]", () =>
    run(async () => {
      const barrier = new Barrier(5);
      const places = await gather(Array.from({ length: 5 }, () => () => barrier.wait()));
      assert.deepEqual(places, [0, 1, 2, 3, 4]);
    }));

  it("keeps tasks in step over many rounds [SYNC-16]", () =>
    run(async () => {
      const barrier = new Barrier(4);
      const rounds = [0, 0, 0, 0];
      const walk = async (index: number) => {
        for (let round = 1; round <= 25; round++) {
          await sleep((index * round) % 2);
          rounds[index] = round;
          await barrier.wait();
          for (const other of rounds) assert.ok(other === round || other === round + 1);
        }
      };
      await gather([0, 1, 2, 3].map((index) => () => walk(index)));
      assert.equal(barrier.nWaiting, 0);
    }));

  it("blocks who comes while a round ends, and counts them in the next [SYNC-16]", () =>
    run(async () => {
      const barrier = new Barrier(2);
      const first = createTask(() => barrier.wait());
      await settle();
      await barrier.wait();
      const early = barrier.wait();
      assert.deepEqual(barrier.statistics(), { state: "draining", parties: 2, waiting: 0, blocked: 1 });
      await first;
      await settle();
      assert.deepEqual(barrier.statistics(), { state: "filling", parties: 2, waiting: 1, blocked: 0 });
      assert.equal(await barrier.wait(), 1);
      assert.equal(await early, 0);
    }));

  it("is left by a cancelled party, also by one that is blocked [SYNC-16]", () =>
    run(async () => {
      const barrier = new Barrier(2);
      const first = createTask(() => barrier.wait());
      await settle();
      await barrier.wait();
      const blocked = createTask(() => barrier.wait());
      blocked.cancel();
      await first;
      await assert.rejects(blocked, isCancelled);
      await settle();
      assert.equal(barrier.nWaiting, 0);
      const pair = await gather([() => barrier.wait(), () => barrier.wait()]);
      assert.deepEqual(pair, [0, 1]);
    }));

  it("is broken for all by abort, and mended by reset [SYNC-18 SYNC-19 SYNC-20]", () =>
    run(async () => {
      const barrier = new Barrier(3);
      const waiting = [createTask(() => barrier.wait()), createTask(() => barrier.wait())];
      await settle();
      await barrier.abort();
      for (const task of waiting) await assert.rejects(task, broken);
      await assert.rejects(barrier.wait(), broken);
      assert.equal(barrier.broken, true);
      await barrier.reset();
      assert.equal(barrier.broken, false);
      await gather([1, 2, 3].map(() => () => barrier.wait()));
    }));

  it("tells a task that was cancelled during a reset of the cancellation [SYNC-18]", () =>
    run(async () => {
      const barrier = new Barrier(3);
      const [first, second] = [createTask(() => barrier.wait()), createTask(() => barrier.wait())];
      await settle();
      await barrier.reset();
      first.cancel();
      await assert.rejects(first, isCancelled);
      await assert.rejects(second, broken);
      assert.deepEqual(barrier.statistics(), { state: "filling", parties: 3, waiting: 0, blocked: 0 });
    }));
});
