/** ensureFuture, wrapFuture and isFuture: futures made of other things. */
import {
  createTask,
  currentTask,
  ensureFuture,
  Future,
  gather,
  getRunningLoop,
  isFuture,
  sleep,
  Task,
  wrapFuture,
} from "gyre";
import { scenario } from "../../support/parity.ts";
import { attempt, Boom, outcome } from "../outcomes.ts";

scenario("ensure_future gives futures and tasks back as they are [FUT-17]", async (print) => {
  const work = async () => "result";

  const future = new Future<string>();
  const task = createTask(work);
  print(ensureFuture(future) === future, ensureFuture(task) === task);
  await task;
});

scenario("ensure_future makes a task of a coroutine, which starts later [FUT-17 TASK-01]", async (print) => {
  const work = async () => {
    print("work", currentTask() === task);
    return "result";
  };

  const task: Future<string> = ensureFuture(work);
  print(task instanceof Task);
  print(await task);
});

scenario("ensure_future takes any other awaitable [FUT-17]", async (print) => {
  const later = <T>(work: () => Promise<T>): PromiseLike<T> => ({
    then: (onResult, onError) => work().then(onResult, onError),
  });

  const work = async () => "result";

  const fail = async () => {
    throw new Boom("no");
  };

  print(await ensureFuture(later(work)));
  print(await outcome(ensureFuture(later(fail))));
});

scenario("ensure_future of anything else is a TypeError [FUT-17]", async (print) => {
  print(attempt(() => ensureFuture("not awaitable" as never)));
  print(attempt(() => ensureFuture(null as never)));
});

scenario("wrap_future takes over the result or the error of a foreign future [FUT-18]", async (print) => {
  const finished = Promise.resolve("result");
  const failed = Promise.reject(new Boom("no"));
  const wrappers = [wrapFuture(finished), wrapFuture(failed)];
  for (const wrapper of wrappers) print(await outcome(wrapper));
});

scenario("wrap_future gives a future of ours back as it is [FUT-18]", async (print) => {
  const future = new Future<string>();
  print(wrapFuture(future) === future);
});

scenario(
  "a cancelled wrapper ends at once, and the late result is dropped [FUT-18 FUT-19]",
  async (print) => {
    let settle = (_value: string) => {};
    const source = new Promise<string>((resolve) => {
      settle = resolve;
    });
    const wrapper = wrapFuture(source);
    getRunningLoop().callSoon(() => wrapper.cancel());
    print(await outcome(wrapper));
    settle("late");
    await sleep(0);
    print(wrapper.cancelled());
  },
);

scenario("isfuture knows futures and tasks, and nothing else [FUT-16]", async (print) => {
  const work = async () => "result";

  const task = createTask(work);
  const gathered = gather([task]);
  print(isFuture(new Future()), isFuture(task), isFuture(gathered));
  print(isFuture("text"), isFuture(null), isFuture(work));
  await gathered;
});
