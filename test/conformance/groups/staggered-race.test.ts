import assert from "node:assert/strict";
import {
  allTasks,
  CancelledError,
  createTask,
  currentTask,
  getRunningLoop,
  isCancelled,
  shield,
  sleep,
  staggeredRace,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";

const LONG = 60_000; // ms: will not pass in a test
const failWith = (message: string) => async (): Promise<never> => {
  throw new Error(message);
};
const texts = (errors: readonly unknown[]): (string | null)[] =>
  errors.map((error) =>
    error === null ? null : isCancelled(error) ? "cancelled" : (error as Error).message,
  );

describeOnLoops("staggeredRace", ({ it, run }) => {
  it("gives the first success, its index, and the errors [WAIT-15]", () =>
    run(async () => {
      const { winner, errors } = await staggeredRace(
        [failWith("a"), failWith("b"), async () => sleep(1, "c"), failWith("never started")],
        LONG,
      );
      assert.deepEqual(winner, { index: 2, value: "c" });
      assert.deepEqual(texts(errors), ["a", "b", null]);
    }));

  it("gives no winner if all fail [WAIT-15]", () =>
    run(async () => {
      const { winner, errors } = await staggeredRace([failWith("a"), failWith("b")], 1);
      assert.equal(winner, null);
      assert.deepEqual(texts(errors), ["a", "b"]);
    }));

  it("of nothing is over at once [WAIT-15]", () =>
    run(async () => {
      assert.deepEqual(await staggeredRace([], 1), { winner: null, errors: [] });
    }));

  it("starts an attempt when the one before takes too long, and cancels the losers [WAIT-15]", () =>
    run(async () => {
      const ended: string[] = [];
      const loser = (name: string) => async () => {
        try {
          await never();
        } finally {
          ended.push(name);
        }
      };
      const { winner, errors } = await staggeredRace<unknown>([loser("a"), loser("b"), async () => "c"], 1);
      assert.deepEqual(winner, { index: 2, value: "c" });
      assert.deepEqual(texts(errors), ["cancelled", "cancelled", null]);
      assert.deepEqual(ended, ["a", "b"]);
    }));

  it("with no delay waits for each to fail [WAIT-15]", () =>
    run(async () => {
      let running = 0;
      const attempt = (result: string | null) => async () => {
        assert.equal(running++, 0);
        await sleep(2);
        running--;
        if (result === null) throw new Error("failed");
        return result;
      };
      const { winner } = await staggeredRace([attempt(null), attempt(null), attempt("won")], null);
      assert.deepEqual(winner, { index: 2, value: "won" });
    }));

  it("with a delay of 0 starts all without waiting [WAIT-15]", () =>
    run(async () => {
      let started = 0;
      const allStarted = getRunningLoop().createFuture<void>();
      const attempts = Array.from({ length: 5 }, () => async () => {
        if (++started === 5) allStarted.setResult();
        await never();
      });
      const race = createTask(() => staggeredRace(attempts, 0));
      await allStarted;
      race.cancel();
      await assert.rejects(race, CancelledError);
    }));

  it("waits for the losers' clean-up, whatever it throws [WAIT-15]", () =>
    run(async () => {
      let cleaned = false;
      const loser = async () => {
        try {
          await never();
        } finally {
          await sleep(2);
          cleaned = true;
          throw new Error("clean-up failed"); // eslint-disable-line no-unsafe-finally
        }
      };
      const { winner, errors } = await staggeredRace<unknown>([loser, async () => "won"], 1);
      assert.equal(cleaned, true);
      assert.equal(winner?.value, "won");
      assert.deepEqual(texts(errors), ["clean-up failed", null]);
    }));

  it("hands what succeeded too late to discard [WAIT-15]", () =>
    run(async () => {
      const discarded: string[] = [];
      const stubborn = (name: string) => async () => {
        try {
          await never();
        } catch {
          currentTask()?.uncancel();
        }
        return name;
      };
      const { winner, errors } = await staggeredRace([stubborn("a"), stubborn("b"), async () => "c"], 1, {
        discard: (value) => void discarded.push(value),
      });
      assert.equal(winner?.value, "c");
      assert.deepEqual(discarded, ["a", "b"]);
      assert.deepEqual(texts(errors), [null, null, null]);
    }));

  it("counts an attempt that was cancelled from elsewhere as failed [WAIT-15]", () =>
    run(async () => {
      const { winner, errors } = await staggeredRace<unknown>(
        [
          async (task) => {
            task.cancel();
            await never();
          },
          async () => "next",
        ],
        null,
      );
      assert.deepEqual(winner, { index: 1, value: "next" });
      assert.deepEqual(texts(errors), ["cancelled", null]);
    }));

  it("that is cancelled cancels its attempts, and waits for them [WAIT-15]", () =>
    run(async () => {
      let ended = 0;
      const attempt = async () => {
        try {
          await never();
        } finally {
          await sleep(1);
          ended++;
        }
      };
      const race = createTask(() => staggeredRace([attempt, attempt], 1));
      while (allTasks().size < 4) await sleep(1);
      race.cancel();
      await assert.rejects(race, CancelledError);
      assert.equal(ended, 2);
    }));

  it("that is cancelled when it has a winner already hands it to discard [WAIT-15]", () =>
    run(async () => {
      const discarded: string[] = [];
      const cleaning = getRunningLoop().createFuture<void>();
      const slowLoser = async () => {
        try {
          await never();
        } finally {
          cleaning.setResult();
          await shield(sleep(2));
        }
      };
      const race = createTask(() =>
        staggeredRace<unknown>([slowLoser, async () => "won"], 1, {
          discard: (value) => void discarded.push(String(value)),
        }),
      );
      await cleaning;
      race.cancel();
      await assert.rejects(race, CancelledError);
      assert.deepEqual(discarded, ["won"]);
    }));

  it("takes attempts from a generator, one when it is needed [WAIT-15]", () =>
    run(async () => {
      const made: number[] = [];
      let closed = false;
      function* attempts() {
        try {
          for (let index = 0; ; index++) {
            made.push(index);
            yield index < 3 ? failWith(String(index)) : async () => index;
          }
        } finally {
          closed = true;
        }
      }
      const { winner } = await staggeredRace<number>(attempts(), LONG);
      assert.deepEqual(winner, { index: 3, value: 3 });
      assert.deepEqual([made, closed], [[0, 1, 2, 3], true]);
    }));

  it("starts nothing once somebody has won, even in the moment when a delay ends [WAIT-15]", () =>
    run(async () => {
      for (let round = 0; round < 20; round++) {
        const started = getRunningLoop().createFuture<void>();
        const release = getRunningLoop().createFuture<void>();
        const race = createTask(() =>
          staggeredRace(
            [
              async () => {
                await release;
                return "won";
              },
              async () => {
                started.setResult();
                throw new Error("failed");
              },
              failWith("late"),
              failWith("later"),
            ],
            0,
          ),
        );
        await started;
        for (let turn = 0; turn < round; turn++) await sleep(0);
        release.setResult();
        const { winner } = await race;
        assert.deepEqual(winner, { index: 0, value: "won" });
      }
    }));

  it("runs outside of a task too [WAIT-15]", async () => {
    const { winner } = await staggeredRace([failWith("a"), async () => "b"], null);
    assert.equal(winner?.value, "b");
  });

  it("refuses wrong arguments, and leaves nothing running [WAIT-15]", () =>
    run(async () => {
      const wrong = { name: "TypeError", code: "GYRE_INVALID_ARGUMENT" };
      const anything = staggeredRace as (...args: unknown[]) => Promise<unknown>;
      assert.throws(() => anything(5, 1), wrong);
      assert.throws(() => anything([], "1"), wrong);
      assert.throws(() => anything([], undefined), wrong);
      assert.throws(() => anything([], Number.NaN), { code: "GYRE_OUT_OF_RANGE" });
      await assert.rejects(anything([() => never(), 5], 1), wrong);
      assert.equal(allTasks().size, 1);
    }));
});
