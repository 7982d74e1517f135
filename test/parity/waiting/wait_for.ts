/** waitFor: a wait with a limit. */
import { createTask, currentTask, Future, sleep, TimeoutError, waitFor } from "gyre";
import { scenario } from "../../support/parity.ts";
import { Boom, nameOf, outcome } from "../outcomes.ts";

scenario("what ends in time gives its result or its error; None is no limit [WAIT-08]", async (print) => {
  const work = async () => {
    await sleep(0);
    return "result";
  };

  const fail = async () => {
    await sleep(0);
    throw new Boom("no");
  };

  print(await outcome(waitFor(work, 60_000)));
  print(await outcome(waitFor(fail, 60_000)));
  print(await outcome(waitFor(work, null)));
});

scenario(
  "at the limit the work is cancelled, and TimeoutError comes when its cleanup is over [WAIT-08]",
  async (print) => {
    const work = async () => {
      try {
        await sleep(60_000);
      } finally {
        print("cleanup begins");
        await sleep(20);
        print("cleanup ends");
      }
    };

    print(await outcome(waitFor(work, 20)));
    print("cancelling", currentTask()?.cancelling());
  },
);

scenario(
  "the cause of the TimeoutError is the cancellation that it replaced [WAIT-08 WAIT-09 EXC-03]",
  async (print) => {
    for (const limit of [10, 0]) {
      try {
        await waitFor(new Future(), limit);
      } catch (error) {
        if (error instanceof TimeoutError) print(nameOf(error), "from", nameOf(error.cause));
      }
    }
  },
);

scenario("at the limit a task or a future is cancelled itself [WAIT-08]", async (print) => {
  const future = new Future<void>();
  const task = createTask(() => sleep(60_000));
  print(await outcome(waitFor(future, 10)), future.cancelled());
  print(await outcome(waitFor(task, 10)), task.cancelled());
});

scenario(
  "work that swallows the cancellation at the limit still gives its value, or its own error [WAIT-08]",
  async (print) => {
    const stubborn = async () => {
      print(await outcome(sleep(60_000)));
      return 42;
    };

    const broken = async () => {
      try {
        await sleep(60_000);
      } finally {
        // oxlint-disable-next-line no-unsafe-finally -- the error replaces the cancellation on purpose
        throw new Boom("cleanup");
      }
    };

    print(await outcome(waitFor(createTask(stubborn), 10)));
    print(await outcome(waitFor(createTask(broken), 10)));
    print("cancelling", currentTask()?.cancelling());
  },
);

scenario("a coroutine runs in the task that called wait_for [WAIT-08 TASK-25]", async (print) => {
  const caller = currentTask();

  const work = async () => currentTask() === caller;

  print(await waitFor(work, 60_000), await waitFor(work, null));
});

scenario("a limit of zero or less takes what is done, and cancels the rest [WAIT-09]", async (print) => {
  const [finished, pending] = [new Future<string>(), new Future<string>()];
  finished.setResult("finished");

  const work = async () => {
    print("never");
  };

  for (const limit of [0, -1]) {
    print(await outcome(waitFor(finished, limit)));
    print(await outcome(waitFor(work, limit)));
  }
  print(await outcome(waitFor(pending, 0)), pending.cancelled());
});

scenario("with a limit of zero the cleanup of a running task is waited for [WAIT-09]", async (print) => {
  const work = async () => {
    try {
      await sleep(60_000);
    } finally {
      await sleep(20);
      print("cleaned up");
    }
  };

  const task = createTask(work);
  await sleep(0);
  print(await outcome(waitFor(task, 0)), task.cancelled());
});

scenario("cancelling the caller cancels the work, and is no timeout [WAIT-10]", async (print) => {
  const work = async () => {
    try {
      await sleep(60_000);
    } finally {
      print("work ends");
    }
  };

  const call = async () => {
    await waitFor(work, 60_000);
  };

  const task = createTask(call);
  await sleep(20);
  task.cancel();
  print(await outcome(task), task.cancelled(), task.cancelling());
});

scenario(
  "cancelled in the moment in which the result is there, the caller is cancelled [WAIT-10]",
  async (print) => {
    const future = new Future<string>();

    const call = async () => await waitFor(future, 60_000);

    const task = createTask(call);
    await sleep(0);
    future.setResult("lost");
    task.cancel();
    print(await outcome(task), task.cancelled());
  },
);

scenario("of two nested limits the nearer one strikes, and the outer goes on [WAIT-08]", async (print) => {
  const inner = async () => {
    print("inner", await outcome(waitFor(sleep(60_000), 20)));
    print(await sleep(0, "the outer goes on"));
    return "outer result";
  };

  print(await outcome(waitFor(inner, 10_000)));
  print(await outcome(waitFor(() => waitFor(sleep(60_000), 10_000), 20)));
});
