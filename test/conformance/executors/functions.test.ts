import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { moduleFunction, toThread } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { guardWorkers } from "./workers.ts";

const WORK = new URL("./work.js", import.meta.url);
const outer = 3;
const bound = Math.max.bind(undefined, 0);

/** What a call with a function that cannot be sent says. */
function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof TypeError);
    assert.equal("code" in error && error.code, "GYRE_INVALID_ARGUMENT");
    return error.message;
  }
  return assert.fail("was not refused");
}

const object = {
  factor: 2,
  method(value: number) {
    return value + 1;
  },
  async later(value: number) {
    return value + 2;
  },
  usesThis() {
    return this.factor;
  },
};

describeOnLoops("functions for workers", ({ it, run }) => {
  guardWorkers();

  it("may be arrows, functions, methods, async or not [EXE-01 EXE-04]", () =>
    run(async () => {
      assert.equal(await toThread((a: number, b: number) => a * b, 6, 7), 42);
      assert.equal(
        await toThread(function named(a: number): number {
          return a <= 1 ? 1 : a * named(a - 1);
        }, 5),
        120,
      );
      assert.equal(await toThread(object.method, 1), 2); // oxlint-disable-line typescript/unbound-method -- it needs none
      assert.equal(await toThread(object.later, 1), 3); // oxlint-disable-line typescript/unbound-method -- it needs none
      assert.equal(await toThread(async (a: number) => a, 4), 4);
    }));

  it("may declare, destructure, label, nest and use every global [EXE-01]", () =>
    run(async () => {
      const result = await toThread(
        ({ a, b: [c = 1, ...rest] }: { a: number; b: number[] }, ...more: number[]) => {
          class Box {
            static made = 0;
            #value = a;
            get value() {
              return this.#value;
            }
          }
          function sum(this: void, ...items: number[]) {
            return items.reduce((total, item) => total + item, arguments.length);
          }
          let found = 0;
          outer: for (const item of rest) {
            for (let index = 0; ; index++) {
              if (index === item) continue outer;
              found++;
            }
          }
          try {
            const { message } = { message: "x" };
            throw message;
          } catch (caught) {
            const message = caught;
            return {
              c,
              found,
              total: sum(...more),
              value: new Box().value,
              text: String(message),
              key: { outer: 1 },
            };
          }
        },
        { a: 9, b: [1, 2, 3] },
        5,
        6,
      );
      assert.deepEqual(result, { c: 1, found: 5, total: 13, value: 9, text: "x", key: { outer: 1 } });
    }));

  it("may import inside [EXE-01]", () =>
    run(async () => {
      const hash = async (text: string) => {
        const crypto = await import("node:crypto");
        return crypto.createHash("sha256").update(text).digest("hex");
      };
      assert.equal(await toThread(hash, "x"), createHash("sha256").update("x").digest("hex"));
    }));

  it("are refused at the call when they use what is outside, which the error names [EXE-01]", () => {
    const message = refusal(() => toThread((a: number) => a * outer, 1));
    assert.match(message, /`outer`/);
    assert.match(message, /toThread\(.*, outer\)/);
    assert.match(message, /moduleFunction\(import\.meta\.url/);
  });

  it("are refused when they are native, bound, classes, generators, or use this [EXE-01]", () => {
    assert.match(
      refusal(() => toThread(Math.max, 1)),
      /max.*native/,
    );
    assert.match(
      refusal(() => toThread(bound, 1)),
      /bound/,
    );
    assert.match(
      refusal(() =>
        toThread(
          class Thing {
            x = 1;
          } as unknown as () => void,
        ),
      ),
      /Thing.*class/,
    );
    assert.match(
      refusal(() =>
        toThread(function* numbers() {
          yield 1;
        }),
      ),
      /numbers.*generator/,
    );
    assert.match(
      refusal(() => toThread(object.usesThis)), // oxlint-disable-line typescript/unbound-method -- that is the point
      /`this`/,
    );
    assert.match(
      refusal(() => toThread("text" as unknown as () => void)),
      /the string "text"/,
    );
    assert.match(
      refusal(() => toThread(async () => (await import("./work.js")).twice(1))),
      /relative/,
    );
  });

  it("may be named by module and export [EXE-01]", () =>
    run(async () => {
      assert.equal(await toThread(moduleFunction<(value: number) => number>(WORK, "twice"), 21), 42);
      assert.equal(await toThread(moduleFunction<(value: number) => number>(WORK.href), 2), 6);
      const basename = moduleFunction<(path: string) => string>("node:path", "basename");
      assert.equal(await toThread(basename, "/a/b"), "b");
    }));

  it("that a module does not export are named with those that it does [EXE-01]", () =>
    run(async () => {
      await assert.rejects(toThread(moduleFunction(WORK, "twise")), /no function twise.*twice/);
      await assert.rejects(toThread(moduleFunction(WORK, "notAFunction")), /no function notAFunction/);
      await assert.rejects(toThread(moduleFunction(new URL("./nothing.js", import.meta.url))), {
        code: "ERR_MODULE_NOT_FOUND",
      });
    }));

  it("cannot be named relative to nothing [EXE-01]", () => {
    assert.throws(() => moduleFunction("./work.js", "twice"), {
      code: "GYRE_OUT_OF_RANGE",
      message: /new URL\("\.\/work\.js"/,
    });
    assert.throws(() => moduleFunction(1 as unknown as string), { code: "GYRE_INVALID_ARGUMENT" });
    assert.throws(() => moduleFunction("/x.js", 1 as unknown as string), { code: "GYRE_INVALID_ARGUMENT" });
  });
});
