/** Workers and Ctrl-C: the jobs in hand are finished, for half a second; what takes longer is cancelled, and cleans up. */

import { createTask, KeyboardInterrupt, Queue, run, sleep, wait } from "gyre";

const GRACE = 500; // ms

async function work(name: string, jobs: Queue<number>): Promise<void> {
  for await (const job of jobs) {
    console.log(`${name} begins job ${job}`);
    try {
      await sleep(job === 2 ? 60_000 : 300);
      console.log(`${name} has done job ${job}`);
    } finally {
      await sleep(10); // put the tools away
    }
  }
}

async function main(): Promise<void> {
  const jobs = new Queue<number>();
  const workers = ["Ann", "Bob", "Cyd"].map((name) => createTask(() => work(name, jobs), { name }));
  try {
    for (let job = 1; ; job++) {
      jobs.putNowait(job);
      await sleep(100);
    }
  } finally {
    console.log("Shutting down"); // Ctrl-C has cancelled main, and nothing else so far
    jobs.shutdown(true); // no more jobs
    await wait(workers, { timeout: GRACE });
    for (const worker of workers) console.log(worker.name, worker.cancel() ? "is cancelled" : "went home");
    await wait(workers);
  }
}

await run(main).catch((error: unknown) => {
  if (!(error instanceof KeyboardInterrupt)) throw error;
});
