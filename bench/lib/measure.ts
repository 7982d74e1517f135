/** The ways to measure a job from within its process. bench/lib/worker.py does the same in Python. */
import { readFileSync } from "node:fs";
import { median } from "./statistics.ts";
import type { Answer, Job, Measure, Order } from "./suite.ts";

const SAMPLES = 5;

export function measure(job: Job, order: Order): Promise<Answer> {
  return MEASURES[order.measure](job, order);
}

const MEASURES: Readonly<Record<Measure, (job: Job, order: Order) => Promise<Answer>>> = {
  time: measureTime,
  heap: measureHeap,
  sleepers: measureSleepers,
};

/** The median of a few samples, after the compiler has had its time. */
async function measureTime(job: Job, order: Order): Promise<Answer> {
  await sample(job, order, order.warmUp);
  const samples: Spent[] = [];
  for (let i = 0; i < SAMPLES; i++) samples.push(await sample(job, order, order.sample));
  return { cpu: median(samples.map(({ cpu }) => cpu)), wall: median(samples.map(({ wall }) => wall)) };
}

interface Spent {
  readonly cpu: number;
  readonly wall: number;
}

/** Nanoseconds per unit; the job is done again until it took `least` milliseconds. */
async function sample(job: Job, order: Order, least: number): Promise<Spent> {
  let [cpu, wall, units] = [0, 0, 0];
  while (cpu < least * 1e6) {
    const prepared = await job(order.units, order);
    const [cpuBefore, wallBefore] = [cpuTime(), performance.now()];
    const evidence = await prepared();
    cpu += cpuTime() - cpuBefore;
    wall += (performance.now() - wallBefore) * 1e6;
    units += order.units;
    validate(evidence, order);
  }
  return { cpu: cpu / units, wall: wall / units };
}

async function measureHeap(job: Job, order: Order): Promise<Answer> {
  const warm = await job(1000, order);
  await warm();
  const before = await liveBytes();
  const prepared = await job(order.units, order);
  const bytes = ((await liveBytes()) - before) / order.units;
  validate(await prepared(), order);
  return { bytes };
}

async function measureSleepers(job: Job, order: Order): Promise<Answer> {
  const prepared = await job(order.units, order);
  const [cpuBefore, wallBefore] = [cpuTime(), performance.now()];
  validate(await prepared(), order);
  return { cpu: cpuTime() - cpuBefore, wall: (performance.now() - wallBefore) * 1e6, peak: peakMemory() };
}

function validate(evidence: number, order: Order): void {
  if (evidence === order.evidence) return;
  throw new Error(`${order.module} did not do ${order.job}: ${evidence} instead of ${order.evidence}`);
}

/** Of the whole process, its helper threads included: what somebody else does on the machine does not count. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

async function liveBytes(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Bytes. Linux's own figure for this program; `maxRSS` may still hold that of the process which started it. */
function peakMemory(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // not Linux
  }
  return process.resourceUsage().maxRSS * 1024;
}
