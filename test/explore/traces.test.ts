import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { runVirtual, type RunVirtualOptions } from "gyre/testing";
import { fromRoot } from "../../scripts/lib/paths.ts";
import { parseSections } from "../../scripts/lib/sections.ts";
import { guardLeaks } from "../support/leaks.ts";
import { busyProgram } from "./busy-program.ts";

/** What each run wrote, byte for byte the same on every host. `GYRE_RECORD=1` writes it anew: look at what changed. */
const FILE = fromRoot("test/explore/traces.txt");
const RECORD = process.env["GYRE_RECORD"] === "1";

const RUNS: Readonly<Record<string, RunVirtualOptions>> = {
  "in order": {},
  "in order, debug mode": { debug: true },
  "seed 0": { seed: 0 },
  "seed 1": { seed: 1 },
  "seed -7": { seed: -7 },
  "seed 4294967297": { seed: 2 ** 32 + 1 },
  'seed "gyre"': { seed: "gyre" },
  'seed "ünïcödé 🌀"': { seed: "ünïcödé 🌀" },
  "schedule 3, 1, 4, 1, 5, 9, 2, 6": { schedule: [3, 1, 4, 1, 5, 9, 2, 6] },
};

async function trace(options: RunVirtualOptions): Promise<readonly string[]> {
  const lines: string[] = [];
  await runVirtual(() => busyProgram((line) => lines.push(line)), options);
  return lines;
}

function storedTrace(name: string): readonly string[] | undefined {
  return parseSections(readFileSync(FILE, "utf8")).get(name);
}

describe("a program that waits in every way", () => {
  guardLeaks();

  for (const [name, options] of Object.entries(RUNS)) {
    it(`leaves the same trace on every host: ${name}`, { skip: RECORD }, async () => {
      assert.deepEqual(await trace(options), storedTrace(name));
    });
  }

  it(
    "takes its steps in an order of its own for each seed, whatever other loops do",
    { skip: RECORD },
    async () => {
      const traces = await Promise.all([0, 1, 2, 3].map((seed) => trace({ seed })));
      assert.deepEqual(traces.slice(0, 2), [storedTrace("seed 0"), storedTrace("seed 1")]);
      assert.equal(new Set(traces.map((lines) => lines.join("\n"))).size, traces.length);
    },
  );

  it("is recorded", { skip: !RECORD }, async () => {
    const sections: string[] = [];
    for (const [name, options] of Object.entries(RUNS))
      sections.push(`== ${name}`, ...(await trace(options)));
    writeFileSync(FILE, `${sections.join("\n")}\n`);
  });
});
