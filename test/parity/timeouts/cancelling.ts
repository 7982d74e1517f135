/** timeout: a deadline and other requests to cancel the same task. */
import {
  createTask,
  currentTask,
  getRunningLoop,
  isCancelled,
  sleep,
  type Timeout,
  TimeoutError,
  timeout,
} from "gyre";
import { scenario } from "../../support/parity.ts";
import { outcome } from "../error-trees.ts";

const cancelling = () => currentTask()?.cancelling();

scenario(
  "cancelled from outside before the deadline, the block is cancelled, not timed out [TO-05 TO-08]",
  async (print) => {
    const scopes: Timeout[] = [];

    const run = () =>
      timeout(60_000, async (scope) => {
        scopes.push(scope);
        await sleep(60_000);
      });

    const task = createTask(run);
    await sleep(0);
    task.cancel();
    print(await outcome(task), task.cancelled(), task.cancelling(), scopes[0]?.expired());
  },
);

scenario("a block that cancels its own task is cancelled, not timed out [TO-05 TO-08]", async (print) => {
  const scopes: Timeout[] = [];

  const run = () =>
    timeout(60_000, async (scope) => {
      scopes.push(scope);
      currentTask()?.cancel();
      await sleep(60_000);
    });

  const task = createTask(run);
  print(await outcome(task), task.cancelled(), scopes[0]?.expired());
});

scenario(
  "cancelled from outside while it cleans up behind the deadline, the block is cancelled [TO-05]",
  async (print) => {
    const scopes: Timeout[] = [];

    const run = () =>
      timeout(5, async (scope) => {
        scopes.push(scope);
        try {
          await sleep(60_000);
        } finally {
          await sleep(60_000);
        }
      });

    const task = createTask(run);
    await sleep(20);
    print("cancelling", task.cancelling());
    task.cancel();
    print(await outcome(task), task.cancelled(), task.cancelling(), scopes[0]?.expired());
  },
);

scenario(
  "a deadline that passes while the cancelled block cleans up ends the cleaning up [TO-05]",
  async (print) => {
    const scopes: Timeout[] = [];

    const run = () =>
      timeout(20, async (scope) => {
        scopes.push(scope);
        try {
          await sleep(60_000);
        } finally {
          await sleep(60_000);
        }
      });

    const task = createTask(run);
    await sleep(5);
    task.cancel();
    print(await outcome(task), task.cancelled(), task.cancelling(), scopes[0]?.expired());
  },
);

scenario("the deadline and a cancellation in one turn: the cancellation wins [TO-05]", async (print) => {
  const run = () => timeout(0, () => sleep(60_000));

  for (const order of ["deadline first", "cancellation first"]) {
    const task = createTask(run);
    const loop = getRunningLoop();
    if (order === "cancellation first") loop.callSoon(() => loop.callSoon(() => task.cancel()));
    await sleep(0);
    if (order === "deadline first") loop.callSoon(() => task.cancel());
    print(order, await outcome(task), task.cancelled(), task.cancelling());
  }
});

scenario(
  "in the cleaning up of a cancelled task a deadline works as everywhere else [TO-05]",
  async (print) => {
    const run = async () => {
      try {
        currentTask()?.cancel();
        await sleep(60_000);
      } catch {
        print("cancelled", cancelling());
      }
      try {
        await timeout(2, () => sleep(60_000));
      } catch (error) {
        if (error instanceof TimeoutError) print("timed out", cancelling());
      }
      return "done";
    };

    print(await outcome(createTask(run)));
  },
);

scenario(
  "in the cleaning up of a cancelled task a further cancellation is no timeout [TO-05]",
  async (print) => {
    const scopes: Timeout[] = [];

    const run = async () => {
      currentTask()?.cancel();
      await sleep(60_000).catch(() => undefined);
      try {
        await timeout(60_000, async (scope) => {
          scopes.push(scope);
          currentTask()?.cancel();
          await sleep(60_000);
        });
      } catch (error) {
        if (isCancelled(error)) print("cancelled", scopes[0]?.expired(), cancelling());
      }
      return "done";
    };

    print(await outcome(createTask(run)));
  },
);

scenario(
  "a block that cancels its own task and returns ends well, and the next wait is interrupted [TO-05]",
  async (print) => {
    const run = async () => {
      const scope = await timeout(60_000, async (current) => {
        currentTask()?.cancel();
        return current;
      });
      print("behind", scope.expired(), cancelling());
      await sleep(0);
    };

    const task = createTask(run);
    print(await outcome(task), task.cancelled());
  },
);

scenario("a cancellation that is taken back inside leaves the deadline as it was [TO-05]", async (print) => {
  const run = () =>
    timeout(20, async () => {
      print(await outcome(sleep(60_000)), currentTask()?.uncancel());
      await sleep(60_000);
    });

  const task = createTask(run);
  await sleep(5);
  task.cancel();
  print(await outcome(task), task.cancelling());
});
