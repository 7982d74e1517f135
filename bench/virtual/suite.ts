import { itself, one, timed } from "../lib/fixtures.ts";
import { type Figure, PEAK, type Subject, type Suite, USUAL } from "../lib/suite.ts";
import { ROUND_TRIPS } from "./shape.ts";

const VIRTUAL: Subject = { name: "gyre, virtual loop", runtime: "node", module: "virtual/gyre.js" };
const NODE: Subject = {
  name: "gyre, node loop",
  runtime: "node",
  module: "tasks/gyre.js",
  baseline: true,
};
const CPYTHON: Subject = { name: "CPython 3.13 asyncio", runtime: "cpython", module: "tasks/cpython.py" };
const EXPLORE: Subject = { name: "gyre, explore", runtime: "node", module: "virtual/explore.js" };

const REAL_TIME: Figure = { key: "wall", title: "real time", unit: "s", scale: 1e9 };
const PER_ROUND_TRIP: Figure = {
  key: "cpu",
  title: "CPU time per round trip",
  unit: "µs",
  scale: 1000 * ROUND_TRIPS,
};

const STEPS =
  "The virtual loop runs each entry to quiescence before the next one: no promise that could go on may be left. The others let functions " +
  "that were woken together go on together.";

const EXPLORED =
  "A program of test/explore/programs, without its bug: each run has a loop and a schedule of its own.";

export const virtual: Suite = {
  name: "virtual",
  defaults: USUAL,
  fixtures: [
    timed({
      name: "call-soon",
      title: "schedule 1,000 callbacks and run them, per callback",
      legend: STEPS,
      evidence: itself,
      subjects: [VIRTUAL, NODE, CPYTHON],
    }),
    timed({
      name: "switch",
      title: "steps of 10 tasks that take turns, per step",
      legend: STEPS,
      evidence: itself,
      subjects: [VIRTUAL, NODE, CPYTHON],
    }),
    {
      name: "hour",
      title: "an hour of 1,000 clients, each of which asks a server of its own once a minute",
      legend:
        "A simulated network with ordinary conditions: 2,000 hosts, 1 ms each way. Client and server are streams. The process does it once, " +
        "cold, connecting and closing included.",
      ...one("sleepers", REAL_TIME, PER_ROUND_TRIP, PEAK),
      units: ROUND_TRIPS,
      evidence: itself,
      subjects: [VIRTUAL],
    },
    timed({
      name: "explore-tasks",
      title: "runs of three short tasks, per run",
      legend: EXPLORED,
      evidence: itself,
      subjects: [EXPLORE],
    }),
    timed({
      name: "explore-network",
      title: "elections of three nodes on a simulated network, per run",
      legend: EXPLORED,
      evidence: itself,
      subjects: [EXPLORE],
    }),
  ],
};
