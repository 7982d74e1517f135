import assert from "node:assert/strict";
import { describe as suite, it } from "node:test";
import { Context } from "gyre";
import { describe } from "#gyre/core/arguments.js";
import { formatExceptionContext } from "#gyre/core/exception-handler.js";
import { brief, describeCall, nameOf } from "#gyre/core/inspect.js";
import { parseFrames, StackFrame } from "#gyre/core/stack.js";

suite("what error messages say of a wrong argument", () => {
  it("names its kind, and never more than a few characters of it", () => {
    function named(): void {}
    function* generate(): Generator<number> {
      yield 1;
    }
    const cases: [unknown, string][] = [
      [undefined, "undefined"],
      [null, "null"],
      [5, "the number 5"],
      [5n, "the bigint 5"],
      [true, "the boolean true"],
      ["text", 'the string "text"'],
      [named, "the function named"],
      [() => 1, "a function"],
      [generate(), "a generator"],
      [Promise.resolve(), "a promise"],
      [new Context(), "an object of class Context"],
      [{}, "an object"],
      [Object.create(null), "an object"],
    ];
    for (const [value, text] of cases) assert.equal(describe(value), text);
    assert.ok(describe("x".repeat(1000)).length < 80);
  });
});

suite("how values look in logs", () => {
  it("is short, whatever they hold [FUT-15 TASK-24]", () => {
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    const values = [
      "x".repeat(1000),
      cyclic,
      new Error("y".repeat(1000)),
      { a: 1 },
      5n,
      undefined,
      null,
      Symbol("s"),
    ];
    for (const value of values) assert.ok(brief(value).length <= 60, brief(value));
    assert.equal(brief(new RangeError("far")), 'RangeError("far")');
    assert.equal(brief(7), "7");
    assert.equal(brief("7"), '"7"');
  });

  it("asks no value for its own text [RUN-06]", () => {
    const shy = { toString: () => assert.fail("asked"), toJSON: () => assert.fail("asked") };
    assert.equal(brief(shy), "[Object]");
  });

  it("names functions, and shows arguments only where they are given [SCHED-13 SCHED-15]", () => {
    function callback(): void {}
    assert.equal(nameOf(callback), "callback");
    assert.equal(nameOf(callback.bind(null)), "callback");
    assert.match(describeCall(callback, null), /^callback\(\)$/);
    assert.equal(describeCall(callback, [1, "two"]), 'callback(1, "two")');
    const nameless = [(): string => "x".repeat(2) + "a long source text that has to be cut somewhere"];
    assert.ok(nameOf(nameless[0] ?? callback).length <= 50);
  });
});

suite("the report on an error that no caller can be given", () => {
  it("has the message first, then the keys by name, then the error [ERR-03]", () => {
    const exception = new RangeError("far");
    const text = formatExceptionContext({ protocol: "p", message: "It failed", exception, asyncgen: "g" });
    assert.equal(text, `It failed\nasyncgen: g\nprotocol: p\n${exception.stack}`);
  });

  it("shows places, and the report that a handler failed to handle [ERR-03 ERR-04]", () => {
    const text = formatExceptionContext({
      message: "Handler failed",
      sourceTraceback: "at a (file:1:2)\nat b (file:3:4)",
      context: { message: "First" },
    });
    assert.match(text, /Handler failed\n[^]*First/);
    assert.match(text, /\n {2}at a \(file:1:2\)\n {2}at b \(file:3:4\)/);
  });

  it("shows what was thrown though it is no error, and causes that go round in a circle [ERR-03]", () => {
    assert.match(formatExceptionContext({ message: "m", exception: "a string" }), /a string/);
    const a = new Error("a");
    const b = new Error("b", { cause: a });
    a.cause = b;
    const text = formatExceptionContext({ message: "m", exception: a });
    assert.match(text, /Error: a[^]*caused by: Error: b/);
  });
});

suite("frames of a stack", () => {
  it("are read from the host's text, oldest call first [TASK-08]", () => {
    const stack = [
      "Error: text",
      "    at inner (file:///a.js:1:2)",
      "    at async outer (/b.js:3:4)",
      "    at file:///c.js:5:6",
    ].join("\n");
    assert.deepEqual(
      parseFrames(stack).map((frame) => [frame.function, frame.file, frame.line, frame.column]),
      [
        ["(anonymous)", "file:///c.js", 5, 6],
        ["outer", "/b.js", 3, 4],
        ["inner", "file:///a.js", 1, 2],
      ],
    );
    assert.deepEqual(parseFrames("no stack at all"), []);
  });

  it("say where they are as editors understand it [TASK-09]", () => {
    assert.equal(String(new StackFrame("fn", "/a.js", 1, 2)), "/a.js:1:2 in fn");
    assert.equal(String(new StackFrame("fn")), "in fn");
  });
});
