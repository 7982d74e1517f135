import { sumBelow, timed } from "../lib/fixtures.ts";
import { type Subject, type Suite, USUAL } from "../lib/suite.ts";

const CPYTHON: Subject = { name: "CPython 3.13", runtime: "cpython", module: "executor/cpython.py" };

function gyre(name: string, job: string): Subject {
  return { name, runtime: "node", module: "executor/gyre.js", job };
}

function bare(name: string, job: string): Subject {
  return { name, runtime: "node", module: "executor/bare.js", job };
}

const THREADS =
  "The job gives back its argument. CPU time of the process, its threads included. gyre: one ThreadPoolExecutor; piscina by itself: the " +
  "library below it, with the same worker settings and a job from a file, and once more as it comes, where idle threads sleep in Atomics.wait, and cannot go on with " +
  "anything that a job has left. CPython: loop.run_in_executor; its threads share memory, and copy nothing.";

const PROCESSES =
  "The same with one child process. CPU time of the parent alone. Bare: child_process.fork, and a message each way.";

export const executor: Suite = {
  name: "executor",
  defaults: USUAL,
  fixtures: [
    timed({
      name: "thread-round-trip",
      title: "one job in a thread after the other, per job",
      legend: THREADS,
      evidence: sumBelow,
      subjects: [
        gyre("gyre", "thread-round-trip"),
        { ...bare("piscina", "thread-round-trip"), baseline: true },
        bare("piscina with Atomics", "atomics-round-trip"),
        { ...CPYTHON, job: "thread-round-trip" },
      ],
    }),
    timed({
      name: "thread-throughput",
      title: "1,000 jobs for two threads at once, per job",
      legend: THREADS,
      evidence: sumBelow,
      subjects: [
        gyre("gyre", "thread-throughput"),
        { ...bare("piscina", "thread-throughput"), baseline: true },
        bare("piscina with Atomics", "atomics-throughput"),
        { ...CPYTHON, job: "thread-throughput" },
      ],
    }),
    timed({
      name: "process-round-trip",
      title: "one job in a process after the other, per job",
      legend: PROCESSES,
      evidence: sumBelow,
      subjects: [
        gyre("gyre", "process-round-trip"),
        { ...bare("fork", "process-round-trip"), baseline: true },
        { ...CPYTHON, job: "process-round-trip" },
      ],
    }),
  ],
};
