import assert from "node:assert/strict";
import { checkpoint, createTask, Future, gather, isCancelled, shield, sleep, waitFor } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";
import { collectReports } from "../support/reports.ts";

describeOnLoops("shield", ({ it, run }) => {
  it("ends as the work does [WAIT-12]", () =>
    run(async () => {
      const error = new Error("of the work");
      assert.equal(await shield(() => sleep(1, "value")), "value");
      assert.equal(await shield(Promise.resolve("promise")), "promise");
      await assert.rejects(
        shield(async () => {
          await checkpoint();
          throw error;
        }),
        error,
      );
    }));

  it("gives a future that is done back as it is [WAIT-12]", () =>
    run(async () => {
      const future = new Future<number>();
      future.setResult(1);
      assert.equal(shield(future), future);
    }));

  it("leaves the work running when its caller is cancelled [WAIT-12]", () =>
    run(async () => {
      const work = createTask(() => sleep(3, "finished"));
      const caller = createTask(async () => shield(work));
      await sleep(1);
      caller.cancel();
      await assert.rejects(caller, isCancelled);
      assert.equal(work.cancelled(), false);
      assert.equal(work.cancelling(), 0);
      assert.equal(await work, "finished");
    }));

  it("is cancelled when the work is [WAIT-12]", () =>
    run(async () => {
      const work = new Future<void>();
      const outer = shield(work);
      work.cancel();
      await assert.rejects(outer, isCancelled);
      assert.equal(outer.cancelled(), true);
    }));

  it("cancels nothing but itself [WAIT-12]", () =>
    run(async () => {
      const work = new Future<string>();
      const outer = shield(work);
      assert.equal(outer.cancel(), true);
      assert.equal(outer.cancelled(), true);
      assert.equal(work.done(), false);
      work.setResult("kept");
      await checkpoint();
      assert.equal(outer.cancelled(), true);
    }));

  it("protects nobody from a direct cancellation of the work [WAIT-12]", () =>
    run(async () => {
      const work = createTask(never);
      const caller = createTask(async () => shield(work));
      await sleep(1);
      work.cancel();
      await assert.rejects(caller, isCancelled);
    }));

  it("reports the error of work that nobody waits for any more, once [WAIT-12]", async () => {
    const error = new Error("lost otherwise");
    const reports = await run(async () => {
      const collected = collectReports();
      const work = new Future<void>();
      shield(work).cancel();
      await checkpoint();
      work.setException(error);
      await checkpoint();
      return collected;
    });
    assert.equal(reports.length, 1);
    assert.equal(reports[0]?.exception, error);
    assert.match(reports[0]?.message ?? "", /shield/i);
  });

  it("reports it also when the work fails in the same turn as the cancellation [WAIT-12]", async () => {
    const reports = await run(async () => {
      const collected = collectReports();
      const work = new Future<void>();
      const outer = shield(work);
      outer.cancel();
      work.setException(new Error("at the same time"));
      await checkpoint();
      await checkpoint();
      return collected;
    });
    assert.equal(reports.length, 1);
  });

  it("works around and inside of gather [WAIT-12 WAIT-05]", () =>
    run(async () => {
      const [a, b] = [new Future<string>(), new Future<string>()];
      const outer = gather([shield(a), shield(b)]);
      outer.cancel();
      await assert.rejects(outer, isCancelled);
      assert.deepEqual([a.done(), b.done()], [false, false]);
      const around = shield(gather([a, b]));
      around.cancel();
      a.setResult("a");
      b.setResult("b");
      await checkpoint();
      assert.equal(around.cancelled(), true);
      assert.deepEqual([a.result(), b.result()], ["a", "b"]);
    }));

  it("lets a waitFor end in time while the work goes on [WAIT-12 WAIT-08]", () =>
    run(async () => {
      const work = createTask(() => sleep(5, "finished"));
      await assert.rejects(waitFor(shield(work), 1), { code: "GYRE_TIMEOUT" });
      assert.equal(await work, "finished");
    }));
});
