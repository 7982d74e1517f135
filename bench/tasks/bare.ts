/** Async functions and the host's own timers, without any library: what the same job costs at least. */
import { childOfMicrotask, childOfTurn, hostTurn, settled } from "../lib/bare.ts";
import { Bedroom, job, Turns } from "../lib/jobs.ts";
import type { Job } from "../lib/suite.ts";
import { SLEEPERS_PER_BATCH, SWITCHING, timeoutOf } from "./shape.ts";

function sequential(child: (i: number) => Promise<number>): Job {
  return job(async (n) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += await child(i);
    return sum;
  });
}

function batch(child: (i: number) => Promise<number>): Job {
  return job(async (n) => {
    const running: Promise<number>[] = [];
    for (let i = 0; i < n; i++) running.push(child(i));
    let sum = 0;
    for (const promise of running) sum += await promise;
    return sum;
  });
}

function switching(pause: () => Promise<void>): Job {
  return job(async (n) => {
    const turns = new Turns();
    const switcher = async (me: number): Promise<void> => {
      for (let i = 0; i < n / SWITCHING; i++) {
        turns.take(me);
        await pause();
      }
    };
    await Promise.all(Array.from({ length: SWITCHING }, (_, me) => switcher(me)));
    return turns.changes;
  });
}

function soon(schedule: (callback: () => void) => unknown): Job {
  return job(
    (n) =>
      new Promise((resolve) => {
        let calls = 0;
        const callback = (): void => {
          if (++calls === n) resolve(calls);
        };
        for (let i = 0; i < n; i++) schedule(callback);
      }),
  );
}

export const jobs: Readonly<Record<string, Job>> = {
  "spawn-sequential-turn": sequential(childOfTurn),
  "spawn-sequential-microtask": sequential(childOfMicrotask),
  "spawn-batch-turn": batch(childOfTurn),
  "spawn-batch-microtask": batch(childOfMicrotask),
  "switch-turn": switching(hostTurn),
  "switch-microtask": switching(() => settled),
  setImmediate: soon(setImmediate),
  queueMicrotask: soon(queueMicrotask),

  timers: job((n) => {
    const timers = Array.from({ length: n }, (_, i) => setTimeout(() => undefined, timeoutOf(i)));
    let cancelled = 0;
    for (const timer of timers) {
      clearTimeout(timer);
      cancelled++;
    }
    return cancelled;
  }),

  parked: (n) => {
    const resolvers: ((value: number) => void)[] = [];
    const parked = async (): Promise<number> => {
      const value = await new Promise<number>((resolve) => {
        resolvers.push(resolve);
      });
      return value + 1;
    };
    const running = Array.from({ length: n }, parked);
    return async () => {
      let sum = 0;
      for (const resolve of resolvers) resolve(0);
      for (const promise of running) sum += await promise;
      return sum;
    };
  },

  sleepers:
    (n, { sleep: time }) =>
    async () => {
      const bedroom = new Bedroom();
      const sleep = (delay: number): Promise<void> =>
        new Promise((resolve) => {
          setTimeout(resolve, delay);
        });
      const sleeper = async (): Promise<void> => {
        await sleep(bedroom.enter(time));
        bedroom.leave();
      };
      for (let i = 0; i < n; i++) {
        void sleeper();
        if (i % SLEEPERS_PER_BATCH === 0) await hostTurn();
      }
      while (!bedroom.isEmpty(n)) await sleep(100);
      return bedroom.woken;
    },

  cancel: (n) => {
    let delivered = 0;
    const parked = async (signal: AbortSignal): Promise<void> => {
      try {
        await new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
        });
      } catch (error) {
        delivered++;
        throw error;
      }
    };
    const controllers = Array.from({ length: n }, () => new AbortController());
    const running = controllers.map(({ signal }) => parked(signal));
    return async () => {
      for (const controller of controllers) controller.abort();
      await Promise.allSettled(running);
      return delivered;
    };
  },

  "ping-pong": job(async (n) => {
    let toPing = deferred();
    let toPong = deferred();
    const ping = async (): Promise<number> => {
      let sum = 0;
      for (let i = 0; i < n; i++) {
        toPing = deferred();
        toPong.resolve(i);
        sum += await toPing.promise;
      }
      return sum;
    };
    const pong = async (): Promise<void> => {
      for (let i = 0; i < n; i++) {
        const ball = await toPong.promise;
        toPong = deferred();
        toPing.resolve(ball);
      }
    };
    const [sum] = await Promise.all([ping(), pong()]);
    return sum;
  }),
};

interface Deferred {
  readonly promise: Promise<number>;
  readonly resolve: (value: number) => void;
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function deferred(): Deferred {
  let resolve: Deferred["resolve"] = () => undefined;
  const promise = new Promise<number>((resolver) => {
    resolve = resolver;
  });
  return { promise, resolve };
}
