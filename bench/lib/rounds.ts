/** Runs the subjects of a suite side by side: in each round every one of them once, in rotated order, in a process of its own. */
import { command } from "../../scripts/lib/command.ts";
import { fromRoot } from "../../scripts/lib/paths.ts";
import type { Program } from "./programs.ts";
import {
  type Answer,
  type Entrant,
  type Fixture,
  type JobFixture,
  type Order,
  OVERSLEPT,
  type Plan,
  type TrialFixture,
} from "./suite.ts";

export interface Measured extends Entrant {
  readonly answers: Answer[];
  readonly failures: string[];
  /** Grows until this subject can put all its sleepers to bed before the first one wakes. */
  sleep: number;
}

const LIMIT = 120_000; // ms per process
const LONGEST_SLEEP = 32_000; // ms

export function entrants(
  fixture: Fixture,
  programs: readonly Program[],
  checkouts: readonly Checkout[],
): Entrant[] {
  return fixture.subjects.flatMap((subject) => {
    const roots = /^gyre\b/.test(subject.name) ? checkouts : checkouts.slice(0, 1);
    return roots.flatMap(({ label, root }) =>
      programs
        .filter(({ id }) => id === subject.runtime || id.startsWith(`${subject.runtime}-`))
        .map((program) => ({ subject: { ...subject, name: subject.name + label }, program, root })),
    );
  });
}

/** A built tree of this repository; more than one to compare two versions of gyre. */
export interface Checkout {
  readonly label: string;
  readonly root: string;
}

export async function runRounds(
  fixtures: readonly Fixture[],
  field: (fixture: Fixture) => readonly Entrant[],
  plan: Plan,
): Promise<Map<Fixture, Measured[]>> {
  const results = new Map(
    fixtures.map((fixture) => [
      fixture,
      field(fixture).map((one): Measured => ({ ...one, answers: [], failures: [], sleep: plan.sleep })),
    ]),
  );
  for (let round = 0; round < plan.rounds; round++) {
    const start = performance.now();
    for (const [fixture, all] of results) {
      const first = Math.floor((round * all.length) / plan.rounds);
      for (const one of [...all.slice(first), ...all.slice(0, first)])
        await ("trial" in fixture ? tryOnce(fixture, one, round, plan) : runOnce(fixture, one, round, plan));
    }
    console.log(`round ${round + 1} of ${plan.rounds}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
  return results;
}

async function tryOnce({ trial }: TrialFixture, one: Measured, round: number, plan: Plan): Promise<void> {
  try {
    one.answers.push(await trial(one, round, plan));
  } catch (error) {
    one.failures.push(error instanceof Error ? error.message : String(error));
  }
}

async function runOnce(fixture: JobFixture, one: Measured, round: number, plan: Plan): Promise<void> {
  const { subject, program, root } = one;
  const order: Order = {
    module: subject.module,
    job: subject.job ?? fixture.name,
    measure: fixture.measure,
    units: fixture.units,
    evidence: fixture.evidence(fixture.units),
    warmUp: plan.warmUp,
    sample: plan.sample,
    sleep: one.sleep,
  };
  const worker =
    subject.runtime === "cpython" ? fromRoot("bench/lib/worker.py") : `${root}.build/bench/lib/worker.js`;
  const [start, ...rest] = plan.pin?.(round, program.path) ?? ([program.path] as const);
  const { ok, code, stdout, output } = await command(
    start,
    [...rest, ...program.flags, worker, JSON.stringify(order)],
    {
      limit: LIMIT,
    },
  );
  if (ok) one.answers.push(JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Answer);
  else if (code === OVERSLEPT && one.sleep < LONGEST_SLEEP) {
    one.sleep *= 2;
    await runOnce(fixture, one, round, plan);
  } else one.failures.push(output.trim().slice(0, 2000));
}
