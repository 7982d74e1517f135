import { Deferred, Effect, Fiber } from "effect";
import { Bedroom, job, Turns } from "../lib/jobs.ts";
import type { Job } from "../lib/suite.ts";
import { SLEEPERS_PER_BATCH, SWITCHING } from "./shape.ts";

const child = (i: number): Effect.Effect<number> => Effect.as(Effect.yieldNow, i);

const fibers = <A>(n: number, work: (i: number) => Effect.Effect<A>) =>
  Effect.gen(function* () {
    const all: Fiber.Fiber<A>[] = [];
    for (let i = 0; i < n; i++) all.push(yield* Effect.forkDetach(work(i)));
    return all;
  });

const sumOf = (all: readonly Fiber.Fiber<number>[]) =>
  Effect.gen(function* () {
    let sum = 0;
    for (const fiber of all) sum += yield* Fiber.join(fiber);
    return sum;
  });

export const jobs: Readonly<Record<string, Job>> = {
  "spawn-sequential": job((n) =>
    Effect.runPromise(
      Effect.gen(function* () {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += yield* Fiber.join(yield* Effect.forkDetach(child(i)));
        return sum;
      }),
    ),
  ),

  "spawn-batch": job((n) => Effect.runPromise(Effect.flatMap(fibers(n, child), sumOf))),

  switch: job((n) => {
    const turns = new Turns();
    const switcher = (me: number) =>
      Effect.gen(function* () {
        for (let i = 0; i < n / SWITCHING; i++) {
          turns.take(me);
          yield* Effect.yieldNow;
        }
      });
    const program = Effect.flatMap(fibers(SWITCHING, switcher), Fiber.joinAll);
    return Effect.runPromise(Effect.map(program, () => turns.changes));
  }),

  parked: async (n) => {
    const deferreds: Deferred.Deferred<number>[] = [];
    const parked = (): Effect.Effect<number> =>
      Effect.suspend(() => {
        const deferred = Deferred.makeUnsafe<number>();
        deferreds.push(deferred);
        return Effect.map(Deferred.await(deferred), (value) => value + 1);
      });
    const all = await Effect.runPromise(Effect.tap(fibers(n, parked), () => Effect.yieldNow));
    return () => {
      for (const deferred of deferreds) Deferred.doneUnsafe(deferred, Effect.succeed(0));
      return Effect.runPromise(sumOf(all));
    };
  },

  sleepers:
    (n, { sleep: time }) =>
    () => {
      const bedroom = new Bedroom();
      const sleeper = Effect.suspend(() =>
        Effect.map(Effect.sleep(bedroom.enter(time)), () => bedroom.leave()),
      );
      return Effect.runPromise(
        Effect.gen(function* () {
          for (let i = 0; i < n; i++) {
            yield* Effect.forkDetach(sleeper);
            if (i % SLEEPERS_PER_BATCH === 0) yield* Effect.yieldNow;
          }
          while (!bedroom.isEmpty(n)) yield* Effect.sleep(100);
          return bedroom.woken;
        }),
      );
    },

  cancel: async (n) => {
    let delivered = 0;
    const parked = (): Effect.Effect<number> =>
      Effect.onInterrupt(Deferred.await(Deferred.makeUnsafe<number>()), () =>
        Effect.sync(() => {
          delivered++;
        }),
      );
    const all = await Effect.runPromise(Effect.tap(fibers(n, parked), () => Effect.yieldNow));
    return () => Effect.runPromise(Effect.map(Fiber.interruptAll(all), () => delivered));
  },

  "ping-pong": job((n) => {
    let toPing = Deferred.makeUnsafe<number>();
    let toPong = Deferred.makeUnsafe<number>();
    const ping = Effect.gen(function* () {
      let sum = 0;
      for (let i = 0; i < n; i++) {
        toPing = Deferred.makeUnsafe();
        Deferred.doneUnsafe(toPong, Effect.succeed(i));
        sum += yield* Deferred.await(toPing);
      }
      return sum;
    });
    const pong = Effect.gen(function* () {
      for (let i = 0; i < n; i++) {
        const ball = yield* Deferred.await(toPong);
        toPong = Deferred.makeUnsafe();
        Deferred.doneUnsafe(toPing, Effect.succeed(ball));
      }
    });
    return Effect.runPromise(
      Effect.gen(function* () {
        const ponging = yield* Effect.forkDetach(pong);
        const pinging = yield* Effect.forkDetach(ping);
        const sum = yield* Fiber.join(pinging);
        yield* Fiber.join(ponging);
        return sum;
      }),
    );
  }),
};
