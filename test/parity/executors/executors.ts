/** Executors: functions that run in threads. */
import {
  ContextVar,
  createTask,
  type Executor,
  type ExecutorFunction,
  gather,
  getRunningLoop,
  isFuture,
  newEventLoop,
  run,
  sleep,
  ThreadPoolExecutor,
  toThread,
} from "gyre";
import { type Print, scenario, script } from "../../support/parity.ts";
import { attempt, nameOf, outcome } from "../outcomes.ts";

const GYRE = import.meta.resolve("gyre");
const user = new ContextVar("user", { default: "nobody" });

const multiply = (a: number, b: number): number => a * b;

const fail = (text: string): never => {
  throw new RangeError(text);
};

const rest = async <T>(value: T): Promise<T> => {
  await new Promise((resolve) => void setTimeout(resolve, 30));
  return value;
};

const readUser = async (gyre: string): Promise<unknown> => {
  const module: Record<string, unknown> = await import(gyre);
  const Variable = module["ContextVar"] as new (
    name: string,
    options: object,
  ) => { get(): unknown; set(value: unknown): void };
  const own = new Variable("user", { default: "nobody" });
  const seen = own.get();
  own.set("changed in the thread");
  return seen;
};

const ask = <A extends unknown[], T>(executor: Executor | null, fn: ExecutorFunction<A, T>, ...args: A) =>
  getRunningLoop().runInExecutor(executor, fn, ...args);

async function caught(print: Print, promise: PromiseLike<unknown>): Promise<void> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof RangeError) print("caught", error.message);
    else throw error;
  }
}

const range = (end: number): number[] => Array.from({ length: end }, (_, index) => index);

scenario("run_in_executor gives what the function returns [EXE-01]", async (print) => {
  const future = getRunningLoop().runInExecutor(null, multiply, 6, 7);
  print(isFuture(future), future.done());
  print(await future, future.done());
});

scenario("run_in_executor gives what the function throws [EXE-01]", async (print) => {
  await caught(print, ask(null, fail, "by zero"));
});

scenario("jobs that were submitted together all end [EXE-01]", async (print) => {
  print(await gather(range(5).map((n) => ask(null, multiply, n, n))));
});

scenario("a queued job that is cancelled never starts [EXE-01]", async (print) => {
  const started = new Int32Array(new SharedArrayBuffer(4));
  const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
  const first = ask(executor, rest<string>, "first");
  const second = ask(executor, (count: Int32Array) => Atomics.add(count, 0, 1), started);
  const third = ask(executor, rest<string>, "third");
  print(second.cancel(), second.cancelled());
  print(await outcome(second));
  print(await first, await third, started[0]);
  await executor.shutdown();
});

scenario("cancelling the task that waits cancels the future [EXE-01]", async (print) => {
  const future = getRunningLoop().runInExecutor(null, rest<number>, 1);
  const task = createTask(async () => await future);
  await sleep(0);
  task.cancel();
  print(await outcome(task), task.cancelled(), future.cancelled());
});

scenario("an executor that was shut down refuses [EXE-01]", async (print) => {
  const executor = new ThreadPoolExecutor();
  await executor.shutdown();
  print(await outcome(ask(executor, multiply, 1, 2)));
});

scenario("shutdown waits for what is running and queued [EXE-02]", async (print) => {
  const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
  const jobs = range(3).map((n) => executor.submit(rest<number>, n));
  await executor.shutdown();
  print(
    jobs.map((job) => job.done()),
    jobs.map((job) => job.result()),
  );
});

scenario("shutdown can cancel what is queued [EXE-02]", async (print) => {
  const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
  const jobs = range(3).map((n) => executor.submit(rest<number>, n));
  await executor.shutdown({ cancelFutures: true });
  print(
    jobs[0]?.result(),
    jobs.map((job) => job.cancelled()),
  );
});

