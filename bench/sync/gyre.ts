import { createTask, gather, Lock, Queue, run, Semaphore, sleep, type Task, taskGroup } from "gyre";
import { job } from "../lib/jobs.ts";
import type { Job } from "../lib/suite.ts";
import { CONTENDERS, Crowd, LIMIT, numbersBelow, Section, total } from "./shape.ts";

export const inside = (body: () => Promise<void>): Promise<void> => run(body);

const child = (i: number) => async (): Promise<number> => {
  await sleep(0);
  return i;
};

async function group(children: readonly number[]): Promise<number> {
  const tasks: Task<number>[] = [];
  await taskGroup((open) => {
    for (const i of children) tasks.push(open.createTask(child(i)));
  });
  return total(tasks.map((task) => task.result()));
}

export const jobs: Readonly<Record<string, Job>> = {
  queue: job(async (n) => {
    const there = new Queue<number>();
    const back = new Queue<number>();
    const echo = createTask(async () => {
      for (let i = 0; i < n; i++) await back.put(await there.get());
    });
    const sum = await createTask(async () => {
      let received = 0;
      for (let i = 0; i < n; i++) {
        await there.put(i);
        received += await back.get();
      }
      return received;
    });
    await echo;
    return sum;
  }),

  "lock-free": job(async (n) => {
    const lock = new Lock();
    let sum = 0;
    for (let i = 0; i < n; i++) sum += await lock.runExclusive(async () => i);
    return sum;
  }),

  "lock-free-acquire": job(async (n) => {
    const lock = new Lock();
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const guard = await lock.acquire();
      try {
        sum += i;
      } finally {
        guard[Symbol.dispose]();
      }
    }
    return sum;
  }),

  "lock-contended": job(async (n) => {
    const lock = new Lock();
    const section = new Section();
    const contender = (me: number) => async (): Promise<void> => {
      for (let i = 0; i < n / CONTENDERS; i++) await lock.runExclusive(() => section.visit(me));
    };
    const tasks = numbersBelow(CONTENDERS).map((me) => createTask(contender(me)));
    for (const task of tasks) await task;
    return section.visits;
  }),

  limit: job(async (n) => {
    const slots = new Semaphore(LIMIT);
    const crowd = new Crowd();
    const running = numbersBelow(n).map((i) => slots.runExclusive(() => crowd.work(i)));
    return crowd.evidence(await Promise.all(running));
  }),

  "limit-tasks": job(async (n) => {
    const slots = new Semaphore(LIMIT);
    const crowd = new Crowd();
    const work = (i: number) => () => slots.runExclusive(() => crowd.work(i));
    return crowd.evidence(await gather(numbersBelow(n).map(work)));
  }),

  "group-1": job(async (n) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += await group([i]);
    return sum;
  }),

  "group-1000": job((n) => group(numbersBelow(n))),
};
