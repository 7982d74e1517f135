/** What a task does with its cancellation: swallow it, clean up, be cancelled again, take it back; and the messages. */
import { CancelledError, createTask, currentTask, Future, isCancelled, sleep } from "gyre";
import { scenario } from "../../support/parity.ts";
import { Boom, outcome } from "../outcomes.ts";

scenario(
  "a task that swallows its cancellation goes on, and the count remembers [TASK-13 TASK-20]",
  async (print) => {
    const work = async () => {
      print(await outcome(sleep(60_000)));
      print(await sleep(10, "the next wait is undisturbed"));
      return "result";
    };

    const task = createTask(work);
    await sleep(0);
    task.cancel();
    print(await task, task.cancelled(), task.cancelling());
  },
);

scenario("an error in the cleanup takes the place of the cancellation [TASK-15 TASK-20]", async (print) => {
  const work = async () => {
    try {
      await sleep(60_000);
    } finally {
      // oxlint-disable-next-line no-unsafe-finally -- the error replaces the cancellation on purpose
      throw new Boom("cleanup");
    }
  };

  const task = createTask(work);
  await sleep(0);
  task.cancel();
  print(await outcome(task), task.cancelled());
});

scenario("finally blocks may await, and the task ends after them [TASK-12 TASK-20]", async (print) => {
  const work = async () => {
    try {
      await sleep(60_000);
    } finally {
      print("cleanup begins");
      await sleep(20);
      print("cleanup ends", currentTask()?.cancelling());
    }
  };

  const task = createTask(work);
  await sleep(0);
  task.cancel();
  await sleep(0);
  print("not done yet", task.done());
  print(await outcome(task), task.cancelled());
});

scenario("a second cancel interrupts the cleanup [TASK-12 TASK-13]", async (print) => {
  const work = async () => {
    try {
      await sleep(60_000);
    } finally {
      print("cleanup", await outcome(sleep(60_000)));
      print("count", currentTask()?.cancelling());
    }
  };

  const task = createTask(work);
  await sleep(0);
  task.cancel();
  await sleep(20);
  print(task.cancel());
  print(await outcome(task), task.cancelled());
});

scenario(
  "two cancels before the task wakes are one interruption, counted twice [TASK-12 TASK-13]",
  async (print) => {
    const work = async () => {
      print(await outcome(sleep(60_000)));
      print(await sleep(10, "the next wait is undisturbed"));
      return currentTask()?.cancelling();
    };

    const task = createTask(work);
    await sleep(0);
    print(task.cancel(), task.cancel());
    print(await task);
  },
);

scenario("uncancel takes back one request at a time, down to zero [TASK-13 TASK-14]", async (print) => {
  const work = async () => {
    const self = currentTask()!;
    print(await outcome(sleep(60_000)), self.cancelling());
    print(self.uncancel(), self.uncancel(), self.uncancel(), self.cancelling());
  };

  const task = createTask(work);
  await sleep(0);
  task.cancel();
  task.cancel();
  await task;
  print(task.cancelled());
});

scenario("uncancel down to zero drops a cancellation not yet delivered [TASK-14]", async (print) => {
  const self = currentTask()!;
  self.cancel();
  print(self.uncancel());
  print(await outcome(sleep(0, "undisturbed")));
  self.cancel();
  self.cancel();
  print(self.uncancel());
  print(await outcome(sleep(0)));
  print(self.uncancel());
});

scenario(
  "a task that raises CancelledError of its own is cancelled, though nobody asked [TASK-15 TASK-21]",
  async (print) => {
    const work = async () => {
      throw new CancelledError("mine");
    };

    const task = createTask(work);
    try {
      await task;
    } catch (error) {
      if (isCancelled(error)) print(error.message, task.cancelled(), task.cancelling());
    }
  },
);

scenario("the message of cancel reaches the task, and those who await it [TASK-18]", async (print) => {
  const work = async () => {
    try {
      await sleep(60_000);
    } catch (error) {
      if (isCancelled(error)) print("inside:", error.message);
      throw error;
    }
  };

  const task = createTask(work);
  await sleep(0);
  task.cancel("shutting down");
  try {
    await task;
  } catch (error) {
    if (isCancelled(error)) print("outside:", error.message);
  }
});

scenario("two cancels before the first step keep the last message [TASK-16 TASK-18]", async (print) => {
  const work = async () => {
    print("never");
  };

  const task = createTask(work);
  task.cancel("first");
  task.cancel("last");
  try {
    await task;
  } catch (error) {
    if (isCancelled(error)) print(error.message, task.cancelling());
  }
});

scenario("a task that waits on a future gets the first of two messages [TASK-18]", async (print) => {
  const future = new Future<void>();

  const work = async () => {
    await future;
  };

  const task = createTask(work);
  await sleep(0);
  task.cancel("first");
  task.cancel("last");
  try {
    await task;
  } catch (error) {
    if (isCancelled(error)) print(error.message, task.cancelling());
  }
});

scenario("the message travels down to the awaited task and back up [TASK-18 TASK-19]", async (print) => {
  const inner = async () => {
    try {
      await sleep(60_000);
    } catch (error) {
      if (isCancelled(error)) print("inner:", error.message);
      throw error;
    }
  };

  const outer = async () => {
    try {
      await innerTask;
    } catch (error) {
      if (isCancelled(error)) print("outer:", error.message);
      throw error;
    }
  };

  const innerTask = createTask(inner);
  const outerTask = createTask(outer);
  await sleep(0);
  outerTask.cancel("enough");
  print(await outcome(outerTask));
});
