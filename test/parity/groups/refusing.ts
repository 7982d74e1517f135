/** taskGroup: what a group refuses, and when. */
import { sleep, TaskGroup, taskGroup } from "gyre";
import { scenario } from "../../support/parity.ts";
import { fail, outcome, tree } from "../error-trees.ts";
import { attempt, nameOf } from "../outcomes.ts";

scenario(
  "a group that does not run yet, or no longer, refuses tasks and never starts them [TG-02]",
  async (print) => {
    const never = async () => print("never");

    const group = new TaskGroup();
    print(attempt(() => group.createTask(never)));
    await group.run(async () => {});
    print(attempt(() => group.createTask(never)));
    await sleep(0);
  },
);

scenario("once the body and the last task have ended, a task is refused [TG-02]", async (print) => {
  const never = async () => print("never");

  await taskGroup(async (group) => {
    const task = group.createTask(() => sleep(10));
    task.addDoneCallback(() => print(attempt(() => group.createTask(never))));
  });
  print("group ends");
});

scenario(
  "while a group shuts down it refuses tasks, in its tasks and in its body [TG-02 TG-04]",
  async (print) => {
    const never = async () => print("never");

    const cleanUp = async (group: TaskGroup) => {
      try {
        await sleep(60_000);
      } finally {
        print(
          "task:",
          attempt(() => group.createTask(never)),
        );
      }
    };

    const run = () =>
      taskGroup(async (group) => {
        group.createTask(() => fail("a"));
        group.createTask(() => cleanUp(group));
        try {
          await sleep(60_000);
        } finally {
          print(
            "body:",
            attempt(() => group.createTask(never)),
          );
        }
      });

    print(await outcome(run()));
  },
);

scenario("a group runs once: not twice in a row, and not within itself [TG-01]", async (print) => {
  const never = async () => print("never");

  const group = new TaskGroup();
  await group.run(async () => {
    try {
      await group.run(never);
    } catch (error) {
      print(nameOf(error));
    }
    print("the group goes on", group.createTask(() => sleep(0)).done());
  });
  try {
    await group.run(never);
  } catch (error) {
    print(tree(error));
  }
});
