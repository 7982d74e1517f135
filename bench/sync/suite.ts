import { itself, sumBelow, timed } from "../lib/fixtures.ts";
import { type Subject, type Suite, USUAL } from "../lib/suite.ts";

const GYRE: Subject = { name: "gyre", runtime: "node", module: "sync/gyre.js" };
const EFFECT: Subject = { name: "Effect 4", runtime: "node", module: "sync/effect.js" };
const CPYTHON: Subject = { name: "CPython 3.13 asyncio", runtime: "cpython", module: "sync/cpython.py" };

const node = (module: string) => (name: string, job: string) =>
  ({ name, runtime: "node", module, job }) satisfies Subject;
const gyre = node("sync/gyre.js");
const library = node("sync/libraries.js");
const bare = node("sync/bare.js");

function baseline(name: string, job: string): Subject {
  return { ...bare(name, job), baseline: true };
}

const SUSPENDS_ONCE =
  "JavaScript awaits a settled promise, in the same function with every library (Effect.promise calls it); Python does sleep(0), " +
  "the least that suspends there.";

export const sync: Suite = {
  name: "sync",
  defaults: USUAL,
  fixtures: [
    timed({
      name: "queue",
      title: "two tasks send a number to and fro through two queues, per round trip",
      legend:
        "A round trip is two puts, two gets that have to wait, and two switches. Unbounded queues, as each library has them; bare: an array of items and " +
        "one of resolvers.",
      evidence: sumBelow,
      subjects: [GYRE, baseline("bare promises", "queue"), EFFECT, CPYTHON],
    }),
    timed({
      name: "lock-free",
      title: "take a lock that nobody holds, enter the section, release the lock, per time",
      legend:
        "By a call with the section as a function: runExclusive, withPermit of a Semaphore(1); Python: async with. By acquire(): the section " +
        "in line, in a try with a finally that releases. Bare: each section is chained to the promise of the one before.",
      evidence: sumBelow,
      subjects: [
        GYRE,
        gyre("gyre, acquire()", "lock-free-acquire"),
        baseline("promise chain", "lock-free"),
        library("async-mutex", "mutex-free"),
        library("async-mutex, acquire()", "mutex-free-acquire"),
        EFFECT,
        CPYTHON,
      ],
    }),
    timed({
      name: "lock-contended",
      title: "ten tasks want the same lock again and again, per section",
      legend: `A section suspends once, while the others wait. ${SUSPENDS_ONCE} Counts as done only if nobody was inside with another one, and the ten took turns.`,
      evidence: itself,
      subjects: [
        GYRE,
        baseline("promise chain", "lock-contended"),
        library("async-mutex", "mutex-contended"),
        EFFECT,
        CPYTHON,
      ],
    }),
    timed({
      name: "limit",
      title: "1,000 short jobs, ten at a time, per job",
      legend:
        `A job suspends once. ${SUSPENDS_ONCE} Counts as done only if at most ten, and at some time ten, were running. gyre: ` +
        "semaphore.runExclusive(job) where the libraries have limit(job) and queue.add(job); with tasks: gather, a task for each job, as in " +
        "CPython; Effect: forEach with a concurrency; bare: ten async functions that take the next job.",
      evidence: sumBelow,
      subjects: [
        GYRE,
        gyre("gyre, with tasks", "limit-tasks"),
        baseline("bare, ten workers", "limit"),
        library("p-limit", "p-limit"),
        library("p-queue", "p-queue"),
        EFFECT,
        CPYTHON,
      ],
    }),
    timed({
      name: "group-1",
      title: "a task group with one child that suspends once, one group after the other, per group",
      legend:
        "taskGroup, Effect.all with unbounded concurrency, asyncio.TaskGroup, Promise.all. The child is that of spawn-sequential: sleep(0), Effect.yieldNow, " +
        "a shared setImmediate, a settled promise.",
      evidence: sumBelow,
      subjects: [
        GYRE,
        baseline("Promise.all, resumed by a host turn", "group-1-turn"),
        bare("Promise.all, resumed by a microtask", "group-1-microtask"),
        EFFECT,
        CPYTHON,
      ],
    }),
    timed({
      name: "group-1000",
      title: "a task group with 1,000 children that suspend once, per child",
      legend: "As above; with Promise.all the 1,000 share one host turn.",
      evidence: sumBelow,
      subjects: [
        GYRE,
        baseline("Promise.all, resumed by a host turn", "group-1000-turn"),
        bare("Promise.all, resumed by a microtask", "group-1000-microtask"),
        EFFECT,
        CPYTHON,
      ],
    }),
  ],
};
