/** gather: results, errors and cancellation of several awaitables at once. */
import { createTask, Future, gather, getRunningLoop, isFuture, sleep, wait } from "gyre";
import { scenario } from "../../support/parity.ts";
import { Boom, nameOf, outcome } from "../outcomes.ts";

const after = async (delay: number, value: string) => {
  await sleep(delay);
  return value;
};

const failAfter = async (delay: number): Promise<string> => {
  await sleep(delay);
  throw new Boom("no");
};

scenario("the results come in the order of the arguments, not of the ends [WAIT-02]", async (print) => {
  const work = async (delay: number) => {
    await sleep(delay);
    print("ends", delay);
    return delay;
  };

  print(await gather([() => work(60), () => work(20), () => work(40)]));
});

scenario(
  "futures, tasks and coroutines may be mixed; gather of nothing is an empty list [WAIT-02]",
  async (print) => {
    const future = new Future<string>();
    future.setResult("future");
    const task = createTask(() => after(0, "task"));
    print(await gather([() => after(0, "coroutine"), future, task]));
    print(await gather([]));
  },
);

scenario(
  "gather gives a future at once, and starts its coroutines later, in order [WAIT-02 TASK-01]",
  async (print) => {
    const work = async (name: string) => {
      print("starts", name);
    };

    const gathered = gather([() => work("a"), () => work("b"), () => work("c")]);
    print("gathered", isFuture(gathered), gathered.done());
    await gathered;
    print("done", gathered.done());
  },
);

scenario("an awaitable given twice runs once, and its result comes twice [WAIT-02]", async (print) => {
  const work = async () => {
    print("runs");
    return 1;
  };

  const task = createTask(work);
  print(await gather([task, task]));
});

scenario("the first error ends gather at once; the others run on [WAIT-03]", async (print) => {
  const slow = createTask(() => after(40, "slow"));
  print(await outcome(gather([slow, () => failAfter(10)])));
  print("slow is done", slow.done());
  print(await slow);
});

scenario("a second error behind the first is not reported as lost [WAIT-03 FUT-13]", async (print) => {
  getRunningLoop().setExceptionHandler(() => print("reported"));
  print(await outcome(gather([() => failAfter(0), () => failAfter(20)])));
  await sleep(40);
});

scenario("return_exceptions= puts errors and cancellations into the list [WAIT-04]", async (print) => {
  const cancelled = createTask(() => after(60_000, "never"));
  getRunningLoop().callSoon(() => cancelled.cancel());
  const gathered = gather([() => after(0, "result"), () => failAfter(0), cancelled], {
    returnExceptions: true,
  });
  const [result, error, cancellation] = await gathered;
  print(result, nameOf(error), nameOf(cancellation), cancelled.cancelled(), gathered.cancelled());
});

scenario("cancelling gather cancels all that is pending in it [WAIT-05]", async (print) => {
  const done = createTask(() => after(0, "done"));
  const pending = [1, 2].map(() => createTask(() => after(60_000, "never")));
  const gathered = gather([done, ...pending]);
  await sleep(20);
  print(gathered.cancel());
  print(await outcome(gathered));
  await wait(pending);
  print(done.cancelled(), ...pending.map((task) => task.cancelled()));
});

scenario(
  "cancelling the task that awaits a gather reaches the children, then the task [WAIT-05 TASK-19]",
  async (print) => {
    const child = async () => {
      try {
        await sleep(60_000);
      } finally {
        print("child ends");
      }
    };

    const parent = async () => {
      try {
        await gather([child]);
      } finally {
        print("parent ends");
      }
    };

    const task = createTask(parent);
    await sleep(20);
    task.cancel();
    print(await outcome(task));
  },
);

scenario(
  "with return_exceptions= a cancelled gather waits for every child, and raises all the same [WAIT-05]",
  async (print) => {
    const child = async (delay: number) => {
      try {
        await sleep(60_000);
      } finally {
        await sleep(delay);
        print("cleaned up");
      }
    };

    const gathered = gather([() => child(20), () => child(40)], { returnExceptions: true });
    await sleep(0);
    gathered.cancel();
    print(await outcome(gathered), "cancelled", gathered.cancelled());
  },
);

scenario(
  "a child that is cancelled counts as one that raised CancelledError; the gather is not cancelled [WAIT-05]",
  async (print) => {
    const [child, sibling] = [
      createTask(() => after(60_000, "never")),
      createTask(() => after(20, "sibling")),
    ];
    const gathered = gather([child, sibling]);
    getRunningLoop().callSoon(() => child.cancel());
    print(await outcome(gathered), "cancelled", gathered.cancelled());
    print(await sibling);
  },
);

scenario(
  "a gather that is done, or has failed, cannot be cancelled, and leaves its children alone [WAIT-03 WAIT-05]",
  async (print) => {
    const finished = gather([() => after(0, "result")]);
    await finished;
    print(finished.cancel(), await finished);
    const sibling = createTask(() => after(20, "sibling"));
    const failed = gather([() => failAfter(0), sibling]);
    await outcome(failed);
    print(failed.cancel(), await sibling);
  },
);
