/** async-mutex, p-limit and p-queue: what people use with plain promises today. */
import { Mutex } from "async-mutex";
import pLimit from "p-limit";
import PQueue from "p-queue";
import { job } from "../lib/jobs.ts";
import type { Job } from "../lib/suite.ts";
import { CONTENDERS, Crowd, LIMIT, numbersBelow, Section } from "./shape.ts";

export const jobs: Readonly<Record<string, Job>> = {
  "mutex-free": job(async (n) => {
    const mutex = new Mutex();
    let sum = 0;
    for (let i = 0; i < n; i++) sum += await mutex.runExclusive(async () => i);
    return sum;
  }),

  "mutex-free-acquire": job(async (n) => {
    const mutex = new Mutex();
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const release = await mutex.acquire();
      try {
        sum += i;
      } finally {
        release();
      }
    }
    return sum;
  }),

  "mutex-contended": job(async (n) => {
    const mutex = new Mutex();
    const section = new Section();
    const contender = async (me: number): Promise<void> => {
      for (let i = 0; i < n / CONTENDERS; i++) await mutex.runExclusive(() => section.visit(me));
    };
    await Promise.all(numbersBelow(CONTENDERS).map(contender));
    return section.visits;
  }),

  "p-limit": job(async (n) => {
    const limit = pLimit(LIMIT);
    const crowd = new Crowd();
    return crowd.evidence(await Promise.all(numbersBelow(n).map((i) => limit(() => crowd.work(i)))));
  }),

  "p-queue": job(async (n) => {
    const queue = new PQueue({ concurrency: LIMIT });
    const crowd = new Crowd();
    return crowd.evidence(await Promise.all(numbersBelow(n).map((i) => queue.add(() => crowd.work(i)))));
  }),
};
