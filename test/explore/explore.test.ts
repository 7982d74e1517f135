import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { explore, runVirtual } from "gyre/testing";
import { guardLeaks } from "../support/leaks.ts";
import { PLANTED } from "./all-planted.ts";
import { failureOf } from "./failure.ts";

const RUNS_WITHOUT_FINDING = 500;

describe("explore", () => {
  guardLeaks();

  for (const { name, symptom, inMain, broken, fixed } of PLANTED) {
    it(`finds ${name} in fewer than 1,000 runs, and not in the ordinary order`, async () => {
      const { message, run } = await failureOf(explore(broken, { runs: 999 }));
      assert.match(message, symptom);
      assert.ok(run > 1);
    });

    it(`finds ${name} in the same way each time`, async () => {
      const once = await failureOf(explore(broken, { runs: 999, seed: "s" }));
      const again = await failureOf(explore(broken, { runs: 999, seed: "s" }));
      assert.equal(again.message, once.message);
    });

    it(`replays ${name} from the schedule that it prints`, async () => {
      const { schedule, cause } = await failureOf(explore(broken, { runs: 999 }));
      assert.ok(cause instanceof Error);
      const replaying = inMain ? runVirtual(broken, { schedule }) : explore(broken, { schedule });
      await assert.rejects(replaying, (error) => nameOf(inMain ? error : causeOf(error)) === cause.name);
    });

    it(`finds nothing in the twin of ${name}`, async () => {
      const { runs } = await explore(fixed, { runs: RUNS_WITHOUT_FINDING });
      assert.equal(runs, RUNS_WITHOUT_FINDING);
    });
  }
});

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : null;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}
