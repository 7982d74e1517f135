import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { explore } from "gyre/testing";
import { PLANTED } from "../explore/all-planted.ts";
import { guardLeaks } from "../support/leaks.ts";

const RUNS = 10_000;

describe("explore, for long", () => {
  guardLeaks();

  for (const { name, fixed } of PLANTED) {
    it(`finds nothing in ${RUNS} runs of the twin of ${name}`, async () => {
      const { runs } = await explore(fixed, { runs: RUNS, seed: "long" });
      assert.equal(runs, RUNS);
    });
  }
});
