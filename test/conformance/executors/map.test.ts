import assert from "node:assert/strict";
import { moduleFunction } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { guardWorkers, KINDS, Mark, spin } from "./workers.ts";

const WORK = new URL("./work.js", import.meta.url);

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

for (const { kind, make } of KINDS) {
  describeOnLoops(`map over ${kind}`, ({ it, run }) => {
    guardWorkers();
    const square = (n: number): number => n * n;

    it("gives the results in the order of the items [EXE-02 EXE-03]", () =>
      run(async () => {
        await using executor = make({ maxWorkers: 2 });
        const slowFirst = async (n: number): Promise<number> => {
          await new Promise((resolve) => void setTimeout(resolve, n === 0 ? 30 : 0));
          return n;
        };
        assert.deepEqual(await collect(executor.map(slowFirst, [0, 1, 2, 3])), [0, 1, 2, 3]);
        assert.deepEqual(await collect(executor.map(square, [])), []);
        const twice = moduleFunction<(n: number) => number>(WORK, "twice");
        assert.deepEqual(await collect(executor.map(twice, new Set([1, 2]), { chunksize: 3 })), [2, 4]);
      }));

    it("takes items in chunks, and from async iterables [EXE-02 EXE-03]", () =>
      run(async () => {
        await using executor = make({ maxWorkers: 2 });
        async function* items(): AsyncGenerator<number> {
          for (let n = 0; n < 10; n++) yield n;
        }
        const squares = await collect(executor.map(square, items(), { chunksize: 4 }));
        assert.deepEqual(squares, [0, 1, 4, 9, 16, 25, 36, 49, 64, 81]);
        assert.equal(executor.statistics().completed, 3);
      }));

    it("runs ahead only so far, and stops when nobody asks any more [EXE-02 EXE-03]", () =>
      run(async () => {
        await using executor = make({ maxWorkers: 1 });
        let taken = 0;
        let closed = false;
        function* endless(): Generator<number> {
          try {
            for (;;) yield taken++;
          } finally {
            closed = true;
          }
        }
        for await (const result of executor.map(square, endless(), { buffersize: 3 })) {
          assert.ok(taken <= Math.sqrt(result) + 3, `${taken} were taken when ${result} came`);
          if (result === 25) break;
        }
        assert.ok(closed);
        const { running, queued } = executor.statistics();
        assert.ok(running + queued <= 3);
      }));

    it("ends with the first error, and cancels the rest [EXE-02 EXE-03]", () =>
      run(async () => {
        await using executor = make({ maxWorkers: 1 });
        const picky = (n: number): number => {
          if (n === 2) throw new RangeError("two");
          return n;
        };
        const seen: number[] = [];
        await assert.rejects(
          async () => {
            for await (const n of executor.map(picky, [0, 1, 2, 3, 4])) seen.push(n);
          },
          { name: "RangeError", message: "two" },
        );
        assert.deepEqual(seen, [0, 1]);
        assert.equal(executor.statistics().queued, 0);
      }));

    it("checks its arguments [EXE-02 EXE-03]", () =>
      run(async () => {
        await using executor = make({ maxWorkers: 1 });
        assert.throws(() => executor.map(square, 5 as unknown as number[]), {
          code: "GYRE_INVALID_ARGUMENT",
        });
        assert.throws(() => executor.map(square, [], { chunksize: 0 }), { code: "GYRE_OUT_OF_RANGE" });
        assert.throws(() => executor.map(square, [], { buffersize: 0.5 }), { code: "GYRE_OUT_OF_RANGE" });
        assert.throws(() => executor.map(1 as unknown as () => void, []), { code: "GYRE_INVALID_ARGUMENT" });
      }));
  });
}

describeOnLoops("map with a timeout", ({ it, run, name }) => {
  guardWorkers();

  it("ends with a TimeoutError, and stops what runs [EXE-02]", () =>
    run(async () => {
      if (name !== "node") return; // a clock that waits for jobs never gets there
      using mark = new Mark();
      const [threads] = KINDS;
      assert.ok(threads);
      await using executor = threads.make({ maxWorkers: 1 });
      await assert.rejects(collect(executor.map(spin, [mark.path], { timeout: 50 })), {
        code: "GYRE_TIMEOUT",
      });
    }));
});
