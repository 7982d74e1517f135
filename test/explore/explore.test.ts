import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ExplorationError, explore, runVirtual } from "gyre/testing";
import { guardLeaks } from "../support/leaks.ts";
import { PLANTED } from "./programs.ts";

const RUNS_WITHOUT_FINDING = 500;

async function failureOf(exploring: Promise<unknown>): Promise<ExplorationError> {
  try {
    await exploring;
  } catch (error) {
    if (error instanceof ExplorationError) return error;
    throw error;
  }
  throw new Error("explore() found nothing");
}

describe("explore", () => {
  guardLeaks();

  for (const { name, broken } of PLANTED.filter(({ inMain }) => inMain)) {
    it(`replays ${name} from the schedule that it prints`, async () => {
      const { schedule, cause } = await failureOf(explore(broken, { runs: 999 }));
      assert.ok(cause instanceof Error);
      await assert.rejects(runVirtual(broken, { schedule }), { name: cause.name });
    });
  }

  for (const { name, symptom, broken, mended } of PLANTED) {
    it(`finds ${name} in fewer than 1,000 runs`, async () => {
      const failure = await failureOf(explore(broken, { runs: 999 }));
      assert.match(failure.message, symptom);
    });

    it(`finds ${name} in the same way each time`, async () => {
      const once = await failureOf(explore(broken, { runs: 999, seed: "s" }));
      const again = await failureOf(explore(broken, { runs: 999, seed: "s" }));
      assert.equal(again.message, once.message);
    });

    it(`finds nothing in the twin of ${name}`, async () => {
      const { runs } = await explore(mended, { runs: RUNS_WITHOUT_FINDING });
      assert.equal(runs, RUNS_WITHOUT_FINDING);
    });
  }
});
