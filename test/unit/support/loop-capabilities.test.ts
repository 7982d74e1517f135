import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { lackOf, needsOfFile } from "../../support/loop-capabilities.ts";

const LACKS = [{ loop: "virtual", capability: "network", reason: "no cables" }] as const;

describe("loop capabilities", () => {
  it("tell why a loop cannot run a suite", () => {
    assert.equal(lackOf("virtual", ["sockets", "network"], LACKS), "no cables");
    assert.equal(lackOf("virtual", ["sockets"], LACKS), null);
    assert.equal(lackOf("virtual", [], LACKS), null);
    assert.equal(lackOf("node", ["network"], LACKS), null);
  });

  it("are needed by all suites below a path", () => {
    assert.deepEqual(needsOfFile("at file:///x/.build/test/conformance/network/tls.test.js:1:1"), [
      "network",
    ]);
    assert.deepEqual(needsOfFile("at file:///x/.build/test/conformance/loop/order.test.js:1:1"), []);
    assert.deepEqual(needsOfFile(new Error().stack ?? ""), []);
  });
});
