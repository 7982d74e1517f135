import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import { checkpoint, ExceptionGroup, Queue, sleep, taskGroup } from "gyre";
import { testWith } from "gyre/testing";
import { guardLeaks } from "../../support/leaks.ts";

describe("testWith", () => {
  guardLeaks();

  const log: string[] = [];
  const withQueue = testWith<Queue<string>>(async (use) => {
    const queue = new Queue<string>();
    log.push("before");
    try {
      await use(queue);
    } finally {
      await sleep(1000);
      log.push("after");
    }
  });

  test(
    "gives its value, and then what node:test gives",
    withQueue(async (queue, context) => {
      assert.equal(context.name, "gives its value, and then what node:test gives");
      await queue.put("item");
      assert.equal(await queue.get(), "item");
    }),
  );

  it("runs around each test, in its task and on its loop", async () => {
    log.length = 0;
    await withQueue(() => void log.push("one"))();
    await assert.rejects(
      withQueue(() => {
        throw new Error("two");
      })(),
      /two/,
    );
    assert.deepEqual(log, ["before", "one", "after", "before", "after"]);
  });

  it("may be a group, whose failure fails the test", async () => {
    const withServant = testWith<string>((use) =>
      taskGroup(async (group) => {
        group.createTask(async () => {
          await sleep(5);
          throw new Error("the servant died");
        });
        await use("served");
      }),
    );
    await assert.rejects(withServant(() => sleep(60_000))(), (error) => {
      assert.ok(error instanceof ExceptionGroup);
      assert.match(String(error.errors[0]), /the servant died/);
      return true;
    });
  });

  it("may use disposables", async () => {
    const steps: string[] = [];
    const withResource = testWith<number>(async (use) => {
      await using resource = {
        async [Symbol.asyncDispose]() {
          await checkpoint();
          steps.push("disposed");
        },
      };
      assert.ok(resource);
      await use(7);
    });
    await withResource((value) => void steps.push(`got ${value}`))();
    assert.deepEqual(steps, ["got 7", "disposed"]);
  });

  it("shows both failures when the clean-up fails as well, and the test's alone when it tells of that", async () => {
    const body = new Error("body");
    const broken = testWith<void>(async (use) => {
      try {
        await use();
      } finally {
        throw new Error("clean-up"); // eslint-disable-line no-unsafe-finally
      }
    });
    await assert.rejects(
      broken(() => {
        throw body;
      })(),
      (error) => {
        assert.ok(error instanceof ExceptionGroup);
        assert.equal(error.errors[0], body);
        assert.match(String(error.errors[1]), /clean-up/);
        return true;
      },
    );
    await assert.rejects(broken(() => {})(), /clean-up/);
    const wrapping = testWith<void>(async (use) => {
      await use().catch((cause: unknown) => {
        throw new Error("wrapped", { cause });
      });
    });
    await assert.rejects(
      wrapping(() => {
        throw body;
      })(),
      (error) => error instanceof Error && error.message === "wrapped" && error.cause === body,
    );
  });

  it("does not let a fixture swallow the failure of a test", async () => {
    const swallowing = testWith<void>((use) => use().catch(() => {}));
    await assert.rejects(
      swallowing(() => {
        throw new Error("body");
      })(),
      /body/,
    );
  });

  it("fails when the fixture does not use its value, or twice, or does not wait", async () => {
    const misuse = (fixture: Parameters<typeof testWith<void>>[0]) => testWith(fixture)(() => sleep(10))();
    await assert.rejects(
      misuse(() => {}),
      { code: "GYRE_INVALID_STATE", message: /without calling use/ },
    );
    await assert.rejects(
      misuse(async (use) => {
        await use();
        await use();
      }),
      { code: "GYRE_INVALID_STATE", message: /second time/ },
    );
    await assert.rejects(
      misuse((use) => void use()),
      { code: "GYRE_INVALID_STATE", message: /await use\(value\)/ },
    );
  });
});
