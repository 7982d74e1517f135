/** timeout: blocks within and around groups. */
import { currentTask, sleep, taskGroup, type Timeout, timeout, waitFor } from "gyre";
import { scenario } from "../../support/parity.ts";
import { cleanUp, fail, failAtTheEnd, outcome, waitLong } from "../error-trees.ts";

const cancelling = () => currentTask()?.cancelling();

scenario("at the deadline the tasks of a group are cancelled and waited for [TO-05 TG-08]", async (print) => {
  const run = () =>
    timeout(10, () =>
      taskGroup(async (group) => {
        group.createTask(() => cleanUp(print, "task"));
      }),
    );

  print(await outcome(run()), cancelling());
});

scenario("errors of tasks that end at the deadline win over the timeout [TO-05 TG-08]", async (print) => {
  const scopes: Timeout[] = [];

  const run = () =>
    timeout(10, (scope) => {
      scopes.push(scope);
      return taskGroup(async (group) => {
        group.createTask(() => failAtTheEnd("task"));
        await sleep(60_000);
      });
    });

  print(await outcome(run()), scopes[0]?.expired(), cancelling());
  print(await sleep(0, "the next wait is not interrupted"));
});

scenario("a group that fails before the deadline is no timeout [TO-05 TG-04]", async (print) => {
  const scopes: Timeout[] = [];

  const run = () =>
    timeout(60_000, (scope) => {
      scopes.push(scope);
      return taskGroup(async (group) => {
        group.createTask(() => fail("task"));
      });
    });

  print(await outcome(run()), scopes[0]?.expired(), cancelling());
});

scenario(
  "a block that times out in a task of a group is an error of that group [TO-05 TG-04]",
  async (print) => {
    const hurry = () => timeout(5, () => sleep(60_000));

    const run = () =>
      taskGroup(async (group) => {
        group.createTask(() => waitLong(print, "other"));
        group.createTask(hurry);
      });

    print(await outcome(run()), cancelling());
  },
);

scenario(
  "a block that times out in the body of a group is an error of that group [TO-05 TG-06]",
  async (print) => {
    const run = () =>
      taskGroup(async (group) => {
        group.createTask(() => waitLong(print, "task"));
        await timeout(5, () => sleep(60_000));
      });

    print(await outcome(run()), cancelling());
  },
);

scenario(
  "a task that fails ends a block in the body, which is then not timed out [TO-05 TG-04]",
  async (print) => {
    const scopes: Timeout[] = [];

    const run = () =>
      taskGroup(async (group) => {
        group.createTask(() => fail("task"));
        await timeout(60_000, async (scope) => {
          scopes.push(scope);
          await waitLong(print, "body");
        });
      });

    print(await outcome(run()), scopes[0]?.expired(), cancelling());
  },
);

scenario(
  "the deadline passes while the group shuts down because of an error: the error wins [TO-05 TG-08]",
  async (print) => {
    const scopes: Timeout[] = [];

    const run = () =>
      timeout(10, (scope) => {
        scopes.push(scope);
        return taskGroup(async (group) => {
          group.createTask(() => fail("task"));
          group.createTask(() => cleanUp(print, "other", 30));
        });
      });

    print(await outcome(run()), scopes[0]?.expired(), cancelling());
    print(await sleep(0, "the next wait is not interrupted"));
  },
);

scenario(
  "a wait with a limit within a block within a group: the nearest one strikes [TO-09 WAIT-08]",
  async (print) => {
    await timeout(60_000, async () => {
      const [task] = await taskGroup(async (group) => {
        const started = group.createTask(() => outcome(waitFor(() => sleep(60_000), 5)));
        print("body", await outcome(waitFor(() => sleep(60_000), 5)));
        return [started];
      });
      print("task", task?.result());
    });
  },
);
