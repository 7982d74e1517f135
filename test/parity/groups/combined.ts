/** taskGroup together with gather, wait, asCompleted and shield. */
import {
  asCompleted,
  createTask,
  currentTask,
  type Future,
  gather,
  shield,
  sleep,
  type Task,
  taskGroup,
  timeout,
  wait,
} from "gyre";
import { scenario } from "../../support/parity.ts";
import { cleanUp, fail, outcome, tree, waitLong } from "../error-trees.ts";

/** TypeScript takes it that `for await` awaits what an async iterator yields; these futures arrive as they are. */
const future = <T>(completed: T) => completed as unknown as Future<T>;

const cancelling = () => currentTask()?.cancelling();

scenario(
  "as_completed gives the tasks of a group one by one, and the group waits for the rest [TG-03 WAIT-11]",
  async (print) => {
    const naps = await taskGroup(async (group) => {
      const started = [30, 5, 15].map((delay) => group.createTask(() => sleep(delay, delay)));
      for await (const nap of asCompleted(started)) {
        print("first", await future(nap));
        break;
      }
      return started;
    });
    print(...naps.map((nap) => nap.result()));
  },
);

scenario("a task that fails ends an iteration of as_completed in the body [TG-04 WAIT-11]", async (print) => {
  const run = () =>
    taskGroup(async (group) => {
      const naps: Task<unknown>[] = [
        group.createTask(() => sleep(2, "nap")),
        group.createTask(() => fail("a", 100)),
      ];
      naps.push(group.createTask(() => waitLong(print, "other")));
      for await (const nap of asCompleted(naps)) print(await outcome(future(nap)));
    });

  print(await outcome(run()), cancelling());
});

scenario("cancelling an iteration of as_completed leaves its members alone [WAIT-11]", async (print) => {
  const naps = [1, 2].map((n) => createTask(() => sleep(10, n)));

  const iterate = async () => {
    for await (const nap of asCompleted(naps)) print("result", await future(nap));
  };

  const task = createTask(iterate);
  await sleep(0);
  task.cancel();
  print(await outcome(task), ...naps.map((nap) => nap.cancelling()));
  print(...(await gather(naps)));
});

scenario(
  "a deadline ends an iteration of as_completed, and its members go on [TO-05 WAIT-11]",
  async (print) => {
    const naps = [5, 300].map((delay) => createTask(() => sleep(delay, delay)));

    const iterate = () =>
      timeout(150, async () => {
        for await (const nap of asCompleted(naps)) print("result", await future(nap));
      });

    print(await outcome(iterate()), ...naps.map((nap) => nap.cancelling()));
    print(await naps[1]);
  },
);

scenario("a deadline ends a wait, and its members go on [TO-05 WAIT-06]", async (print) => {
  const nap = createTask(() => sleep(100, "goes on"));

  const run = () => timeout(5, () => wait([nap]));

  print(await outcome(run()), nap.cancelling(), await nap);
});

scenario("a deadline ends a gathering, and its members with it [TO-05 WAIT-05]", async (print) => {
  const nap = createTask(() => waitLong(print, "member"));

  const run = () => timeout(5, () => gather([nap, () => waitLong(print, "coroutine")]));

  print(await outcome(run()), nap.cancelled());
});

scenario(
  "a gathering in the body that fails ends the group, the rest of the gathering runs on [TG-06 WAIT-03]",
  async (print) => {
    const survivor = createTask(() => sleep(200, "survivor"));

    const run = () =>
      taskGroup(async (group) => {
        group.createTask(() => waitLong(print, "task of the group"));
        await gather([() => fail("a", 5), survivor]);
      });

    print(await outcome(run()), survivor.done());
    print(await survivor);
  },
);

scenario("a group whose tasks are gathered in its body cancels them once [TG-04 WAIT-05]", async (print) => {
  const run = () =>
    taskGroup(async (group) => {
      tasks.push(group.createTask(() => cleanUp(print, "task", 5)));
      group.createTask(() => fail("a", 2));
      try {
        await gather(tasks);
      } catch (error) {
        print("body", tree(error));
        throw error;
      }
    });

  const tasks: Task<void>[] = [];
  print(await outcome(run()), tasks[0]?.cancelled(), cancelling());
});

scenario(
  "a wait in the body for the tasks of the group sees them end when the body is not interrupted [TG-03 WAIT-06]",
  async (print) => {
    const tasks = await taskGroup(async (group) => {
      const started = [2, 200].map((delay) => group.createTask(() => sleep(delay, delay)));
      const { done, pending } = await wait(started, { returnWhen: "FIRST_COMPLETED" });
      print(done.size, pending.size);
      for (const task of pending) task.cancel();
      return started;
    });
    print(...tasks.map((task) => task.cancelled()));
  },
);

scenario("a deadline around a shield ends the wait, not the work [TO-05 WAIT-12]", async (print) => {
  const save = async () => {
    await sleep(100);
    return "saved";
  };

  const saving = createTask(save);

  const run = () => timeout(5, () => shield(saving));

  print(await outcome(run()), saving.cancelling(), await saving);
});
