/** Barrier: tasks that wait for each other, round after round. */
import { Barrier, createTask, gather, getRunningLoop, sleep } from "gyre";
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

const parties = (log: string[], barrier: Barrier, names: string, rounds = 1) =>
  names.split(" ").map((name) =>
    createTask(async () => {
      for (let i = 0; i < rounds; i++) log.push(`${name} ${await outcome(barrier.wait())}`);
    }),
  );

/** The same without catching, so that a cancelled task ends as cancelled. */
const plainParties = (log: string[], barrier: Barrier, names: string) =>
  names.split(" ").map((name) =>
    createTask(async () => {
      log.push(`${name} ${await barrier.wait()}`);
    }),
  );

scenario(
  "the last party releases all, who get their place of arrival [SYNC-15 SYNC-16 SYNC-21]",
  async (print) => {
    const [barrier, log] = [new Barrier(3), new Array<string>()];
    const tasks = parties(log, barrier, "a b");
    await settle();
    print(log, state(barrier), barrier.parties, barrier.nWaiting, barrier.broken);
    tasks.push(...parties(log, barrier, "c"));
    await gather(tasks);
    print(log, state(barrier), barrier.nWaiting);
  },
);

scenario("a barrier for one never waits [SYNC-15 SYNC-16]", async (print) => {
  const barrier = new Barrier(1);
  getRunningLoop().callSoon(print, "the next turn");
  print(await barrier.wait(), await barrier.wait(), state(barrier));
  await sleep(0);
});

scenario("a barrier needs at least one party [SYNC-15]", async (print) => {
  print(
    attempt(() => new Barrier(0)),
    attempt(() => new Barrier(-3)),
  );
});

scenario("a barrier is used round after round [SYNC-16]", async (print) => {
  const [barrier, log] = [new Barrier(2), new Array<string>()];
  await gather(parties(log, barrier, "a b", 3));
  print(log, state(barrier));
});

scenario("more tasks than parties form several rounds [SYNC-16]", async (print) => {
  const [barrier, log] = [new Barrier(2), new Array<string>()];
  const tasks = parties(log, barrier, "a b c d e f");
  await settle();
  print(log, state(barrier));
  await gather(tasks);
});

scenario("who comes while a round drains waits until it has drained [SYNC-16]", async (print) => {
  const [barrier, log] = [new Barrier(3), new Array<string>()];
  const tasks = plainParties(log, barrier, "a b");
  await settle();
  tasks.push(...plainParties(log, barrier, "c d e"));
  await sleep(0);
  print(log, state(barrier), barrier.nWaiting);
  await settle();
  print(log, state(barrier), barrier.nWaiting);
  tasks.push(...plainParties(log, barrier, "f"));
  await gather(tasks);
  print(log, state(barrier));
});

scenario("a cancelled party leaves the barrier whole [SYNC-16]", async (print) => {
  const [barrier, log] = [new Barrier(3), new Array<string>()];
  const tasks = plainParties(log, barrier, "a b");
  await settle();
  tasks[0]?.cancel();
  await settle();
  print(state(barrier), barrier.nWaiting);
  tasks.push(...plainParties(log, barrier, "c d"));
  print(await outcomes(tasks), log, state(barrier));
});

scenario("after a cancellation the others go on in this order [SYNC-16]", async (print) => {
  const [barrier, log] = [new Barrier(5), new Array<string>()];
  const tasks = plainParties(log, barrier, "a b c d");
  await settle();
  tasks[1]?.cancel();
  await settle();
  tasks.push(...plainParties(log, barrier, "e f"));
  print(await outcomes(tasks), log, state(barrier));
});

scenario("a party cancelled while its round drains is not missed [SYNC-16]", async (print) => {
  const [barrier, log] = [new Barrier(3), new Array<string>()];
  const tasks = parties(log, barrier, "a b");
  await settle();
  print(await barrier.wait(), state(barrier));
  tasks[0]?.cancel();
  await settle();
  print(log, state(barrier));
  tasks.push(...parties(log, barrier, "c d e"));
  await gather(tasks);
  print(log, state(barrier));
});

scenario("reset breaks the round, and the barrier is usable again [SYNC-18]", async (print) => {
  const [barrier, log] = [new Barrier(3), new Array<string>()];
  await barrier.reset();
  print(state(barrier));
  const tasks = parties(log, barrier, "a b");
  await settle();
  await barrier.reset();
  print(state(barrier), barrier.nWaiting, barrier.broken);
  await settle();
  print(log, state(barrier));
  tasks.push(...parties(log, barrier, "c d e"));
  await gather(tasks);
  print(log, state(barrier));
});

scenario("tasks blocked by a reset join the next round [SYNC-18]", async (print) => {
  const [barrier, log] = [new Barrier(3), new Array<string>()];
  const tasks = parties(log, barrier, "a b");
  await settle();
  await barrier.reset();
  tasks.push(...parties(log, barrier, "c d"));
  await settle();
  print(log, state(barrier));
  tasks.push(...parties(log, barrier, "e"));
  await gather(tasks);
  print(log, state(barrier));
});

scenario("a reset while a round drains reaches those who have not gone on [SYNC-18]", async (print) => {
  const [barrier, log] = [new Barrier(3), new Array<string>()];
  const tasks = parties(log, barrier, "a b");
  await settle();
  log.push(`main ${await barrier.wait()}`);
  await barrier.reset();
  print(state(barrier));
  await gather(tasks);
  print(log, state(barrier));
});

scenario(
  "abort breaks the barrier for those who wait and those who come [SYNC-19 SYNC-20]",
  async (print) => {
    const [barrier, log] = [new Barrier(3), new Array<string>()];
    const tasks = parties(log, barrier, "a b");
    await settle();
    await barrier.abort();
    print(state(barrier), barrier.broken, barrier.nWaiting);
    tasks.push(...parties(log, barrier, "c"));
    await gather(tasks);
    print(log, state(barrier));
  },
);

scenario("reset repairs an aborted barrier that nobody waits at [SYNC-19]", async (print) => {
  const [barrier, log] = [new Barrier(2), new Array<string>()];
  await barrier.abort();
  print(await outcome(barrier.wait()), state(barrier));
  await barrier.reset();
  print(state(barrier), barrier.broken);
  await gather(parties(log, barrier, "a b"));
  print(log);
});

scenario("an abort while tasks are blocked breaks these too [SYNC-19]", async (print) => {
  const [barrier, log] = [new Barrier(3), new Array<string>()];
  const tasks = parties(log, barrier, "a b");
  await settle();
  await barrier.reset();
  tasks.push(...parties(log, barrier, "c d"));
  await sleep(0);
  await barrier.abort();
  await gather(tasks);
  print(log, state(barrier));
});
