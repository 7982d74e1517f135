/** Condition: waiting for a change of state that a lock protects. */
import { Condition, createTask, gather, isCancelled, Lock, sleep, waitFor } from "gyre";
import { scenario } from "../../support/parity.ts";
import { attempt, outcome } from "../outcomes.ts";

const settle = async () => {
  for (let i = 0; i < 8; i++) await sleep(0);
};

const state = (primitive: object) => /\[.*\]/.exec(String(primitive))?.[0];

const outcomes = async (tasks: readonly PromiseLike<unknown>[]) => {
  const results = [];
  for (const task of tasks) results.push(await outcome(task));
  return results;
};

const waiters = (log: string[], condition: Condition, names: string) =>
  names.split(" ").map((name) =>
    createTask(async () => {
      using _ = await condition.acquire();
      log.push(`${name} waits`);
      await condition.wait();
      log.push(`${name} ${condition.locked() ? "True" : "False"}`);
    }),
  );

const setUp = async (names: string) => {
  const [condition, log] = [new Condition(), new Array<string>()];
  const tasks = waiters(log, condition, names);
  await settle();
  return { condition, log, tasks };
};

scenario("wait releases the lock, and has it again when it returns [SYNC-06 SYNC-07]", async (print) => {
  const { condition, log, tasks } = await setUp("a");
  print(log, state(condition));
  await condition.runExclusive(async () => {
    condition.notify();
    print(state(condition));
    await settle();
    print(log, state(condition));
  });
  await gather(tasks);
  print(log, state(condition));
});

scenario("notify wakes so many, first come, first served [SYNC-09]", async (print) => {
  const { condition, log, tasks } = await setUp("a b c d e");
  for (const n of [1, 2, 0, 9]) {
    log.length = 0;
    await condition.runExclusive(() => condition.notify(n));
    await settle();
    print(n, log, state(condition));
  }
  await gather(tasks);
});

scenario("notify_all wakes everybody in order [SYNC-09]", async (print) => {
  const { condition, log, tasks } = await setUp("a b c");
  await condition.runExclusive(() => condition.notifyAll());
  await gather(tasks);
  print(log, state(condition));
});

scenario("wait and notify need the lock [SYNC-07 SYNC-09]", async (print) => {
  const condition = new Condition();
  print(await outcome(condition.wait()));
  print(
    attempt(() => condition.notify()),
    attempt(() => condition.notifyAll()),
  );
  print(await outcome(condition.waitFor(() => false)));
  print(await outcome(condition.waitFor(() => "no wait, no lock")));
});

scenario("conditions may share a lock [SYNC-06]", async (print) => {
  const lock = new Lock();
  const [full, empty] = [new Condition(lock), new Condition(lock)];
  await full.runExclusive(() => {
    print(lock.locked(), empty.locked());
    empty.notify();
  });
  print(lock.locked(), state(full), state(empty));
});

scenario("wait_for looks at once and after each notification [SYNC-08]", async (print) => {
  const [condition, looks] = [new Condition(), new Array<number>()];
  let value = 0;
  const enough = () => {
    looks.push(value);
    return value >= 2 && `value ${value}`;
  };
  const task = createTask(() => condition.runExclusive(() => condition.waitFor(enough)));
  await settle();
  for (const step of [1, 2]) {
    await condition.runExclusive(() => {
      value = step;
      condition.notify();
    });
    await settle();
  }
  print(await task, looks);
});

scenario("an error of the predicate is thrown with the lock held [SYNC-08]", async (print) => {
  const condition = new Condition();
  const fail = () => {
    throw new TypeError("no");
  };
  await condition.runExclusive(async () => {
    print(await outcome(condition.waitFor(fail)), condition.locked());
  });
  print(condition.locked());
});

scenario("a cancelled wait has the lock again before it ends [SYNC-07]", async (print) => {
  const [condition, log] = [new Condition(), new Array<boolean>()];
  const task = createTask(async () => {
    await condition.acquire();
    try {
      await condition.wait();
    } finally {
      log.push(condition.locked());
      condition.release();
    }
  });
  await settle();
  await condition.acquire();
  task.cancel();
  await settle();
  print(task.done(), log);
  condition.release();
  print(await outcome(task), log, state(condition));
});

scenario(
  "cancelling again while the lock is taken back is told with the latest message [SYNC-07]",
  async (print) => {
    const condition = new Condition();
    const messages: unknown[] = [];
    const task = createTask(async () => {
      using _ = await condition.acquire();
      try {
        await condition.wait();
      } catch (error) {
        if (isCancelled(error)) messages.push([error.message, condition.locked()]);
        throw error;
      }
    });
    await settle();
    await condition.acquire();
    for (const message of ["first", "second", "third"]) {
      task.cancel(message);
      await settle();
    }
    print(task.done());
    condition.release();
    print(await outcome(task), messages, state(condition));
  },
);

scenario("a waiter cancelled after it was notified notifies another [SYNC-07]", async (print) => {
  const { condition, log, tasks } = await setUp("a b c");
  log.length = 0;
  await condition.acquire();
  condition.notify();
  condition.release();
  tasks[0]?.cancel();
  await settle();
  print(
    log,
    tasks.map((task) => task.done()),
  );
  await condition.runExclusive(() => condition.notify());
  print(await outcomes(tasks), log);
});

scenario("a waiter cancelled while it takes the lock back notifies another [SYNC-07]", async (print) => {
  const { condition, log, tasks } = await setUp("a b c");
  log.length = 0;
  await condition.runExclusive(async () => {
    condition.notify();
    await settle();
    tasks[0]?.cancel();
    await settle();
  });
  await settle();
  print(
    log,
    tasks.map((task) => task.done()),
  );
  await condition.runExclusive(() => condition.notifyAll());
  print(await outcomes(tasks), log);
});

scenario("a waiter cancelled without a notification wakes another for nothing [SYNC-07]", async (print) => {
  const { condition, log, tasks } = await setUp("a b c");
  log.length = 0;
  tasks[0]?.cancel();
  await settle();
  print(
    log,
    tasks.map((task) => task.done()),
  );
  await condition.runExclusive(() => condition.notifyAll());
  print(await outcomes(tasks), log);
});

scenario(
  "notified waiters and newcomers for the lock take turns in order [SYNC-07 SYNC-03]",
  async (print) => {
    const { condition, log, tasks } = await setUp("a b");
    log.length = 0;
    const newcomer = async () => {
      using _ = await condition.acquire();
      log.push("newcomer");
    };
    await condition.runExclusive(async () => {
      tasks.push(createTask(newcomer));
      await settle();
      condition.notifyAll();
      await settle();
    });
    await gather(tasks);
    print(log, state(condition));
  },
);

scenario("a timeout ends a wait with the lock held [SYNC-07 TO-01]", async (print) => {
  const condition = new Condition();
  await condition.runExclusive(async () => {
    print(await outcome(waitFor(() => condition.wait(), 10)), condition.locked());
  });
  print(condition.locked());
});
