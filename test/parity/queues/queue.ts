/** Queue: putting, getting, and waiting for it. */
import { createTask, gather, getRunningLoop, LifoQueue, PriorityQueue, Queue, run, sleep } from "gyre";
import { scenario, script } from "../../support/parity.ts";
import { attempt, outcome } from "../outcomes.ts";

const settle = async () => {
  for (let i = 0; i < 5; i++) await sleep(0);
};

const getters = (log: string[], queue: Queue<unknown>, names: string) =>
  names.split(" ").map((name) =>
    createTask(async () => {
      log.push(`${name} ${await queue.get()}`);
    }),
  );

const putters = <T>(log: string[], queue: Queue<T>, items: readonly T[]) =>
  items.map((item) =>
    createTask(async () => {
      await queue.put(item);
      log.push(`put ${item}`);
    }),
  );

const drain = <T>(queue: Queue<T>) => Array.from({ length: queue.qsize() }, () => queue.getNowait());

scenario("a queue tells its size and whether it is empty or full [Q-02]", async (print) => {
  const queue = new Queue<number>(2);
  print(queue.maxsize, queue.qsize(), queue.empty(), queue.full());
  queue.putNowait(1);
  print(queue.qsize(), queue.empty(), queue.full());
  queue.putNowait(2);
  print(queue.qsize(), queue.empty(), queue.full());
});

scenario("a maxsize of zero or less is no limit; a fraction counts [Q-01 Q-02]", async (print) => {
  for (const maxsize of [0, -1, 1.3, 0.5]) {
    const queue = new Queue<number>(maxsize);
    const sizes = [0, 1, 2, 3].map((item) => attempt(() => queue.putNowait(item)) ?? queue.full());
    print(sizes, queue.qsize());
  }
});

scenario("items come in the order in which they were put [Q-03 Q-05]", async (print) => {
  const queue = new Queue<number>();
  for (const item of [1, 3, 2]) await queue.put(item);
  print(drain(queue));
});

scenario("a put with room and a get with an item take no turn of the loop [Q-03 Q-05]", async (print) => {
  const queue = new Queue<string>(1);
  getRunningLoop().callSoon(print, "the next turn");
  await queue.put("item");
  print(await queue.get());
  await sleep(0);
});

scenario("an empty queue and a full one refuse what may not wait [Q-04 Q-05 Q-10]", async (print) => {
  const queue = new Queue<number>(1);
  print(attempt(() => queue.getNowait()));
  queue.putNowait(1);
  print(
    attempt(() => queue.putNowait(2)),
    queue.qsize(),
  );
});

scenario("getters are served in the order in which they came [Q-05]", async (print) => {
  const [queue, log] = [new Queue<number>(), new Array<string>()];
  const tasks = getters(log, queue, "a b c");
  await settle();
  print(String(queue));
  for (const item of [1, 2, 3]) queue.putNowait(item);
  print(String(queue));
  await gather(tasks);
  print(log);
});

scenario("putters are served in the order in which they came [Q-03]", async (print) => {
  const [queue, log] = [new Queue<number>(1), new Array<string>()];
  const tasks = putters(log, queue, [1, 2, 3, 4]);
  await settle();
  print(log, String(queue));
  const got = [];
  for (let i = 0; i < 4; i++) {
    got.push(queue.getNowait());
    await settle();
  }
  print(got, log, String(queue));
  await gather(tasks);
});

scenario("put_nowait may overtake a putter that was woken, which then waits again [Q-03]", async (print) => {
  const [queue, log] = [new Queue<string>(1), new Array<string>()];
  queue.putNowait("first");
  const tasks = putters(log, queue, ["second", "third"]);
  await settle();
  print(queue.getNowait());
  queue.putNowait("quick");
  await settle();
  print(log, String(queue.qsize()));
  for (let i = 0; i < 3; i++) {
    print(queue.getNowait());
    await settle();
  }
  await gather(tasks);
});

scenario("get_nowait may overtake a getter that was woken, which then waits again [Q-05]", async (print) => {
  const [queue, log] = [new Queue<number>(), new Array<string>()];
  const tasks = getters(log, queue, "a b");
  await settle();
  queue.putNowait(1);
  print(queue.getNowait());
  await settle();
  print(log);
  queue.putNowait(2);
  queue.putNowait(3);
  await gather(tasks);
  print(log);
});

scenario("a producer and consumers share a queue of one [Q-03 Q-05]", async (print) => {
  const [queue, log] = [new Queue<number>(1), new Array<string>()];
  const consume = async (name: string) => {
    for (;;) {
      log.push(`${name} ${await queue.get()}`);
      queue.taskDone();
    }
  };
  const consumers = ["a", "b"].map((name) => createTask(() => consume(name)));
  await settle();
  for (let item = 0; item < 5; item++) {
    await queue.put(item);
    log.push(`put ${item}`);
  }
  await queue.join();
  const outcomes = [];
  for (const task of consumers) task.cancel();
  for (const task of consumers) outcomes.push(await outcome(task));
  print(outcomes, log, String(queue));
});

scenario("a last-in queue gives the newest item first [Q-09]", async (print) => {
  const queue = new LifoQueue<number>(4);
  for (const item of [1, 3, 2]) queue.putNowait(item);
  print(String(queue), drain(queue), String(queue));
});

scenario("a priority queue gives the least item first [Q-08]", async (print) => {
  const queue = new PriorityQueue<number>(9);
  for (const item of [5, 1, 4, 2, 3, 9, 0]) queue.putNowait(item);
  print(drain(queue), String(queue));
});

scenario("a priority queue compares pairs element by element [Q-08]", async (print) => {
  const queue = new PriorityQueue<unknown[]>();
  for (const item of [[2, "b"], [1, "z"], [2, "a"], [1, "y"], [1], [0, "x", 3]]) queue.putNowait(item);
  const items = [];
  for (let i = 0; i < 6; i++) items.push(await queue.get());
  print(items);
});

scenario("a priority queue that cannot compare refuses the item [Q-08]", async (print) => {
  const queue = new PriorityQueue<unknown>();
  queue.putNowait(1);
  print(attempt(() => queue.putNowait("text")));
});

scenario("items of equal priority come out in this order [Q-08]", async (print) => {
  const queue = new PriorityQueue<[number, number]>(0, { compare: (a, b) => a[0] - b[0] });
  for (const [index, priority] of [3, 1, 2, 1, 3, 2, 1, 1, 2, 3, 1, 2].entries()) {
    queue.putNowait([priority, index]);
  }
  const first = Array.from({ length: 5 }, () => queue.getNowait());
  for (const [index, priority] of [2, 1, 3].entries()) queue.putNowait([priority, 100 + index]);
  print([...first, ...drain(queue)]);
});

script("a queue remembers the loop of its first wait [SYNC-01]", async (print) => {
  const queue = new Queue<string>();
  const wait = async () => {
    const task = createTask(() => queue.get());
    await settle();
    if (!task.done()) queue.putNowait("item");
    return outcome(task);
  };
  const noWait = async () => {
    queue.putNowait("no wait");
    return queue.get();
  };
  print(await run(wait), await run(noWait), await run(wait), await run(noWait));
});
