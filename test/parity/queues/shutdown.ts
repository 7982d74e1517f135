/** Queue.shutdown, taskDone and join. */
import { createTask, gather, Queue, sleep } from "gyre";
import { scenario } from "../../support/parity.ts";
import { attempt, outcome } from "../outcomes.ts";

const settle = async () => {
  for (let i = 0; i < 5; i++) await sleep(0);
};

const tasksOf = (log: string[], calls: readonly (readonly [string, () => Promise<unknown>])[]) =>
  calls.map(([name, call]) =>
    createTask(async () => {
      log.push(`${name} ${(await outcome(call)) ?? "None"}`);
    }),
  );

scenario("a queue that was shut down refuses items at once [Q-07 Q-04]", async (print) => {
  const queue = new Queue<number>(1);
  queue.shutdown();
  print(
    attempt(() => queue.putNowait(1)),
    await outcome(queue.put(1)),
  );
  print(
    attempt(() => queue.getNowait()),
    await outcome(queue.get()),
    String(queue),
  );
});

scenario("a full queue that was shut down says so first [Q-04 Q-07]", async (print) => {
  const queue = new Queue<number>(1);
  queue.putNowait(1);
  queue.shutdown();
  print(
    attempt(() => queue.putNowait(2)),
    await outcome(queue.put(2)),
    String(queue),
  );
});

scenario("the items that are left can be taken after a shutdown [Q-07]", async (print) => {
  const queue = new Queue<number>();
  for (const item of [1, 2]) queue.putNowait(item);
  queue.shutdown();
  print(await queue.get(), queue.getNowait(), await outcome(queue.get()), String(queue));
});

scenario("blocked getters and putters are woken by a shutdown [Q-07]", async (print) => {
  const log: string[] = [];
  const [empty, full] = [new Queue<unknown>(), new Queue<unknown>(1)];
  full.putNowait("item");
  const tasks = tasksOf(log, [
    ["get", () => empty.get()],
    ["get", () => empty.get()],
    ["put", () => full.put(1)],
  ]);
  await settle();
  empty.shutdown();
  full.shutdown();
  await gather(tasks);
  print(log, String(empty), full.qsize());
});

scenario("an immediate shutdown drops the items and ends join [Q-07]", async (print) => {
  const [queue, log] = [new Queue<number>(2), new Array<string>()];
  queue.putNowait(1);
  queue.putNowait(2);
  const tasks = tasksOf(log, [
    ["join", () => queue.join()],
    ["put", () => queue.put(3)],
  ]);
  await settle();
  queue.shutdown(true);
  await gather(tasks);
  print(log, await outcome(queue.get()), String(queue));
});

scenario(
  "items that were taken before an immediate shutdown still count for join [Q-07 Q-06]",
  async (print) => {
    const [queue, log] = [new Queue<number>(), new Array<string>()];
    for (const item of [1, 2, 3]) queue.putNowait(item);
    queue.getNowait();
    const tasks = tasksOf(log, [["join", () => queue.join()]]);
    await settle();
    queue.shutdown(true);
    await settle();
    print(log, String(queue));
    queue.taskDone();
    await gather(tasks);
    print(
      log,
      attempt(() => queue.taskDone()),
      String(queue),
    );
  },
);

scenario("a shutdown may be repeated, and then be immediate [Q-07]", async (print) => {
  const queue = new Queue<number>();
  queue.putNowait(1);
  queue.shutdown();
  queue.shutdown();
  print(String(queue));
  queue.shutdown(true);
  print(String(queue), await outcome(queue.get()));
  await queue.join();
});

scenario("a getter that was woken for an item gets it in spite of a shutdown [Q-07]", async (print) => {
  const [queue, log] = [new Queue<string>(), new Array<string>()];
  const tasks = tasksOf(log, [
    ["a", () => queue.get()],
    ["b", () => queue.get()],
  ]);
  await settle();
  queue.putNowait("item");
  queue.shutdown();
  await gather(tasks);
  print(log, String(queue));
});

scenario("a putter that was woken for room is refused after a shutdown [Q-07]", async (print) => {
  const [queue, log] = [new Queue<number>(1), new Array<string>()];
  queue.putNowait(0);
  const tasks = tasksOf(log, [["put", () => queue.put(1)]]);
  await settle();
  queue.getNowait();
  queue.shutdown();
  await gather(tasks);
  print(log, String(queue));
});

scenario("join waits until task_done was called for each item [Q-06]", async (print) => {
  const [queue, log] = [new Queue<number>(), new Array<string>()];
  await queue.join();
  for (const item of [1, 2]) queue.putNowait(item);
  const tasks = tasksOf(log, [
    ["join", () => queue.join()],
    ["join", () => queue.join()],
  ]);
  await settle();
  for (let i = 0; i < 2; i++) {
    queue.getNowait();
    queue.taskDone();
    await settle();
    print(log, String(queue));
  }
  await gather(tasks);
});

scenario("task_done more often than there were items is refused [Q-06]", async (print) => {
  const queue = new Queue<number>();
  print(attempt(() => queue.taskDone()));
  queue.putNowait(1);
  print(
    attempt(() => queue.taskDone()),
    attempt(() => queue.taskDone()),
    queue.qsize(),
  );
});

scenario("join ends although an item was put before it could go on [Q-06]", async (print) => {
  const [queue, log] = [new Queue<number>(), new Array<string>()];
  queue.putNowait(1);
  const tasks = tasksOf(log, [["join", () => queue.join()]]);
  await settle();
  queue.getNowait();
  queue.taskDone();
  queue.putNowait(2);
  await gather(tasks);
  print(log, String(queue));
});

scenario("a cancelled join leaves the others waiting [Q-06]", async (print) => {
  const queue = new Queue<number>();
  queue.putNowait(1);
  const tasks = [1, 2].map(() => createTask(() => queue.join()));
  await settle();
  tasks[0]?.cancel();
  await settle();
  print(tasks.map((task) => task.done()));
  queue.taskDone();
  const outcomes = [];
  for (const task of tasks) outcomes.push(await outcome(task));
  print(outcomes);
});
