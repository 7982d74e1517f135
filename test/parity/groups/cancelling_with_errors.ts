/** taskGroup: tasks that fail, and a caller that is cancelled. */
import { createTask, currentTask, sleep, taskGroup } from "gyre";
import { scenario } from "../../support/parity.ts";
import { cleanUp, fail, failAtTheEnd, outcome, tree } from "../error-trees.ts";

const cancelling = () => currentTask()?.cancelling();

scenario("a body that replaces the cancellation by an error ends with the error [TG-08]", async (print) => {
  const run = async () => {
    try {
      await taskGroup(async () => failAtTheEnd("body"));
    } finally {
      print("cancelling", cancelling());
    }
  };

  const task = createTask(run);
  await sleep(10);
  task.cancel();
  print(await outcome(task), task.cancelled());
});

scenario(
  "errors of tasks win over the cancellation, which strikes at the next wait [TG-08 TG-09]",
  async (print) => {
    const run = async () => {
      const failing = taskGroup(async (group) => {
        group.createTask(() => failAtTheEnd("task"));
        group.createTask(() => failAtTheEnd("task"));
        await sleep(60_000);
      });
      print(await outcome(failing), cancelling());
      try {
        await sleep(60_000);
      } finally {
        print("interrupted", cancelling());
      }
    };

    const task = createTask(run);
    await sleep(10);
    task.cancel();
    print(await outcome(task), task.cancelled(), task.cancelling());
  },
);

scenario(
  "errors of tasks win over a cancellation that comes while the group waits [TG-08 TG-09]",
  async (print) => {
    const run = async () => {
      const failing = taskGroup(async (group) => {
        group.createTask(() => failAtTheEnd("a"));
      });
      print(await outcome(failing), cancelling());
      await sleep(60_000);
    };

    const task = createTask(run);
    await sleep(10);
    task.cancel();
    print(await outcome(task), task.cancelled(), task.cancelling());
  },
);

scenario(
  "an error and a cancellation in one turn: the group fails, then the caller is cancelled [TG-08 TG-09]",
  async (print) => {
    const run = async () => {
      const failing = taskGroup(async (group) => {
        group.createTask(() => fail("a"));
        await sleep(60_000);
      });
      print(await outcome(failing), cancelling());
      await sleep(60_000);
      print("never");
    };

    const task = createTask(run);
    await sleep(0);
    await sleep(0);
    task.cancel();
    print(await outcome(task), task.cancelled(), task.cancelling());
  },
);

scenario(
  "cancelled while it shuts down because of an error, the group fails, then the caller is cancelled [TG-08 TG-10]",
  async (print) => {
    const run = async () => {
      const failing = taskGroup(async (group) => {
        group.createTask(() => cleanUp(print, "task", 20));
        group.createTask(() => fail("a"));
      });
      print(await outcome(failing), cancelling());
      await sleep(60_000);
      print("never");
    };

    const task = createTask(run);
    await sleep(10);
    task.cancel();
    print("cancelling", task.cancelling());
    print(await outcome(task), task.cancelled(), task.cancelling());
  },
);

scenario(
  "a task that fails while the cancelled body cleans up interrupts the cleaning up [TG-04 TG-08]",
  async (print) => {
    const run = () =>
      taskGroup(async (group) => {
        group.createTask(() => fail("a", 20));
        try {
          await sleep(60_000);
        } catch (error) {
          await sleep(60_000);
          throw error;
        }
      });

    const call = async () => {
      await createTask(run);
    };

    for (const start of [run, call]) {
      const task = createTask(start);
      await sleep(10);
      task.cancel();
      print(await outcome(task), task.cancelled(), task.cancelling());
    }
  },
);

scenario(
  "a request to cancel from before the group stays, and strikes behind a group that failed [TG-08 TG-09]",
  async (print) => {
    const run = async (work: () => PromiseLike<void>) => {
      print(await outcome(sleep(60_000)), cancelling());
      try {
        await taskGroup(async (group) => {
          group.createTask(work);
        });
      } catch (error) {
        print(tree(error));
      }
      print("behind", cancelling());
      print(await outcome(sleep(0)));
    };

    for (const work of [() => sleep(0), () => fail("a")]) {
      const task = createTask(() => run(work));
      await sleep(0);
      task.cancel();
      await task;
    }
  },
);
