/** Lock: one holder at a time, first come, first served. */
import { createTask, currentTask, gather, getRunningLoop, Lock, run, sleep, waitFor } from "gyre";
import { type Print, scenario, script } from "../../support/parity.ts";
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

/** Tasks that take the lock one after the other, and keep it for a turn. */
const holders = (print: Print, lock: Lock, names: string) =>
  names.split(" ").map((name) =>
    createTask(async () => {
      {
        using _ = await lock.acquire();
        print(name, "holds", lock.locked());
        await sleep(0);
      }
      print(name, "released");
    }),
  );

scenario("a free lock is taken without a turn of the loop [SYNC-02 SYNC-03]", async (print) => {
  const lock = new Lock();
  getRunningLoop().callSoon(print, "the next turn");
  print(lock.locked(), state(lock));
  await lock.acquire();
  print(lock.locked(), state(lock));
  lock.release();
  print(lock.locked(), state(lock));
  await sleep(0);
});

scenario("tasks get the lock in the order in which they asked [SYNC-03]", async (print) => {
  await gather(holders(print, new Lock(), "a b c d"));
});

scenario(
  "a released lock is promised to its first waiter, and newcomers queue [SYNC-03 SYNC-04]",
  async (print) => {
    const lock = new Lock();
    await lock.acquire();
    const first = holders(print, lock, "first");
    await settle();
    lock.release();
    print("free for a moment", !lock.locked());
    const second = holders(print, lock, "second");
    await gather([...first, ...second]);
  },
);

scenario("releasing wakes one waiter only [SYNC-04]", async (print) => {
  const lock = new Lock();
  await lock.acquire();
  const woken: string[] = [];
  const wait = async (name: string) => {
    await lock.acquire();
    woken.push(name);
  };
  const tasks = ["a", "b"].map((name) => createTask(() => wait(name)));
  await settle();
  lock.release();
  await settle();
  print(woken, state(lock));
  lock.release();
  await settle();
  print(woken, state(lock));
  await gather(tasks);
});

scenario("releasing a lock that nobody holds is refused [SYNC-04]", async (print) => {
  const lock = new Lock();
  print(attempt(() => lock.release()));
  await lock.acquire();
  lock.release();
  print(
    attempt(() => lock.release()),
    lock.locked(),
  );
});

scenario("any task may release, since a lock has no owner [SYNC-02]", async (print) => {
  const lock = new Lock();
  await lock.acquire();
  await createTask(async () => lock.release());
  print(lock.locked());
});

scenario("a cancelled waiter leaves the others in their order [SYNC-03]", async (print) => {
  const lock = new Lock();
  await lock.acquire();
  const tasks = holders(print, lock, "a b c");
  await settle();
  tasks[1]?.cancel();
  await settle();
  lock.release();
  print(await outcomes(tasks), state(lock));
});

scenario("a waiter cancelled when it was just granted the lock passes it on [SYNC-03]", async (print) => {
  const lock = new Lock();
  await lock.acquire();
  const tasks = holders(print, lock, "a b c");
  await settle();
  lock.release();
  tasks[0]?.cancel();
  print(await outcomes(tasks), state(lock));
});

scenario("cancelling all waiters, the granted one too, frees the lock [SYNC-03]", async (print) => {
  const lock = new Lock();
  await lock.acquire();
  const tasks = holders(print, lock, "a b c");
  await settle();
  lock.release();
  for (const task of tasks) task.cancel();
  print(await outcomes(tasks), state(lock));
  await lock.acquire();
  print(state(lock));
});

scenario(
  "a waiter cancelled before the release lets a newcomer behind the others [SYNC-03]",
  async (print) => {
    const lock = new Lock();
    await lock.acquire();
    const tasks = holders(print, lock, "a b");
    await settle();
    tasks[0]?.cancel();
    lock.release();
    tasks.push(...holders(print, lock, "c"));
    print(await outcomes(tasks), state(lock));
  },
);

scenario("a timeout while waiting for a lock leaves it usable [SYNC-03 TO-01]", async (print) => {
  const lock = new Lock();
  await lock.acquire();
  print(await outcome(waitFor(() => lock.acquire(), 10)));
  lock.release();
  await lock.acquire();
  print(state(lock));
});

scenario(
  "a cancelled task takes a free lock and is cancelled at its first wait [SYNC-03 TASK-10]",
  async (print) => {
    const lock = new Lock();
    const work = async () => {
      currentTask()?.cancel();
      await lock.acquire();
      print("took it", lock.locked());
      await lock.acquire();
    };
    print(await outcome(createTask(work)), state(lock));
  },
);

script("a lock remembers the loop of its first wait [SYNC-01]", async (print) => {
  const lock = new Lock();
  const contend = async () => {
    const task = createTask(() => lock.acquire());
    await settle();
    lock.release();
    await task;
    lock.release();
  };
  const uncontended = async () => {
    await lock.acquire();
    lock.release();
  };
  const blocked = async () => {
    await lock.acquire();
    const result = await outcome(lock.acquire());
    lock.release();
    return result;
  };
  print("first loop, no wait", await run(uncontended));
  const first = async () => {
    await lock.acquire();
    await contend();
  };
  print("second loop, a wait", await run(first));
  print("third loop, no wait", await run(uncontended));
  print("third loop, a wait", await run(blocked));
});
