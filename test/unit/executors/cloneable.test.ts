import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { refusedPart } from "#gyre/executors/transport/cloneable.js";

const fn = (): void => {};
const ring: unknown[] = [];
ring.push({ ring });

describe("the part of a value that cannot be cloned", () => {
  const found: readonly (readonly [value: unknown, path: string])[] = [
    [fn, "x"],
    [Symbol("s"), "x"],
    [[1, { a: [fn] }], "x[1].a[0]"],
    [{ "a b": fn }, 'x["a b"]'],
    [new Map([["key", fn]]), 'x.get(the string "key")'],
    [new Map([[fn, 1]]), "x.key(the function fn)"],
    [new Set([fn]), "x.item"],
    [{ p: Promise.resolve() }, "x.p"],
    [[new WeakMap()], "x[0]"],
    [new Proxy({}, {}), "x"],
  ];
  for (const [value, path] of found) {
    it(`is named ${path}`, () => assert.equal(refusedPart(value, "x")?.path, path));
  }

  it("is none where all can be", () => {
    const fine = [
      1,
      "a",
      null,
      undefined,
      1n,
      new Date(),
      /a/,
      new Uint8Array(3),
      new Error("e"),
      ring,
      new Map([[{}, new Set([1])]]),
    ];
    assert.equal(refusedPart(fine, "x"), null);
    structuredClone(fine);
  });
});
