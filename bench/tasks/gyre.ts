import { createTask, Future, getRunningLoop, run, sleep, type Task } from "gyre";
import { Bedroom, job, Turns } from "../lib/jobs.ts";
import type { Job } from "../lib/suite.ts";
import { SLEEPERS_PER_BATCH, SWITCHING, timeoutOf } from "./shape.ts";

export const inside = (body: () => Promise<void>): Promise<void> => run(body);

const child = (i: number) => async (): Promise<number> => {
  await sleep(0);
  return i;
};

export const jobs: Readonly<Record<string, Job>> = {
  "spawn-sequential": job(async (n) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += await createTask(child(i));
    return sum;
  }),

  "spawn-batch": job(async (n) => {
    const tasks: Task<number>[] = [];
    for (let i = 0; i < n; i++) tasks.push(createTask(child(i)));
    let sum = 0;
    for (const task of tasks) sum += await task;
    return sum;
  }),

  switch: job(async (n) => {
    const turns = new Turns();
    const switcher = (me: number) => async (): Promise<void> => {
      for (let i = 0; i < n / SWITCHING; i++) {
        turns.take(me);
        await sleep(0);
      }
    };
    const tasks = Array.from({ length: SWITCHING }, (_, me) => createTask(switcher(me)));
    for (const task of tasks) await task;
    return turns.changes;
  }),

  "call-soon": job(async (n) => {
    const loop = getRunningLoop();
    const done = new Future<void>();
    let calls = 0;
    const callback = (): void => {
      if (++calls === n) done.setResult();
    };
    for (let i = 0; i < n; i++) loop.callSoon(callback);
    await done;
    return calls;
  }),

  timers: job((n) => {
    const loop = getRunningLoop();
    const timers = Array.from({ length: n }, (_, i) => loop.callLater(timeoutOf(i), () => undefined));
    let cancelled = 0;
    for (const timer of timers) {
      timer.cancel();
      if (timer.cancelled()) cancelled++;
    }
    return cancelled;
  }),

  parked: async (n) => {
    const futures: Future<number>[] = [];
    const parked = async (): Promise<number> => {
      const future = new Future<number>();
      futures.push(future);
      return (await future) + 1;
    };
    const tasks = Array.from({ length: n }, () => createTask(parked));
    await sleep(0);
    return async () => {
      let sum = 0;
      for (const future of futures) future.setResult(0);
      for (const task of tasks) sum += await task;
      return sum;
    };
  },

  sleepers:
    (n, { sleep: time }) =>
    async () => {
      const bedroom = new Bedroom();
      const sleeper = async (): Promise<void> => {
        await sleep(bedroom.enter(time));
        bedroom.leave();
      };
      for (let i = 0; i < n; i++) {
        createTask(sleeper);
        if (i % SLEEPERS_PER_BATCH === 0) await sleep(0);
      }
      while (!bedroom.isEmpty(n)) await sleep(100);
      return bedroom.woken;
    },

  cancel: async (n) => {
    let delivered = 0;
    const parked = async (): Promise<void> => {
      try {
        await new Future<void>();
      } catch (error) {
        delivered++;
        throw error;
      }
    };
    const tasks = Array.from({ length: n }, () => createTask(parked));
    await sleep(0);
    return async () => {
      for (const task of tasks) task.cancel();
      for (const task of tasks) {
        try {
          await task;
        } catch {
          // the cancellation, as expected
        }
      }
      return delivered;
    };
  },

  "ping-pong": job(async (n) => {
    let toPing = new Future<number>();
    let toPong = new Future<number>();
    const ping = async (): Promise<number> => {
      let sum = 0;
      for (let i = 0; i < n; i++) {
        toPing = new Future();
        toPong.setResult(i);
        sum += await toPing;
      }
      return sum;
    };
    const pong = async (): Promise<void> => {
      for (let i = 0; i < n; i++) {
        const ball = await toPong;
        toPong = new Future();
        toPing.setResult(ball);
      }
    };
    const ponging = createTask(pong);
    const sum = await createTask(ping);
    await ponging;
    return sum;
  }),
};
