import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Barrier, Condition, createTask, Event, isCancelled, Lock, Queue, Semaphore, sleep } from "gyre";
import { guardLeaks } from "../../support/leaks.ts";

/** Decision 4 of the design: what an existing server does with them, which never calls run(). */
describe("primitives outside of run()", () => {
  guardLeaks();

  it("serve plain async functions, which no task runs [SYNC-02 SYNC-10 Q-03]", async () => {
    const lock = new Lock();
    const semaphore = new Semaphore(2);
    const queue = new Queue<number>(1);
    const log: number[] = [];
    const handler = (n: number) =>
      semaphore.runExclusive(async () => {
        using _ = await lock.acquire();
        await new Promise((resolve) => void setTimeout(resolve, 1));
        log.push(n);
        await queue.put(n);
      });
    const handlers = Promise.all([1, 2, 3, 4].map(handler));
    const received = [];
    for (let i = 0; i < 4; i++) received.push(await queue.get());
    await handlers;
    assert.deepEqual(log, [1, 2, 3, 4]);
    assert.deepEqual(received, [1, 2, 3, 4]);
  });

  it("wake each other: events, conditions and barriers [SYNC-05 SYNC-07 SYNC-16]", async () => {
    const event = new Event();
    const condition = new Condition();
    const barrier = new Barrier(2);
    const waiting = condition.runExclusive(() => condition.wait());
    const first = Promise.all([event.wait(), waiting, barrier.wait()]);
    event.set();
    await condition.runExclusive(() => condition.notify());
    assert.equal(await barrier.wait(), 1);
    assert.deepEqual(await first, [true, true, 0]);
  });

  it("can be cancelled in tasks [SYNC-03 Q-05]", async () => {
    const queue = new Queue<string>();
    const tasks = [createTask(() => queue.get()), createTask(() => queue.get())];
    await sleep(0);
    queue.putNowait("item");
    tasks[0]?.cancel();
    assert.equal(await tasks[1], "item");
    await assert.rejects(Promise.resolve(tasks[0]), isCancelled);
  });
});
