import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  CancelledError,
  checkpoint,
  createTask,
  DeadlockError,
  gather,
  sleep,
  timeout,
  TimeoutError,
} from "gyre";
import { BrokenSequenceError, runVirtual, Sequencer, waitAllTasksBlocked } from "gyre/testing";
import { guardLeaks } from "../../support/leaks.ts";
import { describeOnBoth } from "./support.ts";

describeOnBoth("Sequencer", ({ test }) => {
  test("runs blocks of several tasks in the order of their positions", async () => {
    const sequence = new Sequencer();
    const log: number[] = [];
    const at = (position: number) =>
      sequence.at(position, async () => {
        await checkpoint();
        log.push(position);
      });
    await gather([
      async () => {
        await at(2);
        await at(4);
      },
      async () => {
        await at(0);
        await at(3);
      },
      () => at(1),
    ]);
    assert.deepEqual(log, [0, 1, 2, 3, 4]);
  });

  test("gives what a block returns, and passes a point without one", async () => {
    const sequence = new Sequencer();
    assert.equal(await sequence.at(0, () => "value"), "value");
    assert.equal(await sequence.at(1), undefined);
    assert.equal(await sequence.at(2, async () => 7), 7);
  });

  test("waits for a block, and not only for its beginning", async () => {
    const sequence = new Sequencer();
    const log: string[] = [];
    await gather([
      () => sequence.at(1, () => log.push("second")),
      () =>
        sequence.at(0, async () => {
          await sleep(2);
          log.push("first");
        }),
    ]);
    assert.deepEqual(log, ["first", "second"]);
  });

  test("refuses a position that was taken, and goes on with the others", async () => {
    const sequence = new Sequencer();
    await sequence.at(0);
    await assert.rejects(sequence.at(0), {
      code: "GYRE_INVALID_STATE",
      message: /Position 0 .* taken before/,
    });
    await sequence.at(1);
  });

  test("breaks for all others when a block fails", async () => {
    const sequence = new Sequencer();
    const error = new Error("boom");
    const waiting = [2, 5].map((position) => createTask(() => sequence.at(position)));
    const failing = createTask(() =>
      sequence.at(0, () => {
        throw error;
      }),
    );
    await assert.rejects(failing, error);
    for (const task of [...waiting, createTask(() => sequence.at(1))])
      await assert.rejects(task, (thrown) => {
        assert.ok(thrown instanceof BrokenSequenceError);
        assert.equal(thrown.code, "GYRE_BROKEN_SEQUENCE");
        assert.equal(thrown.cause, error);
        assert.match(thrown.message, /position 0 ended with Error: boom/);
        return true;
      });
  });

  test("breaks for all others when one who waits is cancelled, who sees the cancellation", async () => {
    const sequence = new Sequencer();
    const cancelled = createTask(() => sequence.at(1));
    const other = createTask(() => sequence.at(2));
    await waitAllTasksBlocked();
    cancelled.cancel();
    await assert.rejects(cancelled, CancelledError);
    await assert.rejects(other, BrokenSequenceError);
    await assert.rejects(sequence.at(0), BrokenSequenceError);
  });

  test("breaks when the turn and the cancellation come together", async () => {
    const sequence = new Sequencer();
    const second = createTask(() => sequence.at(1));
    const third = createTask(() => sequence.at(2));
    await waitAllTasksBlocked();
    await sequence.at(0);
    second.cancel();
    await assert.rejects(second, CancelledError);
    await assert.rejects(third, BrokenSequenceError);
  });

  test("breaks when a block is cancelled", async () => {
    const sequence = new Sequencer();
    const next = createTask(() => sequence.at(1));
    await assert.rejects(
      timeout(1, () => sequence.at(0, () => sleep(60_000))),
      TimeoutError,
    );
    await assert.rejects(next, BrokenSequenceError);
  });

  test("throws wrong arguments at once", async () => {
    const sequence = new Sequencer();
    assert.throws(() => void sequence.at("1" as never), { code: "GYRE_INVALID_ARGUMENT" });
    assert.throws(() => void sequence.at(0, 5 as never), { code: "GYRE_INVALID_ARGUMENT" });
    for (const position of [-1, 0.5, Number.NaN])
      assert.throws(() => void sequence.at(position), { code: "GYRE_OUT_OF_RANGE" });
    assert.equal(await sequence.at(0, () => "not taken by them"), "not taken by them");
  });

  test("shows where it stands", async () => {
    const sequence = new Sequencer();
    assert.equal(String(sequence), "<Sequencer [at 0]>");
    const tasks = [3, 1].map((position) => createTask(() => sequence.at(position).catch(() => {})));
    await waitAllTasksBlocked();
    assert.equal(String(sequence), "<Sequencer [at 0, waiting: 1, 3]>");
    await sequence
      .at(0, () => {
        throw new Error("no");
      })
      .catch(() => {});
    await gather(tasks);
    assert.equal(String(sequence), "<Sequencer [broken at 0]>");
  });
});

describe("Sequencer", () => {
  guardLeaks();

  it("makes a position that nobody takes a deadlock", () =>
    assert.rejects(
      runVirtual(() => new Sequencer().at(1)),
      DeadlockError,
    ));
});
