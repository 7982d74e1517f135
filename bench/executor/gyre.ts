import { gather, ProcessPoolExecutor, run, ThreadPoolExecutor } from "gyre";
import { job } from "../lib/jobs.ts";
import type { Job } from "../lib/suite.ts";

const one = new ThreadPoolExecutor({ maxWorkers: 1 });
const two = new ThreadPoolExecutor({ maxWorkers: 2 });
const child = new ProcessPoolExecutor({ maxWorkers: 1 });

const same = (value: number): number => value;

export const inside = (body: () => Promise<void>): Promise<void> => run(body);

function roundTrips(executor: ThreadPoolExecutor | ProcessPoolExecutor): Job {
  return job(async (n) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += await executor.submit(same, i);
    return sum;
  });
}

export const jobs: Readonly<Record<string, Job>> = {
  "thread-round-trip": roundTrips(one),
  "process-round-trip": roundTrips(child),
  "thread-throughput": job(async (n) => {
    const results = await gather(Array.from({ length: n }, (_, i) => two.submit(same, i)));
    return results.reduce((sum, value) => sum + value, 0);
  }),
};
