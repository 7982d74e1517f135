/** taskGroup: what happens when the task that runs the group is cancelled. */
import { createTask, currentTask, gather, isCancelled, shield, sleep, taskGroup } from "gyre";
import { scenario } from "../../support/parity.ts";
import { cleanUp, outcome, waitLong } from "../error-trees.ts";

const cancelling = () => currentTask()?.cancelling();

scenario(
  "cancelled while the group waits, its tasks are cancelled and the caller is cancelled [TG-08]",
  async (print) => {
    const run = () =>
      taskGroup(async (group) => {
        for (let count = 0; count < 2; count++) group.createTask(() => waitLong(print, "task"));
        print("body ends");
      });

    const task = createTask(run);
    await sleep(10);
    task.cancel();
    print(await outcome(task), task.cancelled(), task.cancelling());
  },
);

scenario(
  "cancelled while the body runs, the body ends first and then the tasks [TG-06 TG-08]",
  async (print) => {
    const run = () =>
      taskGroup(async (group) => {
        group.createTask(() => waitLong(print, "task"));
        await waitLong(print, "body");
      });

    const task = createTask(run);
    await sleep(10);
    task.cancel();
    print(await outcome(task), task.cancelled(), task.cancelling());
  },
);

scenario(
  "a body that cancels its own caller and returns ends the group, once its tasks have started [TG-08]",
  async (print) => {
    const run = () =>
      taskGroup(async (group) => {
        group.createTask(() => waitLong(print, "task"));
        currentTask()?.cancel();
      });

    const task = createTask(run);
    print(await outcome(task), task.cancelled());
  },
);

scenario("an empty group lets the cancellation pass [TG-08]", async (print) => {
  const run = () => taskGroup(async () => waitLong(print, "body"));

  const task = createTask(run);
  await sleep(10);
  task.cancel();
  print(await outcome(task), task.cancelled());
});

scenario(
  "cancelled too late for the body, the caller is cancelled at its next wait [TG-08]",
  async (print) => {
    const run = async () => {
      await taskGroup(async () => {
        currentTask()?.cancel();
      });
      print("behind the group");
      print(await outcome(sleep(0)));
    };

    await createTask(run);
  },
);

scenario(
  "the cancellation's message reaches the body and the caller, but not the tasks [TG-08]",
  async (print) => {
    const hasMessage = async (name: string) => {
      try {
        await sleep(60_000);
      } catch (error) {
        if (isCancelled(error)) print(name, error.message === "bye");
        throw error;
      }
    };

    const run = () =>
      taskGroup(async (group) => {
        group.createTask(() => hasMessage("task"));
        await hasMessage("body");
      });

    const task = createTask(run);
    await sleep(10);
    task.cancel("bye");
    try {
      await task;
    } catch (error) {
      if (isCancelled(error)) print("caller", error.message === "bye");
    }
  },
);

scenario(
  "cancelled several times while tasks clean up, the group waits until they have [TG-10]",
  async (print) => {
    const run = () =>
      taskGroup(async (group) => {
        group.createTask(() => cleanUp(print, "task", 200));
      });

    const task = createTask(run);
    await sleep(5);
    for (let count = 0; count < 3; count++) {
      task.cancel();
      await sleep(5);
    }
    print("done", task.done(), "cancelling", task.cancelling());
    print(await outcome(task), task.cancelled(), task.cancelling());
  },
);

scenario("a group inside of cleaning up works as everywhere else [TG-03 TG-09]", async (print) => {
  const run = async () => {
    try {
      await sleep(60_000);
    } finally {
      const results = await taskGroup(async (group) =>
        [1, 2].map((n) => group.createTask(() => sleep(10, n))),
      );
      print(...results.map((result) => result.result()), cancelling());
    }
  };

  const task = createTask(run);
  await sleep(0);
  task.cancel();
  print(await outcome(task), task.cancelled());
});

scenario("a task that cancels its own group's caller ends the group [TG-08]", async (print) => {
  const run = async () => {
    const caller = currentTask();

    const revolt = async () => {
      await sleep(0);
      caller?.cancel();
      await waitLong(print, "other");
    };

    await taskGroup(async (group) => {
      group.createTask(revolt);
      group.createTask(() => waitLong(print, "other"));
    });
  };

  const task = createTask(run);
  print(await outcome(task), task.cancelled());
});

scenario("cancelling a gathering of groups ends them all [TG-08 WAIT-05]", async (print) => {
  const run = (name: string) =>
    taskGroup(async (group) => {
      group.createTask(() => waitLong(print, name));
    });

  const gathering = gather([() => run("a"), () => run("b")]);
  await sleep(10);
  gathering.cancel();
  print(await outcome(gathering));
});

scenario("shielded work outlives the group that waits for it [TG-08 WAIT-12]", async (print) => {
  const save = async () => {
    await sleep(150);
    print("saved");
  };

  const run = () =>
    taskGroup(async (group) => {
      group.createTask(() => shield(saving));
    });

  const saving = createTask(save);
  const task = createTask(run);
  await sleep(10);
  task.cancel();
  print(await outcome(task), saving.done());
  await saving;
});