scenario("shutdown without waiting lets the jobs run [EXE-02]", async (print) => {
  const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
  const jobs = range(2).map((n) => executor.submit(rest<number>, n));
  await executor.shutdown({ wait: false });
  print(jobs.map((job) => job.done()));
  print(await gather(jobs));
  await executor.shutdown();
});

scenario("a block that ends waits for its jobs [EXE-02]", async (print) => {
  const start = async () => {
    await using executor = new ThreadPoolExecutor({ maxWorkers: 1 });
    return [executor.submit(rest<string>, "done")];
  };
  const [job] = await start();
  print(job?.done(), job?.result());
});

scenario("map keeps the order [EXE-02]", async (print) => {
  await using executor = new ThreadPoolExecutor({ maxWorkers: 3 });
  const late = async (n: number): Promise<number> => {
    await new Promise((resolve) => void setTimeout(resolve, (3 - n) * 10));
    return n;
  };
  const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
    const all: T[] = [];
    for await (const item of items) all.push(item);
    return all;
  };
  print(await collect(executor.map(late, range(4))));
  print(await collect(executor.map((n: number) => n + 1, [], { chunksize: 2 })));
});

scenario("map ends with the first error [EXE-02]", async (print) => {
  const picky = (n: number): number => {
    if (n === 2) throw new RangeError("two");
    return n;
  };
  const seen: number[] = [];
  await using executor = new ThreadPoolExecutor({ maxWorkers: 2 });
  try {
    for await (const n of executor.map(picky, range(5))) seen.push(n);
  } catch (error) {
    if (error instanceof RangeError) print(seen, "caught", error.message);
  }
});

scenario("to_thread gives results and errors [WAIT-14]", async (print) => {
  print(await toThread(multiply, 2, 3));
  await caught(print, toThread(fail, "in a thread"));
});

scenario("to_thread takes the context along and brings nothing back [WAIT-14 CTX-05]", async (print) => {
  user.set("ada");
  print(await toThread(readUser, GYRE));
  print(user.get());
  print(await ask(null, readUser, GYRE));
});

scenario("the default executor refuses after its shutdown [LOOP-09]", async (print) => {
  const loop = getRunningLoop();
  const job = loop.runInExecutor(null, rest<string>, "last");
  await loop.shutdownDefaultExecutor();
  print(job.done(), await job);
  print(await outcome(ask(null, multiply, 1, 2)));
  print(await outcome(toThread(multiply, 1, 2)));
});

scenario("so it does if it was never used [LOOP-09]", async (print) => {
  const loop = getRunningLoop();
  print(await loop.shutdownDefaultExecutor());
  print(await outcome(ask(null, multiply, 1, 2)));
});

scenario("the default executor can be set, to an executor only [EXE-05]", async (print) => {
  const loop = getRunningLoop();
  for (const wrong of [null, 1, {}])
    print(attempt(() => loop.setDefaultExecutor(wrong as unknown as Executor)));
  const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
  loop.setDefaultExecutor(executor);
  print(await toThread(multiply, 4, 5));
  await executor.shutdown();
  print(await outcome(toThread(multiply, 4, 5)));
});

script("run() waits for the jobs of the default executor [RUN-08]", async (print) => {
  const jobs: unknown[] = [];
  await run(async () => {
    jobs.push(getRunningLoop().runInExecutor(null, rest<number>, 1));
  });
  print(jobs.length, !process.getActiveResourcesInfo().includes("MessagePort"));
});

script("a closed loop takes no jobs [LOOP-07]", async (print) => {
  const loop = await newEventLoop();
  print(await loop.runUntilComplete(() => loop.runInExecutor(null, multiply, 1, 2)));
  await loop.runUntilComplete(() => loop.shutdownDefaultExecutor());
  await loop.close();
  try {
    await loop.runInExecutor(null, multiply, 1, 2);
  } catch (error) {
    print(nameOf(error));
  }
});
