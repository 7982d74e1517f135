import { itself, one, sumBelow, timed } from "../lib/fixtures.ts";
import { BYTES, PEAK, SECONDS, type Subject, type Suite, USUAL } from "../lib/suite.ts";

const GYRE: Subject = { name: "gyre", runtime: "node", module: "tasks/gyre.js" };
const EFFECT: Subject = { name: "Effect 4 fibers", runtime: "node", module: "tasks/effect.js" };
const CPYTHON: Subject = { name: "CPython 3.13 asyncio", runtime: "cpython", module: "tasks/cpython.py" };

function bare(name: string, job?: string): Subject {
  return { name, runtime: "node", module: "tasks/bare.js", ...(job === undefined ? {} : { job }) };
}

function baseline(name: string, job?: string): Subject {
  return { ...bare(name, job), baseline: true };
}

const HEAPED = 100_000;
const MILLION = 1_000_000;

const TURN_AND_MICROTASK =
  "The bare async function does the same without any library, in two ways. Resumed by a host turn: it awaits a promise that " +
  "a setImmediate resolves (one for all who wait), which is what a suspension costs when something outside the function has " +
  "to end it, as a timer or a socket does. Resumed by a microtask: it awaits a settled promise, the least that JavaScript can suspend; " +
  "nothing outside is asked, nobody else gets a turn, and so no scheduler can be that cheap.";

export const tasks: Suite = {
  name: "tasks",
  defaults: USUAL,
  fixtures: [
    timed({
      name: "spawn-sequential",
      title: "spawn and join a task that suspends once, one after the other, per task",
      legend: TURN_AND_MICROTASK,
      evidence: sumBelow,
      subjects: [
        GYRE,
        baseline("bare, resumed by a host turn", "spawn-sequential-turn"),
        bare("bare, resumed by a microtask", "spawn-sequential-microtask"),
        EFFECT,
        CPYTHON,
      ],
    }),
    timed({
      name: "spawn-batch",
      title: "spawn 1,000 tasks that suspend once, then join them, per task",
      legend: "As above; the 1,000 share one host turn. Each is awaited by itself, in the order of creation.",
      evidence: sumBelow,
      subjects: [
        GYRE,
        baseline("bare, resumed by a host turn", "spawn-batch-turn"),
        bare("bare, resumed by a microtask", "spawn-batch-microtask"),
        EFFECT,
        CPYTHON,
      ],
    }),
    timed({
      name: "switch",
      title: "switches among 10 tasks, per switch",
      legend:
        "Each gives up its turn again and again: sleep(0), Effect.yieldNow, the shared setImmediate, a settled promise. It counts as " +
        "done only if the ten took turns strictly one after the other.",
      evidence: itself,
      subjects: [
        GYRE,
        baseline("bare, resumed by a host turn", "switch-turn"),
        bare("bare, resumed by a microtask", "switch-microtask"),
        EFFECT,
        CPYTHON,
      ],
    }),
    timed({
      name: "call-soon",
      title: "schedule 1,000 callbacks and run them, per callback",
      legend:
        "loop.callSoon gives a handle that can be cancelled, catches errors and copies the context variables; setImmediate " +
        "gives a handle, too; queueMicrotask does not.",
      evidence: itself,
      subjects: [
        GYRE,
        baseline("setImmediate", "setImmediate"),
        bare("queueMicrotask", "queueMicrotask"),
        CPYTHON,
      ],
    }),
    timed({
      name: "timers",
      title: "schedule 1,000 timers of ten different durations, cancel them in that order, per pair",
      legend: "callLater and cancel; setTimeout and clearTimeout; call_later and cancel. None of them fires.",
      evidence: itself,
      subjects: [GYRE, baseline("setTimeout"), CPYTHON],
    }),
    {
      name: "parked",
      title: "a task that waits for a future of its own, per task",
      legend:
        "100,000 tasks that have started and wait; then all are released, and must end. Bytes that live after a collection, the future and " +
        "what holds the task included: heapUsed and external memory on Node, tracemalloc in CPython.",
      ...one("heap", BYTES),
      units: HEAPED,
      evidence: itself,
      subjects: [GYRE, baseline("bare async function and promise"), EFFECT, CPYTHON],
    },
    {
      name: "sleepers",
      title: "a million tasks that sleep at the same time and wake at the same moment",
      legend:
        "The first sleeper made sets the moment; nobody may wake before all are asleep. CPU time of making, sleeping and waking; " +
        "the idle time in between does not count. Peak resident memory of the whole process, runtime included (VmHWM).",
      ...one("sleepers", SECONDS, PEAK),
      units: MILLION,
      evidence: itself,
      subjects: [GYRE, baseline("bare async function and setTimeout"), EFFECT, CPYTHON],
    },
    timed({
      name: "cancel",
      title: "cancel 1,000 parked tasks and await their ends, per task",
      legend:
        "Creating them is not counted. Each task catches the cancellation, counts it and throws it again. What plain promises have in its " +
        "stead is an AbortController per function.",
      evidence: itself,
      subjects: [GYRE, baseline("bare and AbortController"), EFFECT, CPYTHON],
    }),
    timed({
      name: "ping-pong",
      title: "two tasks hand each other futures, per round trip",
      legend:
        "A round trip is two new futures, two results and two switches. Bare: native promises; Effect: Deferred.",
      evidence: sumBelow,
      subjects: [GYRE, baseline("bare promises"), EFFECT, CPYTHON],
    }),
  ],
};
