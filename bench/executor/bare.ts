/** The libraries below gyre's executors, by themselves. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { job } from "../lib/jobs.ts";
import type { Job } from "../lib/suite.ts";

const FILE = fileURLToPath(new URL("./same.js", import.meta.url));

function pool(maxThreads: number, atomics: "sync" | "disabled"): Piscina<number, number> {
  return new Piscina({ filename: FILE, minThreads: maxThreads, maxThreads, atomics });
}

function roundTrips(call: (value: number) => Promise<number>): Job {
  return job(async (n) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += await call(i);
    return sum;
  });
}

function throughput(atomics: "sync" | "disabled"): Job {
  let two: Piscina<number, number> | null = null;
  return job(async (n) => {
    const workers = (two ??= pool(2, atomics));
    const results = await Promise.all(Array.from({ length: n }, (_, i) => workers.run(i)));
    return results.reduce((sum, value) => sum + value, 0);
  });
}

function threadRoundTrips(atomics: "sync" | "disabled"): Job {
  let one: Piscina<number, number> | null = null;
  return roundTrips((value) => (one ??= pool(1, atomics)).run(value));
}

let child: ChildProcess | null = null;

function throughChild(value: number): Promise<number> {
  child ??= fork(FILE, { serialization: "advanced" });
  const { channel } = child;
  child.ref();
  channel?.ref();
  const asked = child;
  return new Promise((resolve) => {
    asked.once("message", (answer: number) => {
      asked.unref();
      channel?.unref();
      resolve(answer);
    });
    asked.send(value);
  });
}

export const jobs: Readonly<Record<string, Job>> = {
  "thread-round-trip": threadRoundTrips("disabled"),
  "atomics-round-trip": threadRoundTrips("sync"),
  "thread-throughput": throughput("disabled"),
  "atomics-throughput": throughput("sync"),
  "process-round-trip": roundTrips(throughChild),
};
