import assert from "node:assert/strict";
import { gather } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { guardWorkers, KINDS, Mark, spin, until } from "./workers.ts";

for (const { kind, make } of KINDS) {
  describeOnLoops(`shutting down ${kind}`, ({ it, run }) => {
    guardWorkers();
    const value = (given: number): number => given;

    it("waits for what runs and what is queued, and refuses what comes later [EXE-02 EXE-03]", () =>
      run(async () => {
        const executor = make({ maxWorkers: 1 });
        const jobs = [1, 2, 3].map((item) => executor.submit(value, item));
        const down = executor.shutdown();
        const late = executor.submit(value, 4);
        await assert.rejects(async () => await late, { code: "GYRE_EXECUTOR_SHUT_DOWN" });
        await down;
        assert.ok(jobs.every((job) => job.done()));
        assert.deepEqual(await gather(jobs), [1, 2, 3]);
        assert.equal(executor.statistics().workers, 0);
        assert.match(String(executor), /shut down/);
      }));

    it("cancels what is queued when it is asked to, and not what runs [EXE-02 EXE-03]", () =>
      run(async () => {
        const executor = make({ maxWorkers: 1 });
        const [first, ...rest] = [1, 2, 3].map((item) => executor.submit(value, item));
        await executor.shutdown({ cancelFutures: true });
        assert.equal(await first, 1);
        assert.ok(rest.every((job) => job.cancelled()));
      }));

    it("need not be waited for, and the jobs still run [EXE-02 EXE-03]", () =>
      run(async () => {
        const executor = make({ maxWorkers: 1 });
        const jobs = [1, 2].map((item) => executor.submit(value, item));
        await executor.shutdown({ wait: false });
        assert.ok(jobs.every((job) => !job.done()));
        assert.deepEqual(await gather(jobs), [1, 2]);
        await executor.shutdown();
      }));

    it("may be asked for again, and before anything has run [EXE-02 EXE-03]", () =>
      run(async () => {
        const executor = make({ maxWorkers: 1 });
        await executor.shutdown({ wait: false });
        await executor.shutdown();
        await executor.shutdown({ cancelFutures: true });
      }));

    it("is what leaving the block does [EXE-02 EXE-03]", () =>
      run(async () => {
        let job: PromiseLike<number> | undefined;
        {
          await using executor = make({ maxWorkers: 1 });
          job = executor.submit(value, 5);
        }
        assert.equal(await job, 5);
      }));

    it("is over when a job that ran was cancelled and its worker has ended [EXE-02 EXE-03]", () =>
      run(async () => {
        using mark = new Mark();
        const executor = make({ maxWorkers: 1 });
        const job = executor.submit(spin, mark.path);
        await until(() => mark.made);
        const down = executor.shutdown();
        job.cancel();
        await down;
        assert.equal(executor.statistics().workers, 0);
      }));
  });
}

describeOnLoops("options of executors", ({ it }) => {
  it("are checked [EXE-02 EXE-03]", () => {
    for (const { make } of KINDS) {
      const wrong = (options: object, code: string): void =>
        assert.throws(() => make(options), { code }, JSON.stringify(options));
      wrong({ maxWorkers: 0 }, "GYRE_OUT_OF_RANGE");
      wrong({ maxWorkers: 1.5 }, "GYRE_OUT_OF_RANGE");
      wrong({ maxWorkers: "2" }, "GYRE_INVALID_ARGUMENT");
      wrong({ idleTimeout: -1 }, "GYRE_OUT_OF_RANGE");
      wrong({ idleTimeout: "soon" }, "GYRE_INVALID_ARGUMENT");
      wrong({ initializer: 1 }, "GYRE_INVALID_ARGUMENT");
      wrong({ initializer: () => {}, initargs: "a" }, "GYRE_INVALID_ARGUMENT");
    }
  });
});
