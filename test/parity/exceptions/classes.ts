/** The classes of errors, and how an error travels from task to task. */
import {
  CancelledError,
  createTask,
  currentTask,
  Future,
  gather,
  InvalidStateError,
  isCancelled,
  sleep,
  TimeoutError,
  wait,
  waitFor,
} from "gyre";
import { scenario } from "../../support/parity.ts";
import { Boom, nameOf, outcome } from "../outcomes.ts";

const errorOf = (call: () => unknown): unknown => {
  try {
    return call();
  } catch (error) {
    return error;
  }
};

scenario("CancelledError passes a handler that is meant for failures [EXC-01 TASK-21]", async (print) => {
  const work = async () => {
    try {
      return await sleep(60_000, "never");
    } catch (error) {
      if (isCancelled(error)) throw error;
      print("never: a cancellation is no failure");
      return "swallowed";
    }
  };

  const task = createTask(work);
  await sleep(0);
  task.cancel();
  print(await outcome(task), task.cancelled());
});

scenario("each misuse of a future has its class [EXC-02]", async (print) => {
  const future = new Future<null>();
  print(errorOf(() => future.result()) instanceof InvalidStateError);
  future.cancel();
  print(errorOf(() => future.result()) instanceof CancelledError);
  print(errorOf(() => future.setResult(null)) instanceof InvalidStateError);
});

scenario("a timeout and a cancellation are different things [EXC-01 EXC-03]", async (print) => {
  const tooLate = async () => {
    await waitFor(new Future(), 10);
  };

  const cancelled = async () => {
    currentTask()?.cancel();
    await new Future();
  };

  for (const coroutine of [tooLate, cancelled]) {
    const task = createTask(coroutine);
    await wait([task]);
    print(await outcome(task), "cancelled", task.cancelled());
  }
});

scenario("an error keeps its identity from task to task [TASK-31 WAIT-02]", async (print) => {
  const error = new Boom("no");

  const fail = async () => {
    await sleep(0);
    throw error;
  };

  const middle = async () => {
    await gather([createTask(fail)]);
  };

  try {
    await createTask(middle);
  } catch (raised) {
    print(raised === error);
  }
});

scenario(
  "an error thrown by the user is the error caught, whatever its class [FUT-06 TASK-31]",
  async (print) => {
    for (const error of [
      new Boom("no"),
      new TypeError("no"),
      new TimeoutError("no"),
      new InvalidStateError("no"),
    ]) {
      const future = new Future<null>();
      future.setException(error);
      try {
        await future;
      } catch (raised) {
        print(nameOf(raised), raised === error);
      }
    }
  },
);
