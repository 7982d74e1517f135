import assert from "node:assert/strict";
import { BrokenExecutorError, gather, ProcessPoolExecutor, ThreadPoolExecutor } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { runProgram } from "../support/programs.ts";
import { guardWorkers, KINDS, Mark, until } from "./workers.ts";

const MANY = 3000;

for (const { kind, make } of KINDS) {
  describeOnLoops(`what goes wrong in ${kind}`, ({ it, run }) => {
    guardWorkers();

    it("is a BrokenExecutorError for the job whose worker exits, and the next gets another [EXE-02 EXE-03]", () =>
      run(async () => {
        await using executor = make({ maxWorkers: 1 });
        const jobs = [
          executor.submit(() => process.exit(0)),
          executor.submit(() => "a"),
          executor.submit(() => process.exit(7)),
          executor.submit(() => "b"),
        ];
        const [first, a, second, b] = await gather(jobs, { returnExceptions: true });
        assert.ok(first instanceof BrokenExecutorError);
        assert.ok(second instanceof BrokenExecutorError);
        assert.match(second.message, /7/);
        assert.deepEqual([a, b], ["a", "b"]);
      }));

    it("is a BrokenExecutorError when an error comes out of nowhere in the worker [EXE-02 EXE-03]", () =>
      run(async () => {
        await using executor = make({ maxWorkers: 1 });
        const job = executor.submit(
          () =>
            new Promise(() => {
              setTimeout(() => {
                process.exit(9);
              });
            }),
        );
        await assert.rejects(async () => await job, BrokenExecutorError);
        assert.equal(await executor.submit(() => 1), 1);
      }));

    it("does not concern thousands of queued jobs, which keep their order [EXE-02 EXE-03]", () =>
      run(async () => {
        await using executor = make({ maxWorkers: 2 });
        const jobs = Array.from({ length: MANY }, (_, index) =>
          executor.submit((value: number) => value, index),
        );
        const results = await gather(jobs);
        assert.equal(results.length, MANY);
        assert.ok(results.every((value, index) => value === index));
      }));
  });
}

describeOnLoops("what goes wrong in one kind of worker", ({ it, run }) => {
  guardWorkers();

  it("a thread that needs too much memory ends, and the program does not [EXE-02]", () =>
    run(async () => {
      await using executor = new ThreadPoolExecutor({
        maxWorkers: 1,
        resourceLimits: { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 },
      });
      const job = executor.submit(() => {
        const kept: number[][] = [];
        for (;;) kept.push(Array.from({ length: 10_000 }, (_, index) => index));
      });
      await assert.rejects(async () => await job, { code: "GYRE_BROKEN_EXECUTOR", message: /memory/ });
      assert.equal(await executor.submit(() => "next"), "next");
    }));

  it("a thread that cannot start fails its job, and not in silence [EXE-02]", async () => {
    const { stdout, stderr } = await runProgram(
      `
        import { ThreadPoolExecutor, gather, run } from "gyre";
        await run(async () => {
          const executor = new ThreadPoolExecutor({ maxWorkers: 2, resourceLimits: { stackSizeMb: 4, maxOldGenerationSizeMb: 2 } });
          const jobs = [1, 2, 3].map((n) => executor.submit((n) => n, n));
          const errors = await gather(jobs, { returnExceptions: true });
          console.log(errors.map((error) => error.code).join(" "));
          await executor.shutdown();
        });
      `,
    );
    assert.match(stdout, /^(?:GYRE_BROKEN_EXECUTOR ?){3}\n$/, stderr);
  });

  it("a process that is killed names the signal [EXE-03]", () =>
    run(async () => {
      await using executor = new ProcessPoolExecutor({ maxWorkers: 1 });
      const job = executor.submit(() => process.kill(process.pid, "SIGKILL"));
      await assert.rejects(async () => await job, { code: "GYRE_BROKEN_EXECUTOR", message: /SIGKILL/ });
      assert.equal(await executor.submit(() => "next"), "next");
    }));

  it("a process that dies while it is idle is not missed [EXE-03]", () =>
    run(async () => {
      await using executor = new ProcessPoolExecutor({ maxWorkers: 1 });
      const pid = await executor.submit(() => process.pid);
      process.kill(pid, "SIGKILL");
      await until(() => executor.statistics().workers === 0);
      assert.notEqual(await executor.submit(() => process.pid), pid);
    }));

  it("a process that ignores SIGTERM is killed [EXE-03]", () =>
    run(async () => {
      using mark = new Mark();
      await using executor = new ProcessPoolExecutor({ maxWorkers: 1, graceMs: 50 });
      const job = executor.submit(async (path: string) => {
        process.on("SIGTERM", () => {});
        const { writeFileSync } = await import("node:fs");
        writeFileSync(path, "");
        await new Promise(() => {});
      }, mark.path);
      await until(() => mark.made);
      job.cancel();
      assert.equal(await executor.submit(() => "next"), "next");
    }));

  it("a process is replaced after maxTasksPerChild jobs [EXE-03]", () =>
    run(async () => {
      await using executor = new ProcessPoolExecutor({ maxWorkers: 1, maxTasksPerChild: 2 });
      const pids: number[] = [];
      for (let index = 0; index < 5; index++) pids.push(await executor.submit(() => process.pid));
      assert.equal(new Set(pids).size, 3);
      assert.equal(pids[0], pids[1]);
    }));

  it("workers that are idle for long enough end [EXE-02 EXE-03]", () =>
    run(async () => {
      for (const executor of [
        new ThreadPoolExecutor({ maxWorkers: 1, idleTimeout: 1 }),
        new ProcessPoolExecutor({ maxWorkers: 1, idleTimeout: 1 }),
      ]) {
        assert.equal(await executor.submit(() => 1), 1);
        await until(() => executor.statistics().workers === 0);
        assert.equal(await executor.submit(() => 2), 2);
        await executor.shutdown();
      }
    }));
});
