import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { newEventLoop } from "gyre";
import { checkEventLoop, type ConformanceReport, VirtualEventLoop } from "gyre/testing";
import { guardLeaks } from "../../support/leaks.ts";
import { LOOPS } from "../../support/loops.ts";

const MOST_SKIPPED = 10; // of a loop that has everything: what only a stepwise loop can show, and what this machine has not

/** Shows the failures as the tool prints them. */
function requireSuccess(report: ConformanceReport, least: number): void {
  assert.deepEqual(
    report.results
      .filter(({ outcome }) => outcome === "failed")
      .map(({ title, error }) => `${title}: ${error}`),
    [],
  );
  assert.ok(report.passed >= least, `only ${report.passed} checks passed`);
  assert.equal(report.passed + report.failed + report.skipped, report.results.length);
}

for (const name of LOOPS) {
  describe(`the ${name} loop`, () => {
    guardLeaks();

    it("keeps the whole contract [EXT-02 LOOP-12]", async () => {
      const report = await checkEventLoop(() => newEventLoop(name), { throwOnFailure: false });
      requireSuccess(report, 220);
      assert.ok(report.skipped <= MOST_SKIPPED, `${report.skipped} checks were skipped`);
    });
  });
}

describe("the virtual loop", () => {
  guardLeaks();

  it("keeps the contract of a loop whose clock stands still [EXT-02 LOOP-12]", async () => {
    const capabilities = { realtime: false };
    const report = await checkEventLoop(() => new VirtualEventLoop(), {
      capabilities,
      throwOnFailure: false,
    });
    requireSuccess(report, 100);
  });

  it("keeps it, and notices stalls, where nothing outside counts [EXT-02]", async () => {
    const capabilities = { realtime: false, outside: false, stall: true };
    const factory = () => new VirtualEventLoop({ outside: "fail" });
    requireSuccess(await checkEventLoop(factory, { capabilities, throwOnFailure: false }), 100);
  });
});
