import assert from "node:assert/strict";
import type * as gyreModule from "gyre";
import { BrokenExecutorError, CancelledError, moduleFunction, QueueEmpty, transferring } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { WorkError } from "./work.ts";
import { guardWorkers, KINDS } from "./workers.ts";

const WORK = new URL("./work.js", import.meta.url);
const GYRE = import.meta.resolve("gyre");

async function caught(promise: PromiseLike<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof Error);
    return Object.assign(error);
  }
  return assert.fail("did not fail");
}

for (const { kind, make } of KINDS) {
  describeOnLoops(`what comes back from ${kind}`, ({ it, run }) => {
    guardWorkers();

    it("is what structured clone carries [EXE-02 EXE-03]", () =>
      run(async () => {
        await using executor = make({ maxWorkers: 1 });
        const value = {
          map: new Map([["a", new Set([1n])]]),
          date: new Date(0),
          bytes: new Uint8Array([1, 2, 3]),
          nothing: undefined,
          text: "ü",
        };
        const back = await executor.submit((given: typeof value) => given, value);
        assert.deepEqual(back.map, value.map);
        assert.deepEqual(back.date, value.date);
        assert.deepEqual([...back.bytes], [1, 2, 3]);
        assert.ok("nothing" in back);
        assert.equal(await executor.submit(() => undefined), undefined);
      }));

    it("has the class, message, cause, properties and stack of the error [EXE-02 EXE-03]", () =>
      run(async () => {
        await using executor = make({ maxWorkers: 1 });
        const error = await caught(
          executor.submit(function failing() {
            const inner = Object.assign(new TypeError("inner"), { at: 7 });
            throw Object.assign(new RangeError("outer", { cause: inner }), {
              code: "E_JOB",
              info: { a: [1] },
            });
          }),
        );
        assert.ok(error instanceof RangeError);
        assert.equal(error.message, "outer");
        assert.equal(error["code"], "E_JOB");
        assert.deepEqual(error["info"], { a: [1] });
        assert.match(String(error.stack), /at failing /);
        assert.ok(error.cause instanceof TypeError);
        assert.equal("at" in error.cause && error.cause.at, 7);
        assert.deepEqual(Object.keys(error).toSorted(), ["code", "info"]);
      }));

    it("knows gyre's errors, groups and what is no error [EXE-02 EXE-03]", () =>
      run(async () => {
        await using executor = make({ maxWorkers: 1 });
        const empty = await caught(
          executor.submit(async (gyre: string) => {
            const { QueueEmpty: Empty } = (await import(gyre)) as typeof gyreModule;
            throw new Empty("nothing there");
          }, GYRE),
        );
        assert.ok(empty instanceof QueueEmpty);
        assert.equal(empty["code"], "GYRE_QUEUE_EMPTY");
        const several = await caught(
          executor.submit(() => {
            throw new AggregateError([new TypeError("a"), "b"], "two");
          }),
        );
        assert.ok(several instanceof AggregateError);
        assert.ok(several.errors[0] instanceof TypeError);
        assert.equal(several.errors[1], "b");
        await assert.rejects(
          Promise.resolve(
            executor.submit(() => {
              throw "plain text";
            }),
          ),
          (thrown) => thrown === "plain text",
        );
      }));

    it("has the class that the module of the function exports, else its name [EXE-02 EXE-03]", () =>
      run(async () => {
        await using executor = make({ maxWorkers: 1 });
        const error = await caught(executor.submit(moduleFunction(WORK, "fail")));
        assert.ok(error instanceof WorkError);
        assert.deepEqual(error.detail, { reason: "tired" });
        assert.ok(error.cause instanceof WorkError);
        const hidden = await caught(executor.submit(moduleFunction(WORK, "failHidden")));
        assert.ok(hidden instanceof RangeError);
        assert.equal(hidden.name, "HiddenError");
      }));

    it("is an error that names the part which cannot be cloned [EXE-02 EXE-03]", () =>
      run(async () => {
        await using executor = make({ maxWorkers: 1 });
        const argument = await caught(executor.submit((x: unknown) => x, { callback() {} }));
        assert.equal(argument["code"], "GYRE_NOT_CLONEABLE");
        assert.match(argument.message, /args\[0\]\.callback is the function callback/);
        const result = await caught(executor.submit(() => ({ rows: [1, { "a b": Symbol("s") }] })));
        assert.equal(result["code"], "GYRE_NOT_CLONEABLE");
        assert.match(result.message, /result\.rows\[1\]\["a b"\] is the symbol/);
        assert.equal(await executor.submit(() => "still works"), "still works");
      }));

    it("is a cancellation if the job throws one [EXE-02 EXE-03]", () =>
      run(async () => {
        await using executor = make({ maxWorkers: 1 });
        const future = executor.submit(async (gyre: string) => {
          const { CancelledError: Cancelled } = (await import(gyre)) as typeof gyreModule;
          throw new Cancelled("enough");
        }, GYRE);
        await assert.rejects(async () => await future, CancelledError);
        assert.ok(future.cancelled());
      }));

    it("is a BrokenExecutorError with its cause when the initializer fails [EXE-02 EXE-03]", () =>
      run(async () => {
        const broken = make({
          maxWorkers: 1,
          initializer: () => {
            throw new RangeError("no licence");
          },
        });
        const queued = [broken.submit(() => 1), broken.submit(() => 2)];
        for (const future of queued) {
          const error = await caught(future);
          assert.ok(error instanceof BrokenExecutorError);
          assert.ok(error.cause instanceof RangeError);
        }
        assert.ok((await caught(broken.submit(() => 3))) instanceof BrokenExecutorError);
        await broken.shutdown();
      }));
  });
}

describeOnLoops("transferring", ({ it, run }) => {
  guardWorkers();

  it("moves a buffer there and back, where memory can be shared [EXE-02]", () =>
    run(async () => {
      const [threads] = KINDS;
      assert.ok(threads);
      await using executor = threads.make({ maxWorkers: 1 });
      const bytes = new Uint8Array([1, 2, 3]);
      const back = await executor.submit(
        async (given: Uint8Array<ArrayBuffer>, gyre: string) => {
          const { transferring: moving } = (await import(gyre)) as typeof gyreModule;
          return moving(given, [given.buffer]);
        },
        transferring(bytes, [bytes.buffer]),
        GYRE,
      );
      assert.equal(bytes.length, 0);
      assert.deepEqual([...back], [1, 2, 3]);
    }));
});
