/** Making tasks: names, the order in which they start, who is the current one, what they end with. */
import { allTasks, createTask, currentTask, Future, getRunningLoop, newEventLoop, sleep, wait } from "gyre";
import { scenario } from "../../support/parity.ts";
import { attempt, Boom, outcome } from "../outcomes.ts";

scenario("create_task starts nothing until its creator awaits [TASK-01]", async (print) => {
  const work = async () => {
    print("work");
  };

  const task = createTask(work);
  print("created", task.done());
  await sleep(0);
  print("after one turn");
  await task;
});

scenario("tasks start in the order of their creation [TASK-01 TASK-03]", async (print) => {
  const work = async (name: string) => {
    print(name, "starts");
    await sleep(0);
    print(name, "goes on");
  };

  const tasks = ["a", "b", "c"].map((name) => createTask(() => work(name)));
  print("created");
  for (const task of tasks) await task;
});

scenario("sleep(0) gives each of the other tasks a turn [WAIT-01 TASK-10]", async (print) => {
  const work = async (name: string) => {
    for (const turn of [0, 1, 2]) {
      print(name, turn);
      await sleep(0);
    }
  };

  const tasks = ["a", "b"].map((name) => createTask(() => work(name)));
  for (const task of tasks) await task;
});

scenario("a task made by a task starts after those that were already queued [TASK-01]", async (print) => {
  const inner = async () => {
    print("inner");
  };

  const outer = async () => {
    print("outer");
    const task = createTask(inner);
    print("outer created inner");
    await task;
    print("outer ends");
  };

  const other = async () => {
    print("other");
  };

  const tasks = [createTask(outer), createTask(other)];
  for (const task of tasks) await task;
});

scenario("a task has the name it was given, or one of its own [TASK-05]", async (print) => {
  const work = async () => currentTask()?.name;

  const named = createTask(work, { name: "worker" });
  const [first, second] = [createTask(work), createTask(work)];
  print(named.name, first.name.startsWith("Task-"), first.name === second.name);
  first.name = "renamed";
  for (const task of [named, first]) print(await task);
  await second;
});

scenario("current_task is the task that runs; a callback has none [TASK-25]", async (print) => {
  const loop = getRunningLoop();
  const body = currentTask();

  const work = async () => {
    print("in the task", currentTask() === task);
    await sleep(0);
    print("after its await", currentTask() === task);
  };

  loop.callSoon(() => print("in a callback", currentTask()));
  const task = createTask(work);
  print("in the body", currentTask() === body);
  await task;
  print("in the body", currentTask() === body);
});

scenario("all_tasks has the tasks of the loop that are not done [TASK-26]", async (print) => {
  const others = () => {
    const tasks = [...allTasks()].filter((task) => task !== currentTask());
    return tasks.map((task) => task.name).toSorted();
  };

  const future = new Future<null>();

  const work = async () => await future;

  const quick = async () => null;

  const tasks = [createTask(work, { name: "waiting" }), createTask(quick, { name: "quick" })];
  print(others());
  await tasks[1];
  print(others());
  future.setResult(null);
  await tasks[0];
  print(others());
  print(allTasks().has(currentTask()!));
});

scenario("a task ends with the result or the error of its coroutine [TASK-15 TASK-31]", async (print) => {
  const error = new Boom("no");

  const work = async () => "result";

  const fail = async (): Promise<string> => {
    throw error;
  };

  const [finished, failed] = [createTask(work), createTask(fail)];
  print(attempt(() => finished.result()));
  print(attempt(() => finished.exception()));
  await wait([finished, failed]);
  print(finished.result(), finished.exception(), finished.cancelled());
  print(attempt(() => failed.result()));
  print(failed.exception() === error, failed.cancelled());
  try {
    await failed;
  } catch (raised) {
    print(raised === error);
  }
});

scenario("nobody but its coroutine settles a task [TASK-04]", async (print) => {
  const work = async () => "result";

  const task = createTask(work);
  print(attempt(() => task.setResult("other")));
  print(attempt(() => task.setException(new Boom("other"))));
  print(await task);
});

scenario("a task that awaits itself is refused, and can go on [TASK-10]", async (print) => {
  const work = async () => {
    print(await outcome(() => currentTask()!));
    return "result";
  };

  print(await createTask(work));
});

scenario("a future of another loop is refused where it is awaited [TASK-10]", async (print) => {
  const other = await newEventLoop();
  print(await outcome(other.createFuture()));
  print("the task goes on", await sleep(0, "unharmed"));
  await other.close();
});

scenario(
  "a task may be awaited by many; they wake first in, first out, with the same result [TASK-10 FUT-12]",
  async (print) => {
    const gate = new Future<string>();

    const work = async () => await gate;

    const waitFor = async (name: string) => {
      print(name, await task);
    };

    const task = createTask(work);
    const waiters = ["a", "b", "c", "d"].map((name) => createTask(() => waitFor(name)));
    await sleep(0);
    gate.setResult("result");
    for (const waiter of waiters) await waiter;
    print("again", await task);
  },
);
