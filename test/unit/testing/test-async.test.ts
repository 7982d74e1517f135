import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import {
  CancelledError,
  checkpoint,
  createTask,
  DeadlockError,
  Event,
  ExceptionGroup,
  Future,
  gather,
  getRunningLoop,
  sleep,
  startServer,
  timeout,
  TimeoutError,
} from "gyre";
import {
  LeakedResourcesError,
  LeakedTasksError,
  memoryStreamPair,
  ReportedError,
  testAsync,
  type TestOptions,
  testWith,
} from "gyre/testing";
import { expectTrouble, guardLeaks } from "../../support/leaks.ts";

const hostSleep = (delay: number) => new Promise<void>((resolve) => setTimeout(resolve, delay));
const LOOPS = [{}, { loop: "node" }] as const satisfies readonly TestOptions[];

describe("testAsync", () => {
  guardLeaks();

  test(
    "is what node:test takes, virtual",
    testAsync(async () => {
      await sleep(3_600_000);
      assert.equal(getRunningLoop().time(), 3_600_000);
    }),
  );

  test(
    "gets what node:test gives",
    testAsync(async (context) => {
      assert.equal(context.name, "gets what node:test gives");
      await checkpoint();
    }),
  );

  it("does nothing before it is called, and makes a loop for each call", async () => {
    const loops = new Set<unknown>();
    const run = testAsync(() => void loops.add(getRunningLoop()));
    assert.equal(loops.size, 0);
    await run();
    await run();
    assert.equal(loops.size, 2);
  });

  it("runs on the loop that was asked for", async () => {
    const names: string[] = [];
    const note = () => void names.push(getRunningLoop().statistics().driver);
    await testAsync(note)();
    await testAsync(note, { loop: "virtual" })();
    await testAsync(note, { loop: "node" })();
    assert.deepEqual(names, ["virtual", "virtual", "node"]);
  });

  it("draws its order from a seed, and replays a schedule", async () => {
    const trace = async (options: TestOptions) => {
      const steps: number[] = [];
      await testAsync(async () => {
        await gather(
          [0, 1, 2, 3].map((task) => async () => {
            for (let step = 0; step < 5; step++) {
              steps.push(task);
              await checkpoint();
            }
          }),
        );
      }, options)();
      return steps.join("");
    };
    assert.equal(await trace({ seed: 1 }), await trace({ seed: 1 }));
    assert.notEqual(await trace({ seed: 1 }), await trace({}));
    assert.equal(await trace({ schedule: [] }), await trace({}));
  });

  it("passes debug on", async () => {
    await testAsync(() => assert.equal(getRunningLoop().getDebug(), true), { debug: true })();
    await testAsync(() => assert.equal(getRunningLoop().getDebug(), false), { debug: false })();
  });

  for (const options of LOOPS) {
    const kind = "loop" in options ? options.loop : "virtual";

    it(`fails with what the body throws (${kind})`, async () => {
      const boom = new Error("boom");
      const failing = testAsync(async () => {
        await checkpoint();
        throw boom;
      }, options);
      await assert.rejects(failing(), boom);
    });

    it(`fails when tasks are left, and ends them (${kind})`, async () => {
      let ended = false;
      const leaking = testAsync(async () => {
        createTask(
          async () => {
            try {
              await sleep(60_000);
            } finally {
              ended = true;
            }
          },
          { name: "forgotten" },
        );
        await checkpoint();
      }, options);
      await assert.rejects(leaking(), (error) => {
        assert.ok(error instanceof LeakedTasksError);
        assert.match(error.message, /forgotten/);
        return true;
      });
      assert.equal(ended, true);
    });

    it(`fails when a connection is left, and closes it without a warning (${kind})`, async () => {
      const leaking = testAsync(() => void memoryStreamPair(), options);
      await assert.rejects(leaking(), (error) => {
        assert.ok(error instanceof LeakedResourcesError);
        assert.equal(error.code, "GYRE_LEAKED_RESOURCES");
        assert.match(error.message, /<Transport memory open.*, <Transport memory open/);
        return true;
      });
    });

    it(`does not mind a connection that is being closed (${kind})`, () =>
      testAsync(() => {
        for (const [, writer] of memoryStreamPair()) writer.close();
      }, options)());

    it(`fails when something was reported (${kind})`, async () => {
      const boom = new Error("boom");
      const reporting = testAsync(async () => {
        getRunningLoop().callSoon(() => {
          throw boom;
        });
        await sleep(1);
      }, options);
      await assert.rejects(reporting(), (error) => {
        assert.ok(error instanceof ReportedError);
        assert.equal(error.cause, boom);
        return true;
      });
    });

    it(`fails when nobody looked at an error (${kind})`, async () => {
      const dropping = testAsync(async () => {
        createTask(async () => {
          throw new Error("nobody looks");
        });
        await sleep(1);
      }, options);
      await assert.rejects(dropping(), /never retrieved[\s\S]*nobody looks/);
    });

    it(`tells of all that was left (${kind})`, async () => {
      const leaking = testAsync(async () => {
        createTask(() => sleep(60_000));
        memoryStreamPair();
        await checkpoint();
      }, options);
      await assert.rejects(leaking(), (error) => {
        assert.ok(error instanceof ExceptionGroup);
        assert.deepEqual(
          error.errors.map(({ name }) => name),
          ["LeakedTasksError", "LeakedResourcesError"],
        );
        return true;
      });
    });

    it(`looks at nothing with { leaks: false } (${kind})`, async () => {
      expectTrouble("warning", /closed while these were open/);
      await testAsync(
        () => {
          createTask(() => sleep(60_000));
          memoryStreamPair();
        },
        { ...options, leaks: false },
      )();
    });

    it(`fails in real time, and says what each task waits for (${kind})`, async () => {
      let cleaned = false;
      const hanging = testAsync(
        async () => {
          const event = new Event();
          createTask(() => event.wait(), { name: "second task" });
          try {
            await new Promise(() => {}); // something outside
          } finally {
            cleaned = true;
          }
        },
        { ...options, timeout: 20, ...(kind === "virtual" ? { outside: "wait" } : {}) },
      );
      await assert.rejects(hanging(), (error) => {
        assert.ok(error instanceof TimeoutError);
        assert.match(error.message, /took longer than 20 ms\. These 2 tasks wait:/);
        assert.match(error.message, /Task "test", running .*, waits for a promise that is not gyre's/);
        assert.match(error.message, /Task "second task", running .*, waits for/);
        return true;
      });
      assert.equal(cleaned, false); // it waits for what cannot be interrupted
    });

    it(`cancels a test that takes too long, and waits for its end (${kind})`, async () => {
      let cleaned = false;
      const hanging = testAsync(
        async () => {
          try {
            for (;;) await checkpoint();
          } finally {
            await checkpoint();
            cleaned = true;
          }
        },
        { ...options, timeout: 20 },
      );
      await assert.rejects(hanging(), TimeoutError);
      assert.equal(cleaned, true);
    });

    it(`stops a test that refuses to end (${kind})`, async () => {
      let steps = 0;
      const stubborn = testAsync(
        async () => {
          for (;;) {
            steps++;
            await checkpoint().then(undefined, () => {});
            await checkpoint().catch(() => {});
          }
        },
        { ...options, timeout: 20 },
      );
      await assert.rejects(stubborn(), TimeoutError);
      const before = steps;
      await hostSleep(10);
      assert.ok(steps - before <= 1, "it runs no further");
    });

    it(`ends with the signal of the framework (${kind})`, async () => {
      const controller = new AbortController();
      const waiting = testAsync(async (_context: { signal: AbortSignal }) => {
        controller.abort();
        await sleep(60_000);
      }, options);
      await assert.rejects(waiting({ signal: controller.signal }), CancelledError);
    });
  }

  it("looks like its body to reports, and to frameworks that read the text of a test", async () => {
    const named = testAsync(async function retries({ signal }: { signal?: AbortSignal }) {
      await new Future(signal === undefined ? {} : {});
    });
    assert.equal(named.name, "retries");
    assert.match(String(named), /^async function retries\(\{ signal \}\)/);
    await assert.rejects(named({}), (error) => {
      assert.ok(error instanceof DeadlockError);
      assert.match(error.message, /Task "test", running retries\(\), waits for/);
      assert.doesNotMatch(error.message, /created at (?!.*test-async\.test)/); // not every host tells
      return true;
    });
  });

  it("has no time-out with null, and tells of a deadlock at once", async () => {
    const stuck = testAsync(() => new Future(), { timeout: null });
    await assert.rejects(stuck(), DeadlockError);
  });

  it("prints what was reported when the test fails by itself, since it may be why", async () => {
    expectTrouble("report", /the reason/);
    const failing = testAsync(async () => {
      getRunningLoop().callSoon(() => {
        throw new Error("the reason");
      });
      await timeout(10, () => new Event().wait());
    });
    await assert.rejects(failing(), TimeoutError);
  });

  it("fails when a server is left", async () => {
    const leaking = testAsync(() => startServer(() => {}, "127.0.0.1", 0), { loop: "node" });
    await assert.rejects(
      leaking(),
      (error) => error instanceof LeakedResourcesError && /Server/.test(error.message),
    );
  });

  it("refuses wrong arguments at once", () => {
    assert.throws(() => testAsync(Promise.resolve() as never), { code: "GYRE_INVALID_ARGUMENT" });
    assert.throws(() => testAsync(async () => {}, { timeout: "1 s" as never }), {
      code: "GYRE_INVALID_ARGUMENT",
    });
    assert.throws(() => testAsync(async () => {}, { timeout: Number.NaN }), { code: "GYRE_OUT_OF_RANGE" });
    for (const option of [{ seed: 1 }, { schedule: [] }, { outside: "wait" as const }])
      assert.throws(() => testAsync(async () => {}, { loop: "node", ...option }), {
        code: "GYRE_OUT_OF_RANGE",
        message: /is for the virtual loop/,
      });
    assert.throws(() => testWith(5 as never), { code: "GYRE_INVALID_ARGUMENT" });
    assert.throws(() => testWith((use) => use(1))(5 as never), { code: "GYRE_INVALID_ARGUMENT" });
  });

  it("cannot be called by code that a loop runs, and leaves that alone", () =>
    testAsync(async () => {
      await assert.rejects(testAsync(async () => {})(), { code: "GYRE_LOOP_RUNNING" });
      await sleep(10);
      assert.equal(getRunningLoop().time(), 10);
    })());

  it("rejects for a loop that is not known", () =>
    assert.rejects(testAsync(async () => {}, { loop: "unheard of" })(), { code: "GYRE_LOOP_UNKNOWN" }));
});
