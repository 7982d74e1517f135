import assert from "node:assert/strict";
import type * as Gyre from "gyre";
import { CancelledError, createTask, gather, ProcessPoolExecutor, sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { marked } from "../processes/support.ts";
import { guardWorkers, KINDS, Mark, spin, until } from "./workers.ts";

const GYRE = import.meta.resolve("gyre");

async function startAndSpin(url: string, env: Record<string, string>, path: string): Promise<void> {
  const gyre = (await import(url)) as typeof Gyre;
  const { writeFileSync } = await import("node:fs");
  await gyre.run(async () => {
    const options = { dieWithParent: true, stdout: gyre.PIPE, env } as const;
    const child = await gyre.createSubprocessShell("sleep 1000 & echo started; wait", options);
    await child.stdout?.readline();
    writeFileSync(path, "");
    for (;;);
  });
}

for (const { kind, make } of KINDS) {
  describeOnLoops(`cancelling jobs in ${kind}`, ({ it, run }) => {
    guardWorkers();

    it("stops one that runs, even if it computes for ever, and its place is free again [EXE-01]", () =>
      run(async () => {
        using mark = new Mark();
        await using executor = make({ maxWorkers: 1 });
        const job = executor.submit(spin, mark.path);
        const next = executor.submit(() => "next");
        await until(() => mark.made);
        assert.ok(job.cancel());
        assert.ok(job.cancelled());
        assert.equal(await next, "next");
        assert.equal(executor.statistics().completed, 1);
      }));

    it("takes one that is queued out of the queue, and it never starts [EXE-01]", () =>
      run(async () => {
        using first = new Mark();
        using second = new Mark();
        await using executor = make({ maxWorkers: 1 });
        const job = executor.submit(spin, first.path);
        const queued = executor.submit(spin, second.path);
        const last = executor.submit(() => "last");
        assert.deepEqual(executor.statistics(), { ...executor.statistics(), running: 1, queued: 2 });
        queued.cancel();
        assert.equal(executor.statistics().queued, 1);
        await until(() => first.made);
        job.cancel();
        assert.equal(await last, "last");
        assert.equal(second.made, false);
      }));

    it("happens when the task that waits is cancelled [EXE-01]", () =>
      run(async () => {
        using mark = new Mark();
        await using executor = make({ maxWorkers: 1 });
        const task = createTask(async () => await executor.submit(spin, mark.path));
        await until(() => mark.made);
        task.cancel();
        await assert.rejects(async () => await task, CancelledError);
      }));

    it("before a worker has started leaves nothing behind [EXE-01]", () =>
      run(async () => {
        await using executor = make({ maxWorkers: 2 });
        const jobs = Array.from({ length: 4 }, () => executor.submit(() => 1));
        for (const job of jobs) job.cancel();
        assert.equal(await executor.submit(() => "alive"), "alive");
      }));

    it("at any moment loses no other job [EXE-01]", () =>
      run(async () => {
        await using executor = make({ maxWorkers: 2 });
        const kept: PromiseLike<number>[] = [];
        for (let index = 0; index < 60; index++) {
          const job = executor.submit((value: number) => value, index);
          if (index % 3 === 0) kept.push(job);
          else if (index % 3 === 1) job.cancel();
          else createTask(async () => sleep(0)).addDoneCallback(() => job.cancel());
        }
        const results = await gather(kept);
        assert.deepEqual(
          results,
          Array.from({ length: 20 }, (_, index) => index * 3),
        );
      }));
  });
}

// Node does not ask after the children of a thread that was ended: there they stay as zombies.
describeOnLoops("cancelling jobs that have started programs", ({ it, run }) => {
  guardWorkers();

  it("ends those with dieWithParent [EXE-01 EXE-03]", () =>
    run(async () => {
      using mark = new Mark();
      await using executor = new ProcessPoolExecutor({ maxWorkers: 1 });
      const { env, living } = marked();
      const job = executor.submit(startAndSpin, GYRE, env, mark.path);
      await until(() => mark.made);
      assert.equal(living().length, 2);
      job.cancel();
      await until(() => living().length === 0);
    }));
});
