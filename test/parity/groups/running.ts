/** taskGroup: starting tasks and waiting for them. */
import {
  CancelledError,
  ContextVar,
  copyContext,
  createTask,
  currentTask,
  sleep,
  type Task,
  type TaskGroup,
  taskGroup,
} from "gyre";
import { scenario } from "../../support/parity.ts";
import { fail, outcome, waitLong } from "../error-trees.ts";

scenario("a group waits for all its tasks, and each has its result [TG-03]", async (print) => {
  const tasks: Task<string>[] = [];
  await taskGroup(async (group) => {
    tasks.push(
      group.createTask(() => sleep(20, "slow")),
      group.createTask(() => sleep(10, "fast")),
    );
    print("body ends", ...tasks.map((task) => task.done()));
  });
  print(...tasks.map((task) => task.result()));
});

scenario("tasks may be added while the body waits [TG-02 TG-03]", async (print) => {
  const tasks: Task<number>[] = [];
  await taskGroup(async (group) => {
    tasks.push(group.createTask(() => sleep(10, 42)));
    await sleep(15);
    tasks.push(group.createTask(() => sleep(10, 11)));
    print(...tasks.map((task) => task.done()));
  });
  print(...tasks.map((task) => task.result()));
});

scenario("a task that is cancelled alone is no error and disturbs nobody [TG-05]", async (print) => {
  const [first, second] = await taskGroup(async (group) => {
    const cancelled = group.createTask(() => waitLong(print, "first"));
    await sleep(0);
    cancelled.cancel();
    return [cancelled, group.createTask(() => sleep(10, 11))] as const;
  });
  print(first.cancelled(), second.result(), currentTask()?.cancelling());
});

scenario("a task that throws CancelledError by itself is no error either [TG-05]", async (print) => {
  const giveUp = async () => {
    throw new CancelledError();
  };

  const [first, second] = await taskGroup((group) => [
    group.createTask<void>(giveUp),
    group.createTask(() => sleep(10, 11)),
  ]);
  print(first?.cancelled(), second?.result());
});

scenario(
  "a group without tasks is no wait: a task with a pending cancellation passes it [TG-03]",
  async (print) => {
    const run = async () => {
      currentTask()?.cancel();
      await taskGroup(async () => print("body"));
      print("behind the group");
      await sleep(0);
    };

    print(await outcome(createTask(run)));
  },
);

scenario("a group whose tasks have all ended is no wait either [TG-03]", async (print) => {
  const run = async () => {
    await taskGroup(async (group) => {
      print(await group.createTask(() => sleep(0, "done")));
      await sleep(0);
      currentTask()?.cancel();
    });
    print("behind the group");
    await sleep(0);
  };

  print(await outcome(createTask(run)));
});

scenario(
  "tasks start in the order of their creation, and not before the body waits [TG-02]",
  async (print) => {
    const work = async (name: string) => {
      print(name, "starts");
      await sleep(0);
      print(name, "ends");
    };

    await taskGroup(async (group) => {
      for (const name of "abc") group.createTask(() => work(name));
      print("body waits");
      await sleep(0);
      print("body ends");
    });
  },
);

scenario("a task may add others while the group waits for it [TG-02 TG-03]", async (print) => {
  const leaf = async (name: string) => {
    await sleep(10);
    print(name);
  };

  const root = async (group: TaskGroup) => {
    await sleep(10);
    group.createTask(() => leaf("first leaf"));
    group.createTask(() => leaf("second leaf"));
    print("root ends");
  };

  await taskGroup(async (group) => {
    group.createTask(() => root(group));
    print("body ends");
  });
  print("group ends");
});

scenario("tasks that multiply are stopped by an error all the same [TG-02 TG-04]", async (print) => {
  let heads = 0;

  const grow = async (group: TaskGroup) => {
    heads++;
    await sleep(2);
    group.createTask(() => grow(group));
    group.createTask(() => grow(group));
  };

  const fight = async () => {
    // oxlint-disable-next-line no-unmodified-loop-condition -- grow() counts it up
    while (heads < 10) await sleep(3);
    await fail("Hercules");
  };

  const run = () =>
    taskGroup(async (group) => {
      group.createTask(() => grow(group));
      group.createTask(fight);
    });

  print(await outcome(run()), heads >= 10);
});

scenario("a task gets the name and the context that it is given [TG-02]", async (print) => {
  const variable = new ContextVar("variable", { default: "unset" });

  const work = async (value: string) => {
    await sleep(0);
    variable.set(value);
  };

  await taskGroup(async (group) => {
    const task = group.createTask(() => sleep(0), { name: "yolo" });
    print(task.name);
    const context = copyContext();
    for (const value of ["1", "2"]) {
      await group.createTask(() => work(value), { context });
      print(context.get(variable), variable.get());
    }
  });
});

scenario("the body may wait for its tasks and use their results [TG-03]", async (print) => {
  await taskGroup(async (group) => {
    const parts = [1, 2, 3].map((n) => group.createTask(() => sleep(0, n)));
    let sum = 0;
    for (const part of parts) sum += await part;
    print(sum);
  });
});

scenario("two groups may run side by side in two tasks [TG-03 TG-04]", async (print) => {
  const run = async (name: string, work: () => PromiseLike<void>) => {
    await taskGroup(async (group) => {
      group.createTask(work);
      group.createTask(() => sleep(10));
    });
    return `${name} ends well`;
  };

  const failing = createTask(() => run("failing", () => fail("a")));
  const working = createTask(() => run("working", () => sleep(0)));
  print(await outcome(failing));
  print(await outcome(working));
});
