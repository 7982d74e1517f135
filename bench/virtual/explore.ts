/** Runs of `explore`, of programs without the bug that their twins have: so all runs take place. */
import { explore } from "gyre/testing";
import type { Planted } from "../../test/explore/planted.ts";
import { planted as checkThenAct } from "../../test/explore/programs/check-then-act.ts";
import { planted as splitBrain } from "../../test/explore/programs/split-brain.ts";
import { job } from "../lib/jobs.ts";
import type { Job } from "../lib/suite.ts";

function runsOf({ fixed }: Planted): Job {
  return job(async (n) => (await explore(fixed, { runs: n })).runs);
}

export const jobs: Readonly<Record<string, Job>> = {
  "explore-tasks": runsOf(checkThenAct),
  "explore-network": runsOf(splitBrain),
};
