import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { lackOf, needsOfFile } from "../../support/loop-capabilities.ts";

const LACKS = [{ loop: "virtual", capability: "pipes", reason: "no plumber" }] as const;

describe("loop capabilities", () => {
  it("tell why a loop cannot run a suite", () => {
    assert.equal(lackOf("virtual", ["sockets", "pipes"], LACKS), "no plumber");
    assert.equal(lackOf("virtual", ["sockets"], LACKS), null);
    assert.equal(lackOf("virtual", [], LACKS), null);
    assert.equal(lackOf("node", ["pipes"], LACKS), null);
  });

  it("are needed by all suites below a path", () => {
    assert.deepEqual(needsOfFile("at file:///x/.build/test/conformance/network/pipes-read.test.js:1:1"), [
      "pipes",
    ]);
    assert.deepEqual(needsOfFile("at file:///x/.build/test/conformance/loop/order.test.js:1:1"), []);
    assert.deepEqual(needsOfFile(new Error().stack ?? ""), []);
  });
});
