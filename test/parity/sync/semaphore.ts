/** Semaphore and BoundedSemaphore: so many at once, first come, first served. */
import { BoundedSemaphore, createTask, gather, Semaphore, sleep } from "gyre";
import { scenario } from "../../support/parity.ts";
import { attempt, outcome } from "../outcomes.ts";

const settle = async () => {
  for (let i = 0; i < 5; i++) await sleep(0);
};

const state = (primitive: object) => /\[.*\]/.exec(String(primitive))?.[0];

const outcomes = async (tasks: readonly PromiseLike<unknown>[]) => {
  const results = [];
  for (const task of tasks) results.push(await outcome(task));
  return results;
};

const takers = (log: string[], semaphore: Semaphore, names: string) =>
  names.split(" ").map((name) =>
    createTask(async () => {
      await semaphore.acquire();
      log.push(name);
    }),
  );

scenario("a semaphore counts down and up [SYNC-10 SYNC-12 SYNC-21]", async (print) => {
  const semaphore = new Semaphore(2);
  print(semaphore.locked(), state(semaphore));
  await semaphore.acquire();
  print(semaphore.locked(), state(semaphore));
  await semaphore.acquire();
  print(semaphore.locked(), state(semaphore));
  semaphore.release();
  print(semaphore.locked(), state(semaphore));
});

scenario("an initial value of zero is locked, a negative one refused [SYNC-10]", async (print) => {
  print(new Semaphore(0).locked(), new Semaphore().locked());
  print(
    attempt(() => new Semaphore(-1)),
    attempt(() => new BoundedSemaphore(-1)),
  );
});

scenario("a release hands its unit to the first waiter [SYNC-11 SYNC-12]", async (print) => {
  const [semaphore, log] = [new Semaphore(0), new Array<string>()];
  const tasks = takers(log, semaphore, "a b c");
  await settle();
  print(state(semaphore));
  semaphore.release();
  print(semaphore.locked(), state(semaphore));
  await settle();
  print(log, state(semaphore));
  semaphore.release();
  semaphore.release();
  await gather(tasks);
  print(log, state(semaphore));
});

scenario("newcomers queue behind waiters although there are units [SYNC-11]", async (print) => {
  const [semaphore, log] = [new Semaphore(0), new Array<string>()];
  const first = takers(log, semaphore, "a");
  await settle();
  const second = takers(log, semaphore, "b c d");
  semaphore.release();
  semaphore.release();
  print(semaphore.locked(), state(semaphore));
  await settle();
  print(log, state(semaphore));
  semaphore.release();
  semaphore.release();
  await gather([...first, ...second]);
  print(log, state(semaphore));
});

scenario("release may go beyond the initial value [SYNC-13]", async (print) => {
  const semaphore = new Semaphore(1);
  semaphore.release();
  semaphore.release();
  print(state(semaphore));
});

scenario("a bounded semaphore refuses to be released too often [SYNC-14]", async (print) => {
  const semaphore = new BoundedSemaphore(2);
  print(attempt(() => semaphore.release()));
  await semaphore.acquire();
  semaphore.release();
  print(
    attempt(() => semaphore.release()),
    state(semaphore),
  );
});

scenario("a bounded semaphore that hands over is not released too often [SYNC-14 SYNC-11]", async (print) => {
  const [semaphore, log] = [new BoundedSemaphore(1), new Array<string>()];
  const tasks = takers(log, semaphore, "a b c");
  await settle();
  semaphore.release();
  print(attempt(() => semaphore.release()) ?? "accepted", state(semaphore));
  await settle();
  print(
    log,
    attempt(() => semaphore.release()),
    state(semaphore),
  );
  await gather(tasks);
  print(attempt(() => semaphore.release()));
});

scenario(
  "a waiter cancelled when it was just granted gives its unit to the next [SYNC-11]",
  async (print) => {
    const [semaphore, log] = [new Semaphore(0), new Array<string>()];
    const tasks = takers(log, semaphore, "a b c");
    await settle();
    semaphore.release();
    tasks[0]?.cancel();
    await settle();
    print(log, state(semaphore));
    semaphore.release();
    print(await outcomes(tasks), log, state(semaphore));
  },
);

scenario(
  "all waiters cancelled when units were granted: the units are there again [SYNC-11]",
  async (print) => {
    const [semaphore, log] = [new Semaphore(0), new Array<string>()];
    const tasks = takers(log, semaphore, "a b c");
    await settle();
    semaphore.release();
    semaphore.release();
    for (const task of tasks) task.cancel();
    print(await outcomes(tasks), log, state(semaphore));
  },
);

scenario("waiters cancelled before a release do not take from it [SYNC-11]", async (print) => {
  const [semaphore, log] = [new Semaphore(1), new Array<string>()];
  await semaphore.acquire();
  const tasks = takers(log, semaphore, "a b c d");
  await settle();
  tasks[0]?.cancel();
  tasks[2]?.cancel();
  semaphore.release();
  print(semaphore.locked());
  await settle();
  semaphore.release();
  print(await outcomes(tasks), log, state(semaphore));
});

scenario("no more than the value work at once [SYNC-11]", async (print) => {
  const semaphore = new Semaphore(3);
  let [working, most] = [0, 0];
  const work = async () => {
    using _ = await semaphore.acquire();
    working++;
    most = Math.max(most, working);
    await sleep(0);
    working--;
  };
  await gather(Array.from({ length: 20 }, () => () => work()));
  print(most, working, state(semaphore));
});
