import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { check, sum, summary } from "../../../scripts/lib/result.ts";

describe("stage results", () => {
  it("are summed up with their notes and details", () => {
    const skipped = { passed: 0, failed: 0, skipped: 2, note: "no tool" };
    const total = sum([check([], "3 files"), check(["a", "b"]), skipped]);
    assert.deepEqual(total, { passed: 1, failed: 1, skipped: 2, note: "3 files; no tool", details: "a\nb" });
  });

  it("are told in one line, with skipped tests only where there are some", () => {
    assert.equal(summary({ passed: 2, failed: 0, skipped: 0 }), "2 passed, 0 failed");
    assert.equal(summary({ passed: 2, failed: 1, skipped: 3 }), "2 passed, 1 failed, 3 skipped");
  });
});
