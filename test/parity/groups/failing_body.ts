/** taskGroup: a body that fails, or that is interrupted because a task did. */
import { CancelledError, currentTask, isCancelled, sleep, type Task, taskGroup } from "gyre";
import { scenario } from "../../support/parity.ts";
import { cleanUp, fail, failAtTheEnd, outcome, tree, waitLong } from "../error-trees.ts";
import { Boom } from "../outcomes.ts";

const cancelling = () => currentTask()?.cancelling();

scenario(
  "when a task fails, the body is interrupted, and the count is put back [TG-04 TG-09]",
  async (print) => {
    const run = () =>
      taskGroup(async (group) => {
        group.createTask(() => fail("a"));
        try {
          await sleep(60_000);
        } catch (error) {
          if (isCancelled(error)) print("body interrupted", cancelling());
          throw error;
        }
      });

    print(await outcome(run()));
    print("cancelling", cancelling());
    print(await sleep(0, "the next wait is not interrupted"));
  },
);

scenario("when the body fails at once, its tasks never start [TG-06]", async (print) => {
  const tasks: Task<void>[] = [];

  const run = () =>
    taskGroup(async (group) => {
      tasks.push(group.createTask(() => waitLong(print, "never")));
      throw new Boom("body");
    });

  print(await outcome(run()), tasks[0]?.cancelled());
});

scenario("when the body fails, its tasks are cancelled and waited for [TG-06]", async (print) => {
  const run = () =>
    taskGroup(async (group) => {
      group.createTask(() => cleanUp(print, "task"));
      group.createTask(() => cleanUp(print, "task"));
      await sleep(0);
      throw new Boom("body");
    });

  print(await outcome(run()), cancelling());
});

scenario("the error of the body stands behind those of the tasks [TG-06]", async (print) => {
  const run = () =>
    taskGroup(async (group) => {
      group.createTask(() => failAtTheEnd("task"));
      group.createTask(() => failAtTheEnd("task"));
      await sleep(0);
      throw new Boom("body");
    });

  print(await outcome(run()));
});

scenario("a body that fails when it is interrupted adds its error [TG-04 TG-06]", async (print) => {
  const run = () =>
    taskGroup(async (group) => {
      group.createTask(() => fail("a"));
      await failAtTheEnd("body");
    });

  print(await outcome(run()), cancelling());
});

scenario(
  "a body that throws CancelledError by itself ends cancelled, and so do its tasks [TG-06]",
  async (print) => {
    const run = () =>
      taskGroup(async (group) => {
        group.createTask(() => waitLong(print, "task"));
        await sleep(0);
        throw new CancelledError();
      });

    print(await outcome(run()), cancelling());
  },
);

scenario("when the body throws CancelledError, the error of a task wins [TG-06 TG-08]", async (print) => {
  const run = () =>
    taskGroup(async (group) => {
      group.createTask(() => failAtTheEnd("task"));
      await sleep(0);
      throw new CancelledError();
    });

  print(await outcome(run()), cancelling());
});

scenario(
  "a body that swallows the interruption and returns does not hide the error [TG-04 TG-09]",
  async (print) => {
    const run = () =>
      taskGroup(async (group) => {
        group.createTask(() => fail("a"));
        print(await outcome(sleep(60_000)));
        print(await sleep(0, "body goes on"), cancelling());
      });

    print(await outcome(run()), cancelling());
  },
);

scenario("a body that takes the interruption back itself leaves no negative count [TG-09]", async (print) => {
  const run = () =>
    taskGroup(async (group) => {
      group.createTask(() => fail("a"));
      print(await outcome(sleep(60_000)));
      print("uncancel", currentTask()?.uncancel());
    });

  print(await outcome(run()), cancelling());
});

scenario(
  "a body that waits for the failing task is interrupted, and does not see the error [TG-04]",
  async (print) => {
    const run = () =>
      taskGroup(async (group) => {
        const task = group.createTask(() => fail("a"));
        try {
          await task;
        } catch (error) {
          print("body sees", tree(error));
          throw error;
        }
      });

    print(await outcome(run()), cancelling());
  },
);

scenario("the body is interrupted once, however many tasks fail [TG-04 TG-09]", async (print) => {
  const run = () =>
    taskGroup(async (group) => {
      group.createTask(() => fail("a"));
      group.createTask(() => failAtTheEnd("b"));
      try {
        await sleep(60_000);
      } finally {
        await sleep(10);
        print("body cleaned up", cancelling());
      }
    });

  print(await outcome(run()));
});
