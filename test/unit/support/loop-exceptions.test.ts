import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { filesBelow, fromRoot } from "../../../scripts/lib/paths.ts";
import { parseTitles } from "../../../scripts/lib/rows.ts";
import { exceptionFor, staleExceptions } from "../../support/loop-exceptions.ts";

const EXCEPTIONS = [
  { loop: "virtual", test: "FD-01", reason: "no descriptors" },
  { loop: "node", test: "a whole title", reason: "because" },
];

describe("loop exceptions", () => {
  it("match a row of the title or the whole title, on their loop alone", () => {
    assert.equal(exceptionFor("virtual", "watches [FD-01 FD-02]", EXCEPTIONS)?.reason, "no descriptors");
    assert.equal(exceptionFor("node", "a whole title", EXCEPTIONS)?.reason, "because");
    assert.equal(exceptionFor("node", "watches [FD-01]", EXCEPTIONS), undefined);
    assert.equal(exceptionFor("virtual", "watches FD-01 [FD-02]", EXCEPTIONS), undefined);
  });

  it("are stale when they match no title", () => {
    assert.deepEqual(staleExceptions(["watches [FD-01]"], EXCEPTIONS), [EXCEPTIONS[1]]);
  });

  it("in the table all match a test that runs on every loop", () => {
    const files = [...filesBelow("test/conformance", ".ts"), ...filesBelow("test/parity", ".ts")];
    const sources = files.map((file) => readFileSync(fromRoot(file), "utf8"));
    const titles = sources.flatMap(parseTitles).map(({ title }) => title);
    assert.deepEqual(staleExceptions(titles), []);
  });
});
