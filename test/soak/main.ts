/**
 * `npm run soak -- [--loop NAME] [--minutes N]`: mixed load on one loop for a long time, with memory and descriptors written down
 * every few seconds. Fails when something that was sent does not come back, or when they grow.
 */

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { getRunningLoop, run, type Server, sleep, taskGroup, TimeoutError, timeout } from "gyre";
import { type Load, LOADS, startServers } from "./loads.ts";

const { values: options } = parseArgs({
  options: { loop: { type: "string", default: "selector" }, minutes: { type: "string", default: "10" } },
});
const DURATION = Number(options.minutes) * 60_000;
const SAMPLES = 60;
const WARM_UP = 0.25; // of the time: compiled code, pools and caches grow until then
const GROWTH = 1.15; // of the memory from after the warm-up to the end
const WORKERS = 4; // of each kind of load

interface Sample {
  readonly rss: number;
  readonly heap: number;
  readonly descriptors: number;
}

function sample(): Sample {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const descriptors = process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0;
  return { rss, heap: heapUsed, descriptors };
}

/** Repeats one kind of load until its time is over. */
async function repeat({ name, once }: Load, counts: Map<string, number>): Promise<void> {
  const end = performance.now() + DURATION;
  while (performance.now() < end) {
    try {
      await timeout(30_000, () => once());
    } catch (error) {
      throw new Error(`${name} failed`, { cause: error });
    }
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
}

async function watch(samples: Sample[]): Promise<void> {
  for (let index = 0; index < SAMPLES; index++) {
    await sleep(DURATION / SAMPLES);
    const taken = sample();
    samples.push(taken);
    const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
    console.log(
      `${Math.round(((index + 1) / SAMPLES) * 100)} %: rss ${megabytes(taken.rss)} MB, heap ${megabytes(taken.heap)} MB, ${taken.descriptors} descriptors`,
    );
  }
}

function judge(samples: readonly Sample[]): void {
  const settled = samples.slice(Math.floor(samples.length * WARM_UP));
  const half = Math.floor(settled.length / 2);
  for (const key of ["rss", "heap"] as const) {
    const [before, after] = [settled.slice(0, half), settled.slice(half)].map((part) => median(part, key));
    const growth = (after ?? 0) / (before ?? 1);
    console.log(`${key}: the second half has ${growth.toFixed(3)} of the first`);
    assert.ok(growth < GROWTH, `${key} grew by ${growth.toFixed(2)}`);
  }
}

function median(samples: readonly Sample[], key: keyof Sample): number {
  const sorted = samples.map((one) => one[key]).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  for (const server of servers) {
    server.close();
    server.abortClients();
    await server.waitClosed();
  }
}

await run(
  async () => {
    const before = sample();
    const samples: Sample[] = [];
    const counts = new Map<string, number>();
    const servers = await startServers();
    try {
      await taskGroup(async (group) => {
        for (const load of LOADS)
          for (let worker = 0; worker < WORKERS; worker++) group.createTask(() => repeat(load, counts));
        group.createTask(() => watch(samples));
      });
    } finally {
      await closeAll(servers);
    }
    await sleep(1000);
    const after = sample();
    console.log([...counts].map(([name, count]) => `${name}: ${count}`).join("\n"));
    judge(samples);
    assert.ok(
      after.descriptors <= before.descriptors + 2,
      `${before.descriptors} → ${after.descriptors} descriptors`,
    );
    console.log(
      `${options.loop}: ${options.minutes} minutes, descriptors ${before.descriptors} → ${after.descriptors}`,
    );
    assert.equal(getRunningLoop().isClosed(), false);
  },
  { loop: options.loop },
).catch((error: unknown) => {
  if (error instanceof TimeoutError) console.error("something took more than 30 seconds");
  throw error;
});
