/** The states of a future: pending, finished with a result or an error, cancelled. */
import { createTask, Future, getRunningLoop, isCancelled, newEventLoop, sleep } from "gyre";
import { scenario } from "../../support/parity.ts";
import { attempt, Boom, outcome } from "../outcomes.ts";

scenario(
  "a pending future has neither result nor error to give [FUT-02 FUT-03 FUT-04 FUT-07]",
  async (print) => {
    const future = new Future();
    print("done", future.done(), "cancelled", future.cancelled());
    print(attempt(() => future.result()));
    print(attempt(() => future.exception()));
  },
);

scenario("a result is set once, and stays [FUT-03 FUT-04 FUT-05 FUT-06 FUT-08]", async (print) => {
  const future = new Future<string>();
  future.setResult("result");
  print("done", future.done(), "cancelled", future.cancelled());
  print(attempt(() => future.setResult("other")));
  print(attempt(() => future.setException(new Boom("other"))));
  print(future.cancel());
  print(future.result(), future.exception(), future.result());
});

scenario(
  "an error is set once, and each look gives the same object [FUT-03 FUT-04 FUT-06]",
  async (print) => {
    const error = new Boom("no");
    const future = new Future<string>();
    future.setException(error);
    print("done", future.done(), "cancelled", future.cancelled());
    print(attempt(() => future.setResult("other")));
    print(attempt(() => future.setException(new Boom("other"))));
    print(future.exception() === error, future.exception() === error);
    try {
      future.result();
    } catch (raised) {
      print(raised === error);
    }
  },
);

scenario(
  "cancel ends a pending future, once; looking at it then raises CancelledError [FUT-03 FUT-04 FUT-07 FUT-08]",
  async (print) => {
    const future = new Future<string>();
    print(future.cancel(), future.cancel());
    print("done", future.done(), "cancelled", future.cancelled());
    print(attempt(() => future.result()));
    print(attempt(() => future.exception()));
    print(attempt(() => future.setResult("late")));
    print(attempt(() => future.setException(new Boom("late"))));
  },
);

scenario("the message of cancel is in the CancelledError, whoever looks [FUT-08 EXC-01]", async (print) => {
  const future = new Future<string>();
  future.cancel("enough");
  for (const look of [() => future.result(), () => future.exception()]) {
    try {
      look();
    } catch (error) {
      if (isCancelled(error)) print(error.message);
    }
  }
  try {
    await future;
  } catch (error) {
    if (isCancelled(error)) print(error.message);
  }
});

scenario("null is a result like any other [FUT-05]", async (print) => {
  const future = new Future<null>();
  future.setResult(null);
  print(future.done(), future.result(), await future);
});

scenario("a future belongs to the loop that made it [FUT-01 FUT-02 FUT-11]", async (print) => {
  const loop = getRunningLoop();
  print(loop.createFuture().getLoop() === loop);
  print(new Future().getLoop() === loop);
  const other = await newEventLoop();
  print(other.createFuture().getLoop() === other);
  print(new Future({ loop: other }).getLoop() === other);
  await other.close();
});

scenario("awaiting gives the result, the error or the cancellation [FUT-12]", async (print) => {
  const loop = getRunningLoop();
  const [result, error, cancelled] = [new Future<string>(), new Future<string>(), new Future<string>()];
  loop.callSoon(() => result.setResult("result"));
  loop.callSoon(() => error.setException(new Boom("no")));
  loop.callSoon(() => cancelled.cancel());
  print(await outcome(result));
  print(await outcome(error));
  print(await outcome(cancelled));
});

scenario("awaiting a finished future does not let the loop turn [FUT-12 TASK-11]", async (print) => {
  const loop = getRunningLoop();
  const [finished, failed] = [new Future<string>(), new Future<string>()];
  finished.setResult("finished");
  failed.setException(new Boom("no"));
  loop.callSoon(print, "the loop turns");
  print(await finished);
  await sleep(0);
  print(await outcome(failed));
});

scenario(
  "the waiters of a future wake in the order in which they began to wait [FUT-12 TASK-10]",
  async (print) => {
    const future = new Future<string>();

    const wait = async (name: string) => {
      print(name, "waits");
      print(name, "has", await future);
    };

    const tasks = ["a", "b", "c"].map((name) => createTask(() => wait(name)));
    await sleep(0);
    future.setResult("it");
    print("set");
    for (const task of tasks) await task;
  },
);

scenario("all waiters of a failed future get the same error [FUT-06 FUT-12]", async (print) => {
  const future = new Future<string>();
  const error = new Boom("no");

  const wait = async (name: string) => {
    try {
      await future;
    } catch (raised) {
      print(name, raised === error);
    }
  };

  const tasks = ["a", "b", "c"].map((name) => createTask(() => wait(name)));
  await sleep(0);
  future.setException(error);
  for (const task of tasks) await task;
});

scenario(
  "a cancelled future cancels the tasks that wait on it without a request to them [FUT-08 TASK-13 TASK-15]",
  async (print) => {
    const future = new Future<string>();

    const wait = async () => {
      await future;
    };

    const tasks = [1, 2, 3].map(() => createTask(wait));
    await sleep(0);
    future.cancel();
    for (const task of tasks) print(await outcome(task), task.cancelled(), task.cancelling());
  },
);
