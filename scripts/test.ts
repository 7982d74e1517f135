/**
 * `npm test [-- STAGE...]`: runs all stages, or the ones named (build always goes first), prints a line for each
 * and at the end `N passed, M failed`.
 */
import { check, type Result, sum, summary } from "./lib/result.ts";
import { node } from "./lib/runtimes.ts";
import {
  SELECTOR,
  socketFiles,
  SUITES,
  type Suite,
  suiteFiles,
  VIRTUAL,
  virtualFiles,
  WITHOUT_RING,
} from "./lib/suites.ts";
import { build } from "./stages/build.ts";
import { features, format, layers, lint } from "./stages/checks.ts";
import { docs } from "./stages/docs.ts";
import { twins } from "./stages/twins.ts";
import { types } from "./stages/types.ts";

type Stage = () => Promise<Result> | Result;

const LONG = 240_000; // ms; a file of long explorations or of hundreds of processes takes half a minute of a free machine

/** What needs no compiled tests, and so runs even when the build failed. */
const CHECKS: Readonly<Record<string, Stage>> = { lint, format, layers, features, twins };
const TESTS: Readonly<Record<string, Stage>> = {
  types,
  ...Object.fromEntries(SUITES.map((suite) => [suite, () => runSuite(suite)])),
  virtual: () => node("node", process.execPath).run(virtualFiles(), VIRTUAL),
  docs,
};
const ON_REQUEST: Readonly<Record<string, Stage>> = {
  selector: runSelector,
  stress: () => runSuite("stress", LONG),
  "explore-long": () => runSuite("explore-long", LONG),
};
const ALL = { ...CHECKS, ...TESTS, ...ON_REQUEST };

/** Parity on the selector loop, and its sockets without io_uring. */
async function runSelector(): Promise<Result> {
  const runtime = node("node", process.execPath);
  const parity = await runtime.run(suiteFiles("parity"), SELECTOR);
  return sum([parity, await runtime.run(socketFiles(), WITHOUT_RING)]);
}

function runSuite(suite: Suite, patience?: number): Promise<Result> | Result {
  const files = suiteFiles(suite);
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0, note: "no files" };
  return node("node", process.execPath, patience).run(files);
}

/** A stage that breaks down counts as a failure. */
async function attempt(stage: Stage): Promise<Result> {
  try {
    return await stage();
  } catch (error) {
    return check([error instanceof Error ? (error.stack ?? error.message) : String(error)]);
  }
}

async function report(name: string, stage: Stage): Promise<Result> {
  const start = performance.now();
  const result = await attempt(stage);
  const seconds = `${((performance.now() - start) / 1000).toFixed(1)} s`;
  if (result.details !== undefined) console.log(result.details);
  const note = result.note === undefined ? "" : ` (${result.note})`;
  console.log(`${name.padEnd(12)} ${seconds.padStart(6)}  ${summary(result)}${note}`);
  return result;
}

function wantedStages(): string[] {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !(name in ALL));
  if (unknown.length > 0) {
    console.error(`unknown stage: ${unknown.join(", ")}; there are ${Object.keys(ALL).join(", ")}`);
    process.exit(2);
  }
  return names.length > 0 ? names : [...Object.keys(CHECKS), ...Object.keys(TESTS)];
}

const names = wantedStages();
const results = [await report("build", build)];
const built = results[0]?.failed === 0;
for (const name of names) {
  const stage = ALL[name];
  if (stage && (built || name in CHECKS)) results.push(await report(name, stage));
  else console.log(`${name.padEnd(12)} not run, because the build failed`);
}
const all = sum(results);
console.log(summary(all));
process.exitCode = all.failed > 0 ? 1 : 0;
