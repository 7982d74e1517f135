import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkpoint, createTask, gather, sleep, TimeoutError, waitFor } from "gyre";
import { DifferentResultsError, explore, runVirtual } from "gyre/testing";
import { guardLeaks } from "../support/leaks.ts";
import { failureOf } from "./failure.ts";

const later = (steps: number) => async () => {
  for (let step = 0; step < steps; step++) await checkpoint();
};

/** Fails where b is quicker than a, some time into the run. */
async function overtaken(): Promise<void> {
  let first = "";
  const arrive = (name: string, steps: number) =>
    createTask(
      async () => {
        await sleep(30);
        await later(steps)();
        first ||= name;
      },
      { name },
    );
  await gather([arrive("a", 1), arrive("b", 2)]);
  if (first !== "a") throw new RangeError("b came first");
}

describe("what explore reports", () => {
  guardLeaks();

  it("says in words which task ran before which, where and when", async () => {
    const { message, deviations, schedule } = await failureOf(explore(overtaken));
    assert.ok(deviations.length > 0);
    for (const { ran, before, time } of deviations) {
      assert.match(ran, /^Task "b" \(goes on/);
      assert.match(before, /^Task "a" \(goes on/);
      assert.equal(time, 30);
    }
    assert.match(message, /steps? \d+.* at 30 ms: Task "b" \(.*\) ran before Task "a" \(.*\)/);
    assert.ok(
      message.endsWith(`Replay it with runVirtual(overtaken, { schedule: [${schedule.join(", ")}] })`),
    );
  });

  it("keeps the program's own error as the cause, with its own stack", async () => {
    const { cause, message } = await failureOf(explore(overtaken));
    assert.ok(cause instanceof RangeError);
    assert.match(cause.stack ?? "", /overtaken/);
    assert.match(message, /RangeError: b came first/);
  });

  it("makes the schedule as short as it gets", async () => {
    const shortest = 2; // b takes two steps before a takes its one
    for (const seed of [1, 2, 3, 4]) {
      const { deviations } = await failureOf(explore(overtaken, { seed }));
      assert.ok(deviations.length <= shortest, `${deviations.length} with seed ${seed}`);
    }
  });

  it("finds programs that never end, and names those who run", async () => {
    const spin = async (): Promise<void> => {
      for (;;) await checkpoint();
    };
    const main = (): Promise<unknown> => gather([createTask(spin, { name: "spinner" }), later(3)]);
    const { message, cause } = await failureOf(explore(main, { maxSteps: 2000 }));
    assert.match(message, /2,000 steps.*Task "spinner"/s);
    assert.match(message, /runVirtual\(main, { schedule: \[\], maxSteps: 2000 }\)$/);
    assert.equal(cause instanceof Error ? cause.name : "", "LivelockError");
    await assert.rejects(runVirtual(main, { maxSteps: 2000 }), { code: "GYRE_LIVELOCK" });
  });

  it("ends programs that neither end nor let themselves be cancelled", async () => {
    const main = async (): Promise<void> => {
      for (;;) await sleep(1).catch(() => undefined);
    };
    await assert.rejects(explore(main, { maxSteps: 500 }), { code: "GYRE_EXPLORATION" });
  });

  it("does not take a long wait for an endless run", async () => {
    const main = (): Promise<unknown> => waitFor(sleep(1_000_000), 500_000);
    const { cause } = await failureOf(explore(main, { runs: 1, maxSteps: 100 }));
    assert.ok(cause instanceof TimeoutError);
  });

  it("finds results that depend on the order, if asked to", async () => {
    const main = async (): Promise<string[]> => {
      const order: string[] = [];
      await gather(["x", "y"].map((name) => () => later(1)().then(() => order.push(name))));
      return order;
    };
    await explore(main, { runs: 50 });
    const { cause, schedule, message } = await failureOf(explore(main, { sameResult: true }));
    assert.ok(cause instanceof DifferentResultsError);
    assert.deepEqual(
      [cause.expected, cause.actual],
      [
        ["x", "y"],
        ["y", "x"],
      ],
    );
    assert.match(message, /explore\(main, { schedule: \[.*\], sameResult: true }\)$/);
    await assert.rejects(explore(main, { schedule, sameResult: true }), { code: "GYRE_EXPLORATION" });
  });

  it("stops when the time is up, and tells how far it came", async () => {
    const progress: number[] = [];
    const { runs } = await explore(later(2), { stopAfter: 1, onProgress: (done) => progress.push(done) });
    assert.equal(progress.at(-1), runs);
    assert.ok(runs >= 1);
  });

  it("refuses numbers of runs, steps and milliseconds that make no sense", async () => {
    for (const options of [
      { runs: 0 },
      { runs: 1.5 },
      { maxSteps: 0 },
      { stopAfter: -1 },
      { runs: Number.NaN },
    ])
      await assert.rejects(explore(later(1), options), { code: "GYRE_OUT_OF_RANGE" });
  });
});
