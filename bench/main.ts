/**
 * `npm run bench -- SUITE...` measures the subjects of a suite side by side, and prints their tables. docs/performance.md
 * says how to read them, and what the options are.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { fromRoot, ROOT } from "../scripts/lib/paths.ts";
import { echo } from "./echo/suite.ts";
import { executor } from "./executor/suite.ts";
import { findPin, findPrograms } from "./lib/programs.ts";
import { asJson, overview, tables } from "./lib/report.ts";
import { type Checkout, entrants, type Measured, runRounds } from "./lib/rounds.ts";
import type { Fixture, Plan, Suite } from "./lib/suite.ts";
import { processes } from "./process/suite.ts";
import { sync } from "./sync/suite.ts";
import { tasks } from "./tasks/suite.ts";
import { virtual } from "./virtual/suite.ts";

const SUITES: readonly Suite[] = [tasks, sync, echo, executor, processes, virtual];
const RESULTS = ".build/bench/results";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    subjects: { type: "string" },
    node: { type: "string" },
    rounds: { type: "string" },
    sleep: { type: "string", default: "4000" },
    against: { type: "string" },
    quick: { type: "boolean", default: false },
  },
});

function refuse(problem: string): never {
  console.error(`${problem}\nnpm run bench -- ${SUITES.map(({ name }) => name).join(" | ")} [options]`);
  process.exit(2);
}

function wantedSuites(): readonly Suite[] {
  const unknown = positionals.filter((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown.length > 0) refuse(`there is no suite ${unknown.join(", ")}`);
  return positionals.length > 0
    ? SUITES.filter(({ name }) => positionals.includes(name))
    : refuse("which suite?");
}

function wantedFixtures({ fixtures }: Suite): readonly Fixture[] {
  const names = options.only?.split(",") ?? fixtures.map(({ name }) => name);
  const unknown = names.filter((name) => !fixtures.some((fixture) => fixture.name === name));
  if (unknown.length > 0) refuse(`there is no fixture ${unknown.join(", ")}`);
  const words = options.subjects?.toLowerCase().split(",") ?? [""];
  return fixtures
    .filter(({ name }) => names.includes(name))
    .map((fixture) => ({
      ...fixture,
      subjects: fixture.subjects.filter(({ name }) =>
        words.some((word) => name.toLowerCase().includes(word)),
      ),
    }));
}

/** What this machine cannot measure is left out, and a line says so. */
async function withoutObstacles(fixtures: readonly Fixture[]): Promise<Fixture[]> {
  const possible: Fixture[] = [];
  for (const fixture of fixtures) {
    const obstacle = "obstacle" in fixture ? await fixture.obstacle() : null;
    if (obstacle === null) possible.push(fixture);
    else console.log(`${fixture.name}: skipped: ${obstacle}`);
  }
  return possible;
}

function positive(option: "rounds" | "sleep", usual?: number): number {
  const value = Number(options[option] ?? usual);
  return Number.isInteger(value) && value > 0 ? value : refuse(`--${option} takes a whole number above zero`);
}

function checkouts(): readonly Checkout[] {
  const own: Checkout = { label: "", root: ROOT };
  if (options.against === undefined) return [own];
  return [own, { label: ` of ${options.against}`, root: `${resolve(options.against)}/` }];
}

async function measure(suite: Suite): Promise<Map<Fixture, Measured[]>> {
  const fixtures = await withoutObstacles(wantedFixtures(suite));
  const runtimes = new Set(fixtures.flatMap(({ subjects }) => subjects.map(({ runtime }) => runtime)));
  const programs = await findPrograms(runtimes, (options.node ?? suite.defaults.nodes).split(","));
  const pin = await findPin();
  const plan: Plan = {
    rounds: options.quick ? 1 : positive("rounds", suite.defaults.rounds),
    quick: options.quick,
    warmUp: options.quick ? 100 : 250,
    sample: options.quick ? 15 : 40,
    sleep: positive("sleep"),
    pin,
  };
  console.log(
    `${programs.map(({ title }) => title).join(", ")} on ${cpus()[0]?.model ?? "an unknown processor"}`,
  );
  if (pin === null) console.log("taskset is not here, so nothing is pinned to a core");
  const notes = (await suite.notes?.()) ?? [];
  for (const note of notes) console.log(note);
  const measured = await runRounds(fixtures, (fixture) => entrants(fixture, programs, checkouts()), plan);
  const conditions = {
    suite: suite.name,
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model,
    pinned: pin !== null,
    rounds: plan.rounds,
    notes,
  };
  mkdirSync(fromRoot(RESULTS), { recursive: true });
  writeFileSync(fromRoot(`${RESULTS}/${suite.name}.json`), asJson(measured, conditions));
  return measured;
}

/** By subject, since one that fails in one fixture often fails in all of them. */
function failuresOf(measured: ReadonlyMap<Fixture, readonly Measured[]>): Map<string, string[]> {
  const failures = new Map<string, string[]>();
  for (const [fixture, all] of measured) {
    for (const one of all) {
      const who = `${one.subject.name} on ${one.program.title}`;
      const texts = one.failures.map((text) => `${fixture.name}: ${text}`);
      if (texts.length > 0) failures.set(who, [...(failures.get(who) ?? []), ...texts]);
    }
  }
  return failures;
}

for (const suite of wantedSuites()) {
  const measured = await measure(suite);
  for (const [fixture, all] of measured) console.log(`\n${tables(fixture, all)}`);
  const { overview: figure } = suite;
  if (figure !== undefined && [...measured.keys()].some(({ figures }) => figures.includes(figure)))
    console.log(`\n${overview(measured, figure)}`);
  const failures = failuresOf(measured);
  for (const [who, texts] of failures) console.error(`\n${who} failed ${texts.length} times:\n${texts[0]}`);
  if (failures.size > 0) process.exitCode = 1;
  console.log(`\nall answers of all rounds: ${RESULTS}/${suite.name}.json`);
}
