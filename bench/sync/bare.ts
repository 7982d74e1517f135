/** The least that plain promises need for the same: no cancellation, no order but the first come first served, no limits. */
import { childOfMicrotask, childOfTurn } from "../lib/bare.ts";
import { job } from "../lib/jobs.ts";
import type { Job } from "../lib/suite.ts";
import { CONTENDERS, Crowd, LIMIT, numbersBelow, Section, total } from "./shape.ts";

class PromiseQueue<T> {
  readonly #items: T[] = [];
  readonly #getters: ((item: T) => void)[] = [];

  put(item: T): void {
    const getter = this.#getters.shift();
    if (getter === undefined) this.#items.push(item);
    else getter(item);
  }

  get(): Promise<T> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve(item);
    return new Promise((resolve) => {
      this.#getters.push(resolve);
    });
  }
}

class PromiseChain {
  #tail: Promise<unknown> = Promise.resolve();

  run<T>(fn: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(fn);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}

function groupOf1(child: (i: number) => Promise<number>): Job {
  return job(async (n) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += total(await Promise.all(numbersBelow(1).map(() => child(i))));
    return sum;
  });
}

function groupOf1000(child: (i: number) => Promise<number>): Job {
  return job(async (n) => total(await Promise.all(numbersBelow(n).map(child))));
}

export const jobs: Readonly<Record<string, Job>> = {
  queue: job(async (n) => {
    const there = new PromiseQueue<number>();
    const back = new PromiseQueue<number>();
    const echo = async (): Promise<void> => {
      for (let i = 0; i < n; i++) back.put(await there.get());
    };
    const ask = async (): Promise<number> => {
      let sum = 0;
      for (let i = 0; i < n; i++) {
        there.put(i);
        sum += await back.get();
      }
      return sum;
    };
    const [sum] = await Promise.all([ask(), echo()]);
    return sum;
  }),

  "lock-free": job(async (n) => {
    const chain = new PromiseChain();
    let sum = 0;
    for (let i = 0; i < n; i++) sum += await chain.run(async () => i);
    return sum;
  }),

  "lock-contended": job(async (n) => {
    const chain = new PromiseChain();
    const section = new Section();
    const contender = async (me: number): Promise<void> => {
      for (let i = 0; i < n / CONTENDERS; i++) await chain.run(() => section.visit(me));
    };
    await Promise.all(numbersBelow(CONTENDERS).map(contender));
    return section.visits;
  }),

  limit: job(async (n) => {
    const crowd = new Crowd();
    const results: number[] = [];
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < n) {
        const i = next++;
        results[i] = await crowd.work(i);
      }
    };
    await Promise.all(Array.from({ length: LIMIT }, worker));
    return crowd.evidence(results);
  }),

  "group-1-turn": groupOf1(childOfTurn),
  "group-1-microtask": groupOf1(childOfMicrotask),
  "group-1000-turn": groupOf1000(childOfTurn),
  "group-1000-microtask": groupOf1000(childOfMicrotask),
};
