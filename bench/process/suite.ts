import { itself, one } from "../lib/fixtures.ts";
import { type JobFixture, NANOSECONDS, type Subject, type Suite } from "../lib/suite.ts";

const GYRE: Subject = { name: "gyre", runtime: "node", module: "process/gyre.js" };
const BARE: Subject = {
  name: "node:child_process",
  runtime: "node",
  module: "process/bare.js",
  baseline: true,
};
const EXECA: Subject = { name: "execa", runtime: "node", module: "process/execa.js" };
const CPYTHON: Subject = { name: "CPython 3.13 asyncio", runtime: "cpython", module: "process/cpython.py" };
const SUBJECTS = [GYRE, BARE, EXECA, CPYTHON];

const NOT_THE_CHILDREN = "The CPU time is that of the parent; that of the children is not in it.";

type Own = Pick<JobFixture, "name" | "title" | "legend" | "units">;

function fixture(own: Own): JobFixture {
  return { ...own, ...one("time", NANOSECONDS), evidence: itself, subjects: SUBJECTS };
}

export const processes: Suite = {
  name: "process",
  defaults: { rounds: 3, nodes: "24,20" },
  fixtures: [
    fixture({
      name: "spawn",
      title: "start `true` without pipes, wait for its end, then the next one, per child",
      legend: `Counts those that exited with 0. ${NOT_THE_CHILDREN}`,
      units: 20,
    }),
    fixture({
      name: "spawn-at-once",
      title: "start 50 children with three pipes at once, say a word to each and read it back, per child",
      legend: `The children are \`cat\`. ${NOT_THE_CHILDREN}`,
      units: 50,
    }),
    fixture({
      name: "communicate",
      title: "send 32 MiB through `cat` and collect it, per MiB",
      legend: `communicate(), and execa's input and Buffer. Counts the MiB that came back. ${NOT_THE_CHILDREN}`,
      units: 32,
    }),
  ],
};
