/** Queue: cancelling those who wait. */
import { createTask, Queue, sleep, waitFor } from "gyre";
import { scenario } from "../../support/parity.ts";
import { outcome } from "../outcomes.ts";

const settle = async () => {
  for (let i = 0; i < 5; i++) await sleep(0);
};

const outcomes = async (tasks: readonly PromiseLike<unknown>[]) => {
  const results = [];
  for (const task of tasks) results.push(await outcome(task));
  return results;
};

const getters = (log: string[], queue: Queue<unknown>, names: string) =>
  names.split(" ").map((name) =>
    createTask(async () => {
      log.push(`${name} ${await queue.get()}`);
    }),
  );

const putters = (log: string[], queue: Queue<number>, items: readonly number[]) =>
  items.map((item) =>
    createTask(async () => {
      await queue.put(item);
      log.push(`put ${item}`);
    }),
  );

scenario("a cancelled getter is no longer in the line [Q-05]", async (print) => {
  const [queue, log] = [new Queue<number>(), new Array<string>()];
  const tasks = getters(log, queue, "a b c");
  await settle();
  tasks[1]?.cancel();
  await settle();
  print(String(queue));
  for (const item of [1, 2]) queue.putNowait(item);
  print(await outcomes(tasks), log, String(queue));
});

scenario("a getter cancelled when it was just woken passes the item on [Q-05]", async (print) => {
  const [queue, log] = [new Queue<number>(), new Array<string>()];
  const tasks = getters(log, queue, "a b c");
  await settle();
  queue.putNowait(1);
  tasks[0]?.cancel();
  await settle();
  print(log, String(queue));
  queue.putNowait(2);
  print(await outcomes(tasks), log, String(queue));
});

scenario("several getters cancelled when they were just woken pass their items on [Q-05]", async (print) => {
  const [queue, log] = [new Queue<number>(), new Array<string>()];
  const tasks = getters(log, queue, "a b c d");
  await settle();
  queue.putNowait(1);
  queue.putNowait(2);
  tasks[0]?.cancel();
  tasks[1]?.cancel();
  print(await outcomes(tasks), log, String(queue));
});

scenario("an item stays in the queue when its only getter is cancelled [Q-05]", async (print) => {
  const [queue, log] = [new Queue<number>(), new Array<string>()];
  const tasks = getters(log, queue, "a");
  await settle();
  queue.putNowait(1);
  tasks[0]?.cancel();
  print(await outcomes(tasks), log, String(queue));
});

scenario("a cancelled putter has not put its item and is no longer in the line [Q-03]", async (print) => {
  const [queue, log] = [new Queue<number>(1), new Array<string>()];
  queue.putNowait(0);
  const tasks = putters(log, queue, [1, 2, 3]);
  await settle();
  tasks[0]?.cancel();
  tasks[2]?.cancel();
  await settle();
  print(String(queue));
  print(queue.getNowait(), await outcomes(tasks), log, String(queue));
});

scenario("a putter cancelled when it was just woken passes the room on [Q-03]", async (print) => {
  const [queue, log] = [new Queue<number>(1), new Array<string>()];
  queue.putNowait(0);
  const tasks = putters(log, queue, [1, 2, 3]);
  await settle();
  print(queue.getNowait());
  tasks[0]?.cancel();
  await settle();
  print(log, String(queue));
  print(queue.getNowait(), await outcomes(tasks), log, queue.getNowait(), String(queue));
});

scenario("all putters cancelled when one was just woken leave the room free [Q-03]", async (print) => {
  const [queue, log] = [new Queue<number>(1), new Array<string>()];
  queue.putNowait(0);
  const tasks = putters(log, queue, [1, 2]);
  await settle();
  queue.getNowait();
  for (const task of tasks) task.cancel();
  print(await outcomes(tasks), log, String(queue), queue.full());
});

scenario("a timeout of a get loses no item [Q-05 WAIT-09]", async (print) => {
  const queue = new Queue<string>();
  print(await outcome(waitFor(() => queue.get(), 10)), String(queue));
  queue.putNowait("item");
  print(await outcome(waitFor(() => queue.get(), 10)), String(queue));
});
