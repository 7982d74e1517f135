import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { newEventLoop } from "gyre";
import { checkEventLoop, type ConformanceReport, VirtualEventLoop } from "gyre/testing";
import { guardLeaks } from "../../support/leaks.ts";
import { LOOPS } from "../../support/loops.ts";

interface Expected {
  readonly capabilities: NonNullable<Parameters<typeof checkEventLoop>[1]>["capabilities"];
  /** How many checks have to pass, so that nothing is skipped by mistake. */
  readonly least: number;
}

/** Its Unix sockets have no files, and the host's pipes know nothing of its clock. */
const VIRTUAL = { realtime: false, unix: false, pipes: false };

const EXPECTED: Readonly<Record<(typeof LOOPS)[number], Expected>> = {
  node: { capabilities: {}, least: 220 },
  selector: { capabilities: {}, least: 220 },
  virtual: { capabilities: VIRTUAL, least: 200 },
};

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

    it("keeps the contract [EXT-02 LOOP-12]", async () => {
      const { capabilities = {}, least } = EXPECTED[name];
      requireSuccess(
        await checkEventLoop(() => newEventLoop(name), { capabilities, throwOnFailure: false }),
        least,
      );
    });
  });
}

describe("the virtual loop where nothing outside counts", () => {
  guardLeaks();

  it("keeps the contract, and notices stalls [EXT-02]", async () => {
    const capabilities = { ...VIRTUAL, outside: false, stall: true };
    const factory = () => new VirtualEventLoop({ outside: "fail" });
    requireSuccess(await checkEventLoop(factory, { capabilities, throwOnFailure: false }), 200);
  });
});
