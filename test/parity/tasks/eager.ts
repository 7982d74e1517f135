/** Task factories, and the eager one, whose tasks start inside createTask. */
import {
  allTasks,
  ContextVar,
  createEagerTaskFactory,
  createTask,
  currentTask,
  eagerTaskFactory,
  ensureFuture,
  type Future,
  gather,
  getRunningLoop,
  sleep,
  Task,
} from "gyre";
import { scenario } from "../../support/parity.ts";
import { attempt, Boom, nameOf, outcome } from "../outcomes.ts";

const beEager = () => getRunningLoop().setTaskFactory(eagerTaskFactory);

scenario(
  "the task factory can be asked for, replaced and taken away; it must be callable [EXT-03]",
  async (print) => {
    const loop = getRunningLoop();
    print(loop.getTaskFactory());
    loop.setTaskFactory(eagerTaskFactory);
    print(loop.getTaskFactory() === eagerTaskFactory);
    print(attempt(() => loop.setTaskFactory("not callable" as never)));
    print(loop.getTaskFactory() === eagerTaskFactory);
    loop.setTaskFactory(null);
    print(loop.getTaskFactory());
  },
);

scenario(
  "the factory makes every task: of create_task, ensure_future and gather [EXT-03 TASK-02]",
  async (print) => {
    const loop = getRunningLoop();
    const made: Future<unknown>[] = [];

    const work = async (name: string) => name;

    loop.setTaskFactory((loopOfTask, coroutine, options) => {
      const task = new Task(coroutine, { ...options, loop: loopOfTask });
      made.push(task);
      return task;
    });
    const [byFunction, byLoop] = [createTask(() => work("function")), loop.createTask(() => work("loop"))];
    const byEnsure = ensureFuture(() => work("ensure"));
    print(await gather([() => work("gather"), byFunction]));
    print(await byLoop, await byEnsure);
    print(made.length, made.includes(byFunction), made.includes(byLoop), made.includes(byEnsure));
  },
);

scenario("an eager task runs inside create_task up to its first wait [TASK-33]", async (print) => {
  beEager();

  const work = async () => {
    print("in");
    await sleep(0);
    print("after the wait");
  };

  print("before");
  const task = createTask(work);
  print("created", task.done());
  await task;
});

scenario(
  "an eager task that needs no wait is done when create_task returns [TASK-33 TASK-26]",
  async (print) => {
    beEager();

    // An async function cannot finish while it is being called, so this one is not.
    const work = () => {
      print("in");
      return "result";
    };

    const task = createTask(work);
    print("created", task.done(), task.result(), allTasks().has(task));
    print(await task);
  },
);

scenario("an error of an eager task stays in the task [TASK-33]", async (print) => {
  beEager();

  const fail = () => {
    throw new Boom("no");
  };

  const task = createTask(fail);
  print("created", task.done(), nameOf(task.exception()));
  print(await outcome(task));
});

scenario(
  "during its eager start a task is the current one, and its creator again afterwards [TASK-25 TASK-33 TASK-36]",
  async (print) => {
    beEager();
    const creator = currentTask();
    const seen: Task<unknown>[] = [];

    const work = async () => {
      const self = currentTask()!;
      seen.push(self);
      print("in all_tasks", allTasks().has(self));
      await sleep(0);
      print("same after the wait", currentTask() === self);
    };

    const task = createTask(work);
    print(seen[0] === task, currentTask() === creator);
    await task;
  },
);

scenario("an eager task has a context of its own [TASK-33 CTX-01]", async (print) => {
  beEager();
  const variable = new ContextVar("var", { default: "unset" });
  variable.set("creator");

  const work = async () => {
    print("sees", variable.get());
    variable.set("task");
    await sleep(0);
    print("keeps", variable.get());
  };

  const task = createTask(work);
  print("creator", variable.get());
  await task;
  print("creator", variable.get());
});

scenario("a cancel after an eager start interrupts the first wait [TASK-12 TASK-33]", async (print) => {
  beEager();

  const work = async () => {
    print("in");
    try {
      await sleep(60_000);
    } finally {
      print("interrupted");
    }
  };

  const task = createTask(work);
  print(task.cancel());
  print(await outcome(task), task.cancelled());
});

scenario("eager tasks inside eager tasks start depth first [TASK-33 TASK-34]", async (print) => {
  beEager();

  const inner = async (name: number) => {
    print("inner", name);
    await sleep(0);
    print("inner", name, "ends");
  };

  const outer = async () => {
    print("outer");
    const tasks = [createTask(() => inner(1)), createTask(() => inner(2))];
    print("outer waits");
    for (const task of tasks) await task;
    print("outer ends");
  };

  const task = createTask(outer);
  print("creator");
  await task;
});

scenario("gather of eager tasks has all results, in order [TASK-34 WAIT-02]", async (print) => {
  beEager();

  const quick = (name: string) => {
    print("quick", name);
    return name;
  };

  const slow = async (name: string) => {
    print("slow", name);
    await sleep(10);
    return name;
  };

  print(await gather([() => quick("a"), () => slow("b"), () => quick("c")]));
  print(await gather([() => quick("d")]));
});

scenario("create_eager_task_factory starts tasks of any constructor eagerly [TASK-32]", async (print) => {
  class OwnTask<T> extends Task<T> {}

  const work = async () => {
    print("in", currentTask() instanceof OwnTask);
    await sleep(0);
    return "result";
  };

  const loop = getRunningLoop();
  loop.setTaskFactory(createEagerTaskFactory(OwnTask));
  const task = createTask(work, { name: "own" });
  print("created", task instanceof OwnTask, task.name);
  print(await task);
});
