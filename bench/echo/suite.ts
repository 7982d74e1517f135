import type { Figure, Subject, Suite, TrialFixture } from "../lib/suite.ts";
import { FIRST, idleTrial, MORE, obstacleToIdling } from "./idle.ts";
import type { Load } from "./sides.ts";
import { loadGenerator, tlsFiles, tlsGenerator } from "./tools.ts";
import { trial } from "./trial.ts";

const CPU: Figure = { key: "cpu", title: "the server's CPU time per request", unit: "µs", scale: 1000 };
const RESIDENT: Figure = {
  key: "resident",
  title: "resident memory per connection",
  unit: "bytes",
  scale: 1,
};
const HEAP: Figure = { key: "heap", title: "JavaScript heap per connection", unit: "bytes", scale: 1 };
const RATE: Figure = { key: "rate", title: "requests", unit: "thousands per second", scale: 1000 };

const gyre = (job: string): Subject => ({
  name: `gyre ${job}`,
  runtime: "node",
  module: "echo/gyre.js",
  job,
});
const selector = (job: string): Subject => ({ ...gyre(job), name: `gyre selector ${job}`, loop: "selector" });
const asyncio = (job: string): Subject => ({
  name: `asyncio ${job}`,
  runtime: "cpython",
  module: "echo/cpython.py",
  job,
});
const uvloop = (job: string): Subject => ({
  name: `uvloop ${job}`,
  runtime: "uvloop",
  module: "echo/cpython.py",
  job,
  loop: "uvloop",
});
const bare = (name: string): Subject => ({
  name,
  runtime: "node",
  module: "echo/bare.js",
  baseline: true,
});
const C: Subject = { name: "C with epoll", runtime: "c", module: "echo/server.c" };
const BUN: Subject = { name: "Bun.listen", runtime: "bun", module: "echo/bun.js" };

const TCP_SUBJECTS: readonly Subject[] = [
  bare("node:net"),
  gyre("protocol"),
  gyre("buffered"),
  gyre("streams"),
  selector("protocol"),
  selector("buffered"),
  selector("streams"),
  C,
  asyncio("protocol"),
  asyncio("buffered"),
  asyncio("streams"),
  uvloop("protocol"),
  uvloop("buffered"),
  uvloop("streams"),
  BUN,
];

const TLS_SUBJECTS: readonly Subject[] = [
  bare("node:tls"),
  gyre("protocol"),
  gyre("streams"),
  selector("protocol"),
  selector("streams"),
  asyncio("protocol"),
  asyncio("streams"),
  uvloop("protocol"),
  uvloop("streams"),
  BUN,
];

const KIB = 1024;
const SIZES = [1, 10, 100];
const CONNECTIONS = [1, 100, 1000];

const LEGEND =
  "Each connection has one request under way. CPU time is user and system time of the server's process, all its threads, for the requests of " +
  "the sample alone; start-up and warm-up are left out. The baseline is socket.on('data', (data) => socket.write(data)).";

function fixture(name: string, title: string, load: Load, subjects: readonly Subject[]): TrialFixture {
  return {
    name,
    title,
    legend: LEGEND,
    figures: [CPU, RATE],
    subjects,
    trial: (one, round, plan) => trial(load, one, round, plan),
    obstacle: async () => {
      const files = load.tls ? await tlsFiles() : null;
      return typeof files === "string" ? files : null;
    },
  };
}

function tcp(kib: number, connections: number): TrialFixture {
  const title = `TCP echo of ${kib} KiB, ${connections} at a time`;
  const load: Load = { size: kib * KIB, connections, tls: false };
  return fixture(`${kib}k-${connections}`, title, load, TCP_SUBJECTS);
}

function overTls(kib: number, connections: number): TrialFixture {
  const title = `echo of ${kib} KiB over TLS 1.3, ${connections} at a time`;
  const load: Load = { size: kib * KIB, connections, tls: true };
  return fixture(`tls-${kib}k-${connections}`, title, load, TLS_SUBJECTS);
}

const IDLE: TrialFixture = {
  name: "idle",
  title: `${FIRST + MORE} idle TCP connections`,
  legend:
    `Each connection has echoed something, and then all are idle. The growth of the server's process from ${FIRST} connections to ` +
    `${FIRST + MORE}, divided by ${MORE}: of its anonymous resident memory as the system counts it, and of the part of V8's heap (Bun: of ` +
    "JavaScriptCore's) that is in use. Before each reading the server collects garbage in the way that also gives V8's young " +
    "generation back, and trims the heap of the C library. What the first connections and the requests before them have made the process allocate is no part of it: code, " +
    "buffers, holes between what is allocated. The memory that the kernel has for a socket is not counted for anybody.",
  figures: [RESIDENT, HEAP],
  subjects: TCP_SUBJECTS,
  trial: idleTrial,
  obstacle: obstacleToIdling,
};

export const echo: Suite = {
  name: "echo",
  defaults: { rounds: 2, nodes: "24" },
  overview: CPU,
  notes: async () => [(await loadGenerator()).note, tlsGenerator.note],
  fixtures: [
    ...SIZES.flatMap((kib) => CONNECTIONS.map((connections) => tcp(kib, connections))),
    IDLE,
    overTls(1, 1),
    ...SIZES.map((kib) => overTls(kib, 100)),
  ],
};
