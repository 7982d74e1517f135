import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ExceptionGroup, TimeoutError } from "gyre";

class NotFound extends Error {
  constructor(path: string) {
    super(`${path} not found`);
  }
}

/** Two type errors, one of them nested, and a range error, nested twice. */
function sample(): ExceptionGroup {
  const deepest = new ExceptionGroup([new RangeError("c")], "deepest");
  const inner = new ExceptionGroup([new TypeError("b"), deepest], "inner");
  return new ExceptionGroup([new TypeError("a"), inner], "outer", { cause: new Error("why") });
}

/** `outer(a, inner(b))` */
function shape(error: unknown): string {
  if (error instanceof ExceptionGroup) return `${error.message}(${error.errors.map(shape).join(", ")})`;
  return error instanceof Error ? error.message : String(error);
}

describe("ExceptionGroup", () => {
  it("is an AggregateError with a name, a code, a message and a cause [EXC-08]", () => {
    const errors = [new TypeError("a"), new Error("b")];
    const cause = new Error("why");
    const group = new ExceptionGroup(errors, "two", { cause });
    assert.ok(group instanceof AggregateError);
    assert.deepEqual(group.errors, errors);
    assert.deepEqual(
      [group.name, group.code, group.message, group.cause],
      ["ExceptionGroup", "GYRE_EXCEPTION_GROUP", "two", cause],
    );
    assert.equal(String(group), "ExceptionGroup: two");
    assert.equal("cause" in new ExceptionGroup(errors), false);
  });

  it("takes any collection and anything thrown, keeps the order, and copies [EXC-08]", () => {
    const errors: unknown[] = ["text", null, new Error("x")];
    const group = new ExceptionGroup(new Set(errors));
    assert.deepEqual(group.errors, errors);
    errors.pop();
    assert.equal(group.errors.length, 3);
  });

  it("refuses to be empty [EXC-08]", () => {
    assert.throws(() => new ExceptionGroup([]), { name: "TypeError", code: "GYRE_INVALID_ARGUMENT" });
  });
});

describe("ExceptionGroup.split", () => {
  it("parts by class, at any depth, with the nesting kept [EXC-08]", () => {
    const [types, rest] = sample().split(TypeError);
    assert.equal(shape(types), "outer(a, inner(b))");
    assert.equal(shape(rest), "outer(inner(deepest(c)))");
  });

  it("parts by a function that judges single errors, and groups first [EXC-08]", () => {
    const seen: string[] = [];
    const [odd, rest] = sample().split((error) => {
      seen.push(shape(error));
      return error instanceof Error && error.message === "c";
    });
    assert.equal(shape(odd), "outer(inner(deepest(c)))");
    assert.equal(shape(rest), "outer(a, inner(b))");
    assert.deepEqual(seen, [
      "outer(a, inner(b, deepest(c)))",
      "a",
      "inner(b, deepest(c))",
      "b",
      "deepest(c)",
      "c",
    ]);
  });

  it("gives null for an empty side [EXC-08]", () => {
    const group = sample();
    assert.deepEqual(
      group.split(TimeoutError).map((side) => side && shape(side)),
      [null, shape(group)],
    );
    const [all, none] = group.split(Error);
    assert.equal(shape(all), shape(group));
    assert.equal(none, null);
  });

  it("gives the group itself where the group matches [EXC-08]", () => {
    const group = sample();
    assert.deepEqual(group.split(ExceptionGroup), [group, null]);
    assert.deepEqual(
      group.split(() => true),
      [group, null],
    );
    const [inner] = group.split((error) => error instanceof Error && error.message === "inner");
    assert.equal(inner?.errors[0], group.errors[1]);
  });

  it("keeps the errors themselves, the message, the cause and the stack [EXC-08]", () => {
    const group = sample();
    const [types, rest] = group.split(TypeError);
    assert.equal(types?.errors[0], group.errors[0]);
    for (const side of [types, rest]) {
      assert.equal(side?.message, "outer");
      assert.equal(side?.cause, group.cause);
      assert.equal(side?.stack, group.stack);
    }
  });

  it("matches subclasses, and errors that are no objects [EXC-08]", () => {
    const group = new ExceptionGroup([new NotFound("/a"), "text", undefined]);
    const [found, rest] = group.split(NotFound);
    assert.equal(found?.errors.length, 1);
    assert.deepEqual(rest?.errors, ["text", undefined]);
    assert.deepEqual(group.split((error) => error === undefined)[0]?.errors, [undefined]);
  });

  it("refuses what is neither a class nor a function [EXC-08]", () => {
    const wrong = "TypeError" as unknown as typeof TypeError;
    assert.throws(() => sample().split(wrong), { code: "GYRE_INVALID_ARGUMENT" });
  });
});

describe("ExceptionGroup.subgroup", () => {
  it("is the matching side of split [EXC-08]", () => {
    const group = sample();
    assert.equal(shape(group.subgroup(RangeError)), "outer(inner(deepest(c)))");
    assert.equal(group.subgroup(TimeoutError), null);
    assert.equal(
      group.subgroup(() => true),
      group,
    );
  });
});

describe("ExceptionGroup.derive", () => {
  it("makes a group of other errors with the same message and cause [EXC-08]", () => {
    const group = sample();
    const derived = group.derive([new Error("other")]);
    assert.equal(shape(derived), "outer(other)");
    assert.equal(derived.cause, group.cause);
  });

  it("keeps the class of a subclass that overrides it, through split and subgroup [EXC-08]", () => {
    class HttpErrors extends ExceptionGroup {
      readonly status: number;
      constructor(errors: Iterable<unknown>, status: number) {
        super(errors, "http");
        this.status = status;
      }
      override derive(errors: Iterable<unknown>): HttpErrors {
        return new HttpErrors(errors, this.status);
      }
    }
    const group = new HttpErrors([new TypeError("a"), new Error("b")], 503);
    group.cause = new Error("why");
    const [types, rest] = group.split(TypeError);
    for (const side of [types, rest, group.subgroup(TypeError)]) {
      assert.ok(side instanceof HttpErrors);
      assert.equal(side.status, 503);
      assert.equal(side.cause, group.cause, "split hands the cause on, whatever derive does");
    }
  });
});
