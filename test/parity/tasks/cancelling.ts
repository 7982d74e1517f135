/** Task.cancel in each state of the task that it meets. */
import { createTask, currentTask, Future, isCancelled, sleep, type Task, wait } from "gyre";
import { scenario } from "../../support/parity.ts";
import { Boom, nameOf, outcome } from "../outcomes.ts";

scenario("cancelled before its first step, a task never runs its body [TASK-12 TASK-16]", async (print) => {
  const work = async () => {
    print("never");
  };

  const task = createTask(work);
  print(task.cancel());
  print(await outcome(task), task.cancelled());
});

scenario("cancel is a request: the task is cancelled when it has ended [TASK-12 TASK-13]", async (print) => {
  const work = async () => {
    try {
      await sleep(60_000);
    } finally {
      print("finally");
    }
  };

  const task = createTask(work);
  await sleep(0);
  print(task.cancel(), task.cancelled(), task.done(), task.cancelling());
  print(await outcome(task), task.cancelled(), task.done(), task.cancelling());
});

scenario(
  "cancelled while it waits on a future, the future is cancelled and the task wakes [TASK-12]",
  async (print) => {
    const future = new Future<string>();

    const work = async () => {
      try {
        await future;
      } catch (error) {
        if (isCancelled(error)) print("interrupted", future.cancelled());
        throw error;
      }
    };

    const task = createTask(work);
    await sleep(0);
    task.cancel();
    print("future cancelled", future.cancelled());
    print(await outcome(task));
  },
);

scenario(
  "cancelled while it waits on another task, that task is cancelled first [TASK-12 TASK-19]",
  async (print) => {
    const inner = async () => {
      try {
        await sleep(60_000);
      } finally {
        print("inner ends");
      }
    };

    const outer = async () => {
      try {
        await innerTask;
      } finally {
        print("outer ends");
      }
    };

    const innerTask = createTask(inner);
    const outerTask = createTask(outer);
    await sleep(0);
    outerTask.cancel();
    print(await outcome(outerTask), innerTask.cancelled(), innerTask.cancelling());
  },
);

scenario("an inner task that refuses to end keeps the outer one going [TASK-19 TASK-20]", async (print) => {
  const inner = async () => await outcome(sleep(60_000));

  const outer = async () => ["outer saw", await innerTask];

  const innerTask = createTask(inner);
  const outerTask = createTask(outer);
  await sleep(0);
  outerTask.cancel();
  print(...(await outerTask));
  print(outerTask.cancelled(), outerTask.cancelling(), innerTask.cancelled());
});

scenario("a chain of waiting tasks ends from the innermost outwards [TASK-19]", async (print) => {
  const leaf = async () => {
    try {
      await sleep(60_000);
    } finally {
      print("leaf ends");
    }
  };

  const waitOn = async (name: string, task: Task<void>) => {
    try {
      await task;
    } finally {
      print(name, "ends");
    }
  };

  const leafTask = createTask(leaf);
  const middle = createTask(() => waitOn("middle", leafTask));
  const root = createTask(() => waitOn("root", middle));
  await sleep(0);
  root.cancel();
  print(await outcome(root));
  print(...[leafTask, middle, root].map((task) => task.cancelled()));
});

scenario("a task that is done cannot be cancelled [TASK-12 TASK-13]", async (print) => {
  const work = async () => "result";

  const fail = async () => {
    throw new Boom("no");
  };

  for (const coroutine of [work, fail]) {
    const task = createTask<string>(coroutine);
    await wait([task]);
    print(task.cancel(), task.cancelled(), task.cancelling());
    print(await outcome(task));
  }
});

scenario(
  "a task that cancels itself and returns without a wait is cancelled, its result lost [TASK-17]",
  async (print) => {
    const work = async () => {
      print(currentTask()?.cancel());
      return "lost";
    };

    const task = createTask(work);
    print(await outcome(task), task.cancelled());
  },
);

scenario("a task that cancelled itself is interrupted at its next wait [TASK-12 TASK-19]", async (print) => {
  const future = new Future<string>();

  const work = async () => {
    currentTask()?.cancel();
    print("goes on until it waits");
    try {
      await future;
    } finally {
      print("interrupted", future.cancelled());
    }
  };

  print(await outcome(createTask(work)));
});

scenario(
  "a task with a pending cancellation passes what needs no waiting [TASK-12 FUT-12]",
  async (print) => {
    const finished = new Future<string>();
    finished.setResult("finished");

    const work = async () => {
      currentTask()?.cancel();
      print(await finished);
      print(await outcome(sleep(0)));
      return "swallowed";
    };

    print(await createTask(work));
  },
);

scenario(
  "result first, cancel second: the task is cancelled, and the result is lost on it [TASK-12]",
  async (print) => {
    const future = new Future<string>();

    const work = async () => await future;

    const task = createTask(work);
    await sleep(0);
    future.setResult("lost");
    print(task.cancel());
    print(await outcome(task), task.cancelled(), future.cancelled());
  },
);

scenario("cancel first, result second: the future is done already [TASK-12 FUT-05]", async (print) => {
  const future = new Future<string>();

  const work = async () => await future;

  const task = createTask(work);
  await sleep(0);
  task.cancel();
  try {
    future.setResult("late");
  } catch (error) {
    print(nameOf(error));
  }
  print(await outcome(task), task.cancelled());
});
