import assert from "node:assert/strict";
import { checkpoint, getRunningLoop, sleep, Timeout, timeout, TimeoutError } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { never } from "../support/pending.ts";

describeOnLoops("the scope of a timeout", ({ it, run }) => {
  it("can move its deadline away, back and forth [TO-06 TO-07]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const result = await timeout(1, async (scope) => {
        const when = loop.time() + 60_000;
        scope.reschedule(when);
        assert.equal(scope.when(), when);
        await sleep(3);
        scope.reschedule(null);
        assert.equal(scope.when(), null);
        await sleep(1);
        return "outlived its deadline";
      });
      assert.equal(result, "outlived its deadline");
      assert.equal(loop.statistics().timers, 0);
      await assert.rejects(
        timeout(60_000, async (scope) => {
          scope.reschedule(loop.time() + 1);
          await never();
        }),
        TimeoutError,
      );
    }));

  it("strikes at once when the deadline is moved into the past [TO-04 TO-07]", () =>
    run(async () => {
      const steps: string[] = [];
      const body = async (scope: Timeout): Promise<void> => {
        scope.reschedule(getRunningLoop().time() - 1);
        await checkpoint();
        steps.push("not reached");
      };
      await assert.rejects(timeout(null, body), TimeoutError);
      assert.deepEqual(steps, []);
    }));

  it("cannot be moved before, after the end, or when it has struck [TO-07]", () =>
    run(async () => {
      const fresh = new Timeout(null);
      assert.throws(() => fresh.reschedule(1), { name: "RuntimeError", code: "GYRE_INVALID_STATE" });
      const finished = await timeout(1000, (scope) => [scope]);
      assert.throws(() => finished[0]?.reschedule(1), { code: "GYRE_INVALID_STATE" });
      const scopes: Timeout[] = [];
      await assert.rejects(
        timeout(1, async (scope) => {
          scopes.push(scope);
          try {
            await never();
          } finally {
            assert.throws(() => scope.reschedule(1), { code: "GYRE_INVALID_STATE" });
          }
        }),
        TimeoutError,
      );
      assert.throws(() => scopes[0]?.reschedule(null), { code: "GYRE_INVALID_STATE" });
    }));

  it("can be used once, and in a task only [TO-03]", async () => {
    await run(async () => {
      const scope = new Timeout(null);
      assert.equal(await scope.run(async () => 1), 1);
      await assert.rejects(
        scope.run(async () => 2),
        { name: "RuntimeError", code: "GYRE_INVALID_STATE" },
      );
      const nested = new Timeout(null);
      await nested.run(async () => {
        await assert.rejects(
          nested.run(async () => 3),
          { code: "GYRE_INVALID_STATE" },
        );
      });
    });
    await assert.rejects(
      new Timeout(null).run(async () => 4),
      { name: "RuntimeError", code: "GYRE_NO_TASK" },
    );
  });

  it("tells whether it has expired [TO-08]", () =>
    run(async () => {
      const seen: boolean[] = [];
      const scopes: Timeout[] = [];
      const body = async (scope: Timeout): Promise<void> => {
        scopes.push(scope);
        seen.push(scope.expired());
        try {
          await never();
        } finally {
          seen.push(scope.expired());
        }
      };
      await assert.rejects(timeout(1, body), TimeoutError);
      seen.push(scopes[0]?.expired() ?? false);
      assert.deepEqual(seen, [false, true, true]);
      const unexpired = await timeout(1000, (scope) => [scope]);
      assert.equal(unexpired[0]?.expired(), false);
    }));

  it("shows its state and its deadline [TO-11]", () =>
    run(async () => {
      const seen = [String(new Timeout(null))];
      const finished = await timeout(null, (scope) => {
        seen.push(String(scope));
        return [scope];
      });
      seen.push(String(finished[0]));
      await assert.rejects(
        timeout(1, async (scope) => {
          seen.push(String(scope).replace(/=[\d.]+/, "=…"));
          finished[0] = scope;
          try {
            await never();
          } finally {
            seen.push(String(scope));
          }
        }),
        TimeoutError,
      );
      seen.push(String(finished[0]));
      assert.deepEqual(seen, [
        "<Timeout [created]>",
        "<Timeout [active] when=null>",
        "<Timeout [finished]>",
        "<Timeout [active] when=…>",
        "<Timeout [expiring]>",
        "<Timeout [expired]>",
      ]);
    }));

  it("is called TimeoutError by one name, and is no error of the host's [TO-10 EXC-03]", () => {
    const error = new TimeoutError();
    assert.ok(error instanceof Error);
    assert.equal(error.name, "TimeoutError");
    assert.equal(error.code, "GYRE_TIMEOUT");
  });
});
