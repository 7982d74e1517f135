/** taskGroup: tasks that fail, a body that fails, and what becomes of the others. */
import { createTask, currentTask, sleep, type Task, taskGroup } from "gyre";
import { scenario } from "../../support/parity.ts";
import { fail, failAtTheEnd, outcome, tree, waitLong } from "../error-trees.ts";
import { Boom } from "../outcomes.ts";

const cancelling = () => currentTask()?.cancelling();

scenario(
  "when a task fails, the others are cancelled, and the error comes in a group [TG-04]",
  async (print) => {
    const run = async () => {
      await taskGroup(async (group) => {
        group.createTask(() => fail("a"));
        tasks.push(group.createTask(() => waitLong(print, "other")));
      });
      print("never");
    };

    const tasks: Task<void>[] = [];
    print(await outcome(createTask(run)), tasks[0]?.cancelled());
  },
);

scenario("a task that fails while the group waits for others ends the group [TG-04]", async (print) => {
  const run = () =>
    taskGroup(async (group) => {
      group.createTask(() => waitLong(print, "other"));
      group.createTask(() => fail("a", 10));
      group.createTask(() => waitLong(print, "other"));
      print("body ends");
    });

  print(await outcome(run()), cancelling());
});

scenario(
  "tasks that fail in one turn are all in the group, in the order of their ends [TG-04]",
  async (print) => {
    const run = () =>
      taskGroup(async (group) => {
        for (const name of "abc") group.createTask(() => fail(name));
        await sleep(60_000);
      });

    print(await outcome(run()), cancelling());
  },
);

scenario(
  "errors of tasks that end because of the first error are in the group too [TG-04]",
  async (print) => {
    const late = async (name: string) => {
      try {
        await sleep(60_000);
      } finally {
        await sleep(10);
        // oxlint-disable-next-line no-unsafe-finally -- the error replaces the cancellation on purpose
        throw new Boom(name);
      }
    };

    const run = () =>
      taskGroup(async (group) => {
        group.createTask(() => late("late"));
        group.createTask(() => failAtTheEnd("b"));
        group.createTask(() => fail("a"));
      });

    print(await outcome(run()));
  },
);

scenario("one error comes in a group as well, and has no cause [TG-06]", async (print) => {
  try {
    await taskGroup(async () => {
      throw new Boom("body");
    });
  } catch (error) {
    if (error instanceof Error) print(error.name, error.cause, tree(error));
  }
});

scenario("a resource that fails on the way out adds its error [TG-06 TG-09]", async (print) => {
  const run = () =>
    taskGroup(async (group) => {
      try {
        group.createTask(() => fail("task"));
        await sleep(60_000);
      } finally {
        await fail("resource");
      }
    });

  print(await outcome(run()), cancelling());
});

scenario(
  "a task that swallows its cancellation is waited for, and keeps its result [TG-04]",
  async (print) => {
    const stubborn = async () => {
      print(await outcome(sleep(60_000)));
      await sleep(10);
      return "kept";
    };

    const tasks: Task<string>[] = [];

    const run = () =>
      taskGroup(async (group) => {
        tasks.push(group.createTask(stubborn));
        group.createTask(() => fail("a"));
      });

    print(await outcome(run()));
    for (const task of tasks) print(task.result(), task.cancelling());
  },
);

scenario("a task that fails is seen to fail by others who wait for it [TG-04]", async (print) => {
  const tasks: Task<void>[] = [];

  const watch = async () => {
    await sleep(0);
    for (const task of tasks) print("watcher sees", await outcome(task));
  };

  const run = () =>
    taskGroup(async (group) => {
      tasks.push(group.createTask<void>(() => fail("a", 10)));
    });

  const watcher = createTask(watch);
  print(await outcome(run()));
  await watcher;
});

scenario("an error of a task that ended before another failed is not lost [TG-04]", async (print) => {
  const run = () =>
    taskGroup(async (group) => {
      group.createTask(() => fail("a"));
      group.createTask(() => fail("b", 1));
      try {
        await sleep(60_000);
      } finally {
        await sleep(10);
      }
    });

  print(await outcome(run()));
});

scenario(
  "behind a group that failed the task goes on as if nothing had been cancelled [TG-09]",
  async (print) => {
    const run = async () => {
      for (const name of "ab") {
        const failing = taskGroup(async (group) => {
          group.createTask(() => fail(name));
          await sleep(60_000);
        });
        print(await outcome(failing), cancelling());
      }
      return await sleep(0, "done");
    };

    const task = createTask(run);
    print(await outcome(task), task.cancelled(), task.cancelling());
  },
);
