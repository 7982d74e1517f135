import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readSource } from "#gyre/executors/functions/self-contained.js";

/** The names that a function's text uses from outside, as the error lists them; none if it can be sent. */
function outside(source: string): string[] {
  try {
    readSource(source, "", "send(fn)");
    return [];
  } catch (error) {
    assert.ok(error instanceof TypeError);
    const [, list = error.message] = /it uses (.*?)(?: \(an import|, which)/.exec(error.message) ?? [];
    return list.split(", ").map((name) => name.replaceAll("`", ""));
  }
}

const SENT: readonly string[] = [
  "(a, { b, c: [d = 1, ...e] }, ...f) => [a, b, d, e, f]",
  "function name(a) { return a ? name(a - 1) : arguments.length }",
  "async (a) => { for await (const b of a) await b; }",
  "() => { try { x() } catch { } function x() {} }",
  "() => { class A extends Error { static #p = 1; get q() { return A.#p } r = this.q } return new A() }",
  "(o) => o.free.names.are?.not['these'] ?? { free: 1, names() { return this } }",
  "() => { label: for (;;) { break label } }",
  "() => new.target",
  "(a) => `${a} ${((b) => b)(a)}`",
  "method(a) { return a }",
  "async method(a) { return a }",
  "['computed'](a) { return a }",
  "async () => (await import('node:fs')).readFileSync",
  "() => [undefined, NaN, Infinity, globalThis, process, Buffer, structuredClone, setTimeout, console]",
  "() => { const inner = function () { return this }; return inner }",
  "function () { const inner = /* @__PURE__ */ __name((a) => a, 'inner'); return inner(1) }",
  "() => { var { length } = 'abc'; length++; delete length.x; return typeof length }",
  "function sloppy() { with ({ a: 1 }) { return Math.max(1) } }",
];

const KEPT: readonly (readonly [source: string, names: readonly string[]])[] = [
  ["(a) => a + salt", ["salt"]],
  ["(a = standard) => a", ["standard"]],
  ["({ [key]: a }) => a", ["key"]],
  ["(a) => ({ salt })", ["salt"]],
  ["(a) => a[index]", ["index"]],
  ["() => { x = 1; y++; }", ["x", "y"]],
  ["() => { class A extends Base {} return A }", ["Base"]],
  ["() => typeof maybe", ["maybe"]],
  ["() => tag`text ${value}`", ["tag", "value"]],
  ["() => (0, util_1.hash)()", ["util_1"]],
  ["() => __vi_import_0__.hash()", ["__vi_import_0__"]],
  ["() => require('node:fs')", ["require"]],
  ["(a) => { for (const b of a) use(b); }", ["use"]],
  ["async () => await other()", ["other"]],
  ["() => { const arrow = () => arguments; return arrow }", ["arguments"]],
];

describe("the free names of a function", () => {
  for (const source of SENT) it(`are none in ${source}`, () => assert.deepEqual(outside(source), []));

  for (const [source, names] of KEPT)
    it(`are found in ${source}`, () => assert.deepEqual(outside(source), names));

  it("say nothing of syntax that is not known", () => {
    assert.deepEqual(outside("() => a |> b"), []);
  });
});
