import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  ArgumentRangeError,
  ArgumentTypeError,
  CancelledError,
  DeadlockError,
  InvalidStateError,
  isCancelled,
  KeyboardInterrupt,
  LookupError,
  RuntimeError,
  TimeoutError,
} from "gyre";

describe("the errors of the core", () => {
  const errors: [Error & { code: string }, name: string, code: string, base: new () => Error][] = [
    [new CancelledError(), "CancelledError", "GYRE_CANCELLED", Error],
    [new TimeoutError(), "TimeoutError", "GYRE_TIMEOUT", Error],
    [new InvalidStateError("x"), "InvalidStateError", "GYRE_INVALID_STATE", Error],
    [new RuntimeError("GYRE_LOOP_CLOSED", "x"), "RuntimeError", "GYRE_LOOP_CLOSED", Error],
    [new LookupError("x"), "LookupError", "GYRE_NO_VALUE", Error],
    [new KeyboardInterrupt("x"), "KeyboardInterrupt", "GYRE_INTERRUPTED", Error],
    [new DeadlockError("x"), "DeadlockError", "GYRE_DEADLOCK", Error],
    [new ArgumentTypeError("x"), "TypeError", "GYRE_INVALID_ARGUMENT", TypeError],
    [new ArgumentRangeError("x"), "RangeError", "GYRE_OUT_OF_RANGE", RangeError],
  ];

  it("have a class, a name and a stable code [EXC-01 EXC-02 EXC-03]", () => {
    for (const [error, name, code, base] of errors) {
      assert.ok(error instanceof base, name);
      assert.equal(error.name, name);
      assert.equal(error.code, code);
      assert.match(String(error), new RegExp(`^${name}`));
    }
  });

  it("have a message of their own and keep the one that is given [EXC-01 EXC-03]", () => {
    assert.notEqual(new CancelledError().message, "");
    assert.notEqual(new TimeoutError().message, "");
    assert.equal(new CancelledError("mine").message, "mine");
    assert.equal(new TimeoutError("mine").message, "mine");
  });

  it("keep their cause [EXC-01 EXC-03]", () => {
    const cause = new CancelledError();
    assert.equal(new TimeoutError(undefined, { cause }).cause, cause);
    assert.equal(new CancelledError("outer", { cause }).cause, cause);
  });
});

describe("isCancelled", () => {
  it("is true of cancellations alone [EXC-01 TASK-21]", () => {
    class Own extends CancelledError {}
    assert.equal(isCancelled(new CancelledError()), true);
    assert.equal(isCancelled(new Own()), true);
    for (const other of [new Error("x"), new TimeoutError(), { name: "CancelledError" }, null, undefined]) {
      assert.equal(isCancelled(other), false);
    }
  });
});
