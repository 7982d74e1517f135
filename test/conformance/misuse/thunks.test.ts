import assert from "node:assert/strict";
import {
  type Coroutine,
  createTask,
  ensureFuture,
  gather,
  getRunningLoop,
  run as gyreRun,
  Runner,
  shield,
  Task,
  timeout,
  timeoutAt,
  waitFor,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";

type AnyCoroutine = Coroutine<unknown>;

async function work(): Promise<void> {}
function* generator(): Generator<number> {
  yield 1;
}
async function* asyncGenerator(): AsyncGenerator<number> {
  yield 1;
}

const starters: [string, (wrong: AnyCoroutine) => unknown][] = [
  ["run", (wrong) => gyreRun(wrong)],
  ["runner.run", (wrong) => new Runner().run(wrong)],
  ["createTask", (wrong) => createTask(wrong)],
  ["loop.createTask", (wrong) => getRunningLoop().createTask(wrong)],
  ["new Task", (wrong) => new Task(wrong)],
];

const nonFunctions: [string, unknown][] = [
  ["a generator", generator()],
  ["an async generator", asyncGenerator()],
  ["undefined", undefined],
  ["null", null],
  ["a number", 5],
  ["a string", "work"],
  ["an object", {}],
  ["a generator function", generator],
  ["an async generator function", asyncGenerator],
];

describeOnLoops("what is started by a function", ({ it, run }) => {
  it("refuses a promise at once, and shows the right call [RUN-01 TASK-03]", () =>
    run(async () => {
      for (const [name, start] of starters) {
        assert.throws(
          () => start(work() as unknown as AnyCoroutine),
          (error: NodeJS.ErrnoException) => {
            assert.ok(error instanceof TypeError, name);
            assert.equal(error.code, "GYRE_INVALID_ARGUMENT");
            assert.match(error.message, /a promise.*\(\(\) => work\(\)\)/);
            return true;
          },
        );
      }
    }));

  it("refuses a task or a future at once [RUN-01 TASK-03]", () =>
    run(async (main) => {
      for (const [name, start] of starters) {
        assert.throws(() => start(main as unknown as AnyCoroutine), { code: "GYRE_INVALID_ARGUMENT" }, name);
      }
    }));

  it("refuses everything else that is not an async function, at once [RUN-01 TASK-03]", () =>
    run(async () => {
      for (const [name, start] of starters) {
        for (const [what, wrong] of nonFunctions) {
          assert.throws(
            () => start(wrong as AnyCoroutine),
            { name: "TypeError", code: "GYRE_INVALID_ARGUMENT" },
            `${name} of ${what}`,
          );
        }
      }
      assert.equal(getRunningLoop().statistics().tasks, 1);
    }));

  it("tells a generator function how to be written here [TASK-03]", () =>
    run(async () => {
      assert.throws(() => createTask(generator as unknown as AnyCoroutine), {
        message: /async.*await.*yield/,
      });
    }));
});

describeOnLoops("what waits for something", ({ it, run }) => {
  const waiters: [string, (wrong: Promise<unknown>) => unknown][] = [
    ["gather", (wrong) => gather([wrong])],
    ["shield", (wrong) => shield(wrong)],
    ["ensureFuture", (wrong) => ensureFuture(wrong)],
    ["waitFor", (wrong) => waitFor(wrong, 10)],
    ["waitFor without a limit", (wrong) => waitFor(wrong, null)],
    ["waitFor with no time", (wrong) => waitFor(wrong, 0)],
  ];

  it("refuses what cannot be waited for, at once [FUT-17 WAIT-02 WAIT-08 WAIT-12]", () =>
    run(async () => {
      for (const [name, wait] of waiters) {
        for (const wrong of [undefined, null, 5, "x", {}, [1], generator()]) {
          assert.throws(
            () => wait(wrong as Promise<unknown>),
            { name: "TypeError", code: "GYRE_INVALID_ARGUMENT" },
            name,
          );
        }
      }
      assert.equal(getRunningLoop().statistics().tasks, 1);
    }));

  it("refuses arguments that gather takes as one array, and starts nothing [WAIT-02]", () =>
    run(async () => {
      let started = false;
      const start = (): void => {
        started = true;
      };
      const spread = gather as unknown as (...aws: unknown[]) => unknown;
      assert.throws(() => spread(start, start), { code: "GYRE_INVALID_ARGUMENT", message: /gather\(\[/ });
      assert.throws(() => gather([start, 5 as unknown as Promise<void>]), { code: "GYRE_INVALID_ARGUMENT" });
      await Promise.resolve();
      assert.equal(started, false);
      assert.equal(getRunningLoop().statistics().tasks, 1);
    }));
});

describeOnLoops("a block", ({ it, run }) => {
  it("refuses a body that is not a function, at once [TO-01 TO-02]", () =>
    run(async () => {
      for (const wrong of [work(), undefined, null, 5, generator()]) {
        const body = wrong as unknown as () => void;
        assert.throws(() => timeout(10, body), { name: "TypeError", code: "GYRE_INVALID_ARGUMENT" });
        assert.throws(() => timeoutAt(10, body), { name: "TypeError", code: "GYRE_INVALID_ARGUMENT" });
      }
    }));
});
