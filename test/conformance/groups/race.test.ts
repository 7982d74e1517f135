import assert from "node:assert/strict";
import { setTimeout as hostSleep } from "node:timers/promises";
import {
  allTasks,
  checkpoint,
  createTask,
  Future,
  isCancelled,
  race,
  sleep,
  timeout,
  wrapFuture,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";
import { collectReports } from "../support/reports.ts";
import { cleanUp, endless } from "./support.ts";

describeOnLoops("race", ({ it, run }) => {
  it("gives the result of the first to finish, whatever it is [WAIT-07]", () =>
    run(async () => {
      const task = createTask(() => sleep(2, "task"));
      const future = new Future<string>();
      assert.equal(await race([() => sleep(60_000, "function"), task, future]), "task");
      assert.equal(
        await race([future, () => "at once", hostSleep(1000, "promise", { ref: false })]),
        "at once",
      );
      assert.equal(await race<unknown>([never(), hostSleep(1, "promise")]), "promise");
    }));

  it("gives the error of the first to finish when it failed [WAIT-07]", () =>
    run(async () => {
      const error = new Error("first");
      const failing = async () => {
        await checkpoint();
        throw error;
      };
      await assert.rejects(race([() => sleep(60_000), failing]), error);
    }));

  it("prefers what is done already, in the order of the collection [WAIT-07]", () =>
    run(async () => {
      const [first, second] = [new Future<string>(), new Future<string>()];
      second.setResult("second");
      first.setResult("first");
      assert.equal(await race<unknown>([never(), first, second]), "first");
    }));

  it("takes the earlier of two that finish in one turn [WAIT-07]", () =>
    run(async () => {
      const [first, second] = [new Future<string>(), new Future<string>()];
      const racing = createTask(() => race([first, second]));
      await checkpoint();
      second.setResult("earlier");
      first.setResult("later");
      assert.equal(await racing, "earlier");
    }));

  it("refuses nothing, and what is no collection [WAIT-06]", () =>
    run(async () => {
      await assert.rejects(race([]), { code: "GYRE_OUT_OF_RANGE" });
      const wrong = sleep as unknown as [];
      assert.throws(() => race(wrong), { code: "GYRE_INVALID_ARGUMENT" });
      assert.throws(() => race(never() as unknown as []), { code: "GYRE_INVALID_ARGUMENT" });
    }));

  it("ends with a cancellation when the winner was cancelled, and its caller was not [WAIT-07]", () =>
    run(async (main) => {
      const future = new Future<void>();
      const racing = race<unknown>([future, () => sleep(60_000)]);
      await checkpoint();
      future.cancel();
      await assert.rejects(racing, isCancelled);
      assert.equal(main.cancelling(), 0);
    }));
});

describeOnLoops("the losers of a race", ({ it, run }) => {
  it("are cancelled and waited for when the race started them [WAIT-07]", () =>
    run(async () => {
      const steps: string[] = [];
      const before = allTasks().size;
      const slow = () => cleanUp(5).finally(() => void steps.push("cleaned up"));
      assert.equal(await race<unknown>([slow, () => sleep(1, "winner")]), "winner");
      assert.deepEqual(steps, ["cleaned up"]);
      assert.equal(allTasks().size, before);
    }));

  it("are left alone when they were there before [WAIT-07]", () =>
    run(async () => {
      const task = createTask(() => sleep(4, "goes on"));
      const future = new Future<string>();
      assert.equal(await race([task, future, () => sleep(1, "winner")]), "winner");
      assert.equal(task.cancelling(), 0);
      assert.equal(await task, "goes on");
      future.setResult("still usable");
      assert.equal(future.result(), "still usable");
    }));

  it("leave nothing of the race with those that go on [WAIT-07]", () =>
    run(async () => {
      const future = new Future<string>();
      const before = String(future);
      for (let count = 0; count < 5; count++) await race<unknown>([future, () => checkpoint()]);
      assert.equal(String(future), before);
    }));

  it("may fail in their clean-up, and nobody is told [WAIT-07]", () =>
    run(async () => {
      const reports = collectReports();
      const loser = async () => {
        try {
          await never();
        } finally {
          // oxlint-disable-next-line no-unsafe-finally -- the error replaces the cancellation on purpose
          throw new Error("loser");
        }
      };
      assert.equal(await race<unknown>([loser, () => sleep(1, "winner")]), "winner");
      assert.deepEqual(reports, []);
    }));

  it("never start when the winner is done already [WAIT-07]", () =>
    run(async () => {
      let started = false;
      const finished = new Future<string>();
      finished.setResult("finished");
      const loser = async () => {
        started = true;
        await checkpoint();
      };
      assert.equal(await race<unknown>([loser, finished]), "finished");
      await checkpoint();
      assert.equal(started, false);
    }));
});

describeOnLoops("a race that is cancelled", ({ it, run }) => {
  it("cancels and waits for what it started, and leaves the rest alone [WAIT-07]", () =>
    run(async () => {
      const steps: string[] = [];
      const future = new Future<string>();
      const racing = createTask(() =>
        race<unknown>([future, () => cleanUp(3).finally(() => void steps.push("cleaned up"))]),
      );
      await sleep(1);
      racing.cancel();
      await assert.rejects(racing, isCancelled);
      assert.deepEqual(steps, ["cleaned up"]);
      assert.equal(future.done(), false);
    }));

  it("waits for them even if it is cancelled again meanwhile [TG-10]", () =>
    run(async () => {
      const steps: string[] = [];
      const racing = createTask(() => race([() => cleanUp(10).finally(() => void steps.push("cleaned up"))]));
      await sleep(1);
      racing.cancel();
      await sleep(1);
      racing.cancel();
      await assert.rejects(racing, isCancelled);
      assert.deepEqual(steps, ["cleaned up"]);
    }));

  it("ends at the deadline of a timeout [TO-05]", () =>
    run(async () => {
      const steps: string[] = [];
      await assert.rejects(
        timeout(2, () => race([() => endless(steps, "a"), () => endless(steps, "b"), never()])),
        { code: "GYRE_TIMEOUT" },
      );
      assert.deepEqual(steps, ["a", "b"]);
    }));

  it("passes the cancellation of a foreign promise's wait on, and the promise runs on [FUT-18]", () =>
    run(async () => {
      const promise = hostSleep(5, "ran on");
      const racing = createTask(() => race([promise, wrapFuture(promise)]));
      await sleep(1);
      racing.cancel();
      await assert.rejects(racing, isCancelled);
      assert.equal(await promise, "ran on");
    }));
});
