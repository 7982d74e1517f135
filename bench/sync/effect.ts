import { Effect, Fiber, Queue, Semaphore } from "effect";
import { job } from "../lib/jobs.ts";
import type { Job } from "../lib/suite.ts";
import { CONTENDERS, Crowd, LIMIT, numbersBelow, Section, total } from "./shape.ts";

const child = (i: number): Effect.Effect<number> => Effect.as(Effect.yieldNow, i);

const group = (children: readonly number[]): Effect.Effect<number> =>
  Effect.map(Effect.all(children.map(child), { concurrency: "unbounded" }), total);

export const jobs: Readonly<Record<string, Job>> = {
  queue: job((n) =>
    Effect.runPromise(
      Effect.gen(function* () {
        const there = yield* Queue.unbounded<number>();
        const back = yield* Queue.unbounded<number>();
        const echo = Effect.gen(function* () {
          for (let i = 0; i < n; i++) yield* Queue.offer(back, yield* Queue.take(there));
        });
        const ask = Effect.gen(function* () {
          let sum = 0;
          for (let i = 0; i < n; i++) {
            yield* Queue.offer(there, i);
            sum += yield* Queue.take(back);
          }
          return sum;
        });
        const echoing = yield* Effect.forkDetach(echo);
        const asking = yield* Effect.forkDetach(ask);
        const sum = yield* Fiber.join(asking);
        yield* Fiber.join(echoing);
        return sum;
      }),
    ),
  ),

  "lock-free": job((n) =>
    Effect.runPromise(
      Effect.gen(function* () {
        const lock = yield* Semaphore.make(1);
        let sum = 0;
        for (let i = 0; i < n; i++) sum += yield* lock.withPermit(Effect.succeed(i));
        return sum;
      }),
    ),
  ),

  "lock-contended": job((n) => {
    const section = new Section();
    return Effect.runPromise(
      Effect.gen(function* () {
        const lock = yield* Semaphore.make(1);
        const contender = (me: number): Effect.Effect<void> =>
          Effect.gen(function* () {
            for (let i = 0; i < n / CONTENDERS; i++)
              yield* lock.withPermit(Effect.promise(() => section.visit(me)));
          });
        yield* Effect.forEach(numbersBelow(CONTENDERS), contender, { concurrency: "unbounded" });
        return section.visits;
      }),
    );
  }),

  limit: job((n) => {
    const crowd = new Crowd();
    const work = (i: number) => Effect.promise(() => crowd.work(i));
    const all = Effect.forEach(numbersBelow(n), work, { concurrency: LIMIT });
    return Effect.runPromise(Effect.map(all, (results) => crowd.evidence(results)));
  }),

  "group-1": job((n) =>
    Effect.runPromise(
      Effect.gen(function* () {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += yield* group([i]);
        return sum;
      }),
    ),
  ),

  "group-1000": job((n) => Effect.runPromise(group(numbersBelow(n)))),
};
