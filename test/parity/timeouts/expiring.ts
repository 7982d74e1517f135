/** timeout: what happens at the deadline, and what when it is not reached. */
import {
  createTask,
  currentTask,
  Future,
  getRunningLoop,
  isCancelled,
  sleep,
  type Timeout,
  TimeoutError,
  timeout,
  timeoutAt,
} from "gyre";
import { scenario } from "../../support/parity.ts";
import { failAtTheEnd, outcome, tree } from "../error-trees.ts";
import { Boom, nameOf } from "../outcomes.ts";

const cancelling = () => currentTask()?.cancelling();

scenario(
  "at the deadline the block is cancelled, and TimeoutError is thrown [TO-01 TO-04 TO-05]",
  async (print) => {
    const scopes: Timeout[] = [];

    const run = () =>
      timeout(10, async (scope) => {
        scopes.push(scope);
        try {
          await sleep(60_000);
        } catch (error) {
          if (isCancelled(error)) print("interrupted", cancelling(), scope.expired());
          throw error;
        }
      });

    print(await outcome(run()), scopes[0]?.expired(), cancelling());
  },
);

scenario("the deadline may be a moment on the loop's clock [TO-02 TO-06]", async (print) => {
  const loop = getRunningLoop();
  const deadline = loop.time() + 10;
  const scopes: Timeout[] = [];
  try {
    await timeoutAt(deadline, async (scope) => {
      scopes.push(scope);
      print(scope.when() === deadline);
      await sleep(60_000);
    });
  } catch (error) {
    print(nameOf(error), scopes[0]?.expired(), scopes[0]?.when() === deadline, loop.time() >= deadline);
  }
});

scenario(
  "a block that ends in time gives its value, and the deadline strikes nobody [TO-05 TO-08]",
  async (print) => {
    const run = () => timeout(10, async (scope) => [await sleep(0, "value"), scope] as const);

    const [value, scope] = await run();
    print(value, scope.expired(), Number(scope.when()) > getRunningLoop().time());
    print(await sleep(20, "later"), scope.expired(), cancelling());
  },
);

scenario("None is no deadline [TO-01 TO-02 TO-06]", async (print) => {
  for (const limit of [timeout, timeoutAt]) {
    const scope = await limit(null, async (current) => {
      await sleep(2);
      return current;
    });
    print(scope.when(), scope.expired());
  }
});

scenario(
  "a deadline of zero or in the past interrupts the first wait, the shortest too [TO-04]",
  async (print) => {
    const run = async (delay: number, nap: number) => {
      await timeout(delay, async () => {
        print("body runs");
        await sleep(nap);
      });
      print("never");
    };

    for (const delay of [0, -11_000]) {
      for (const nap of [60_000, 0]) print(await outcome(run(delay, nap)), cancelling());
    }
  },
);

scenario(
  "a block that never waits is not interrupted, though its deadline has passed [TO-04]",
  async (print) => {
    const scope = await timeout(0, async (current) => {
      print("body runs");
      return current;
    });
    print(scope.expired());
    print(await sleep(0, "behind"), cancelling());
  },
);

scenario("a block that waits only for what is done already is not interrupted [TO-04]", async (print) => {
  const finished = new Future<string>();
  finished.setResult("finished");
  await timeout(0, async () => {
    print(await finished);
  });
  print(await sleep(0, "behind"), cancelling());
});

scenario("the TimeoutError has the cancellation as its cause [TO-05 TO-10]", async (print) => {
  try {
    await timeout(10, () => sleep(60_000));
  } catch (error) {
    if (error instanceof TimeoutError) print(nameOf(error), "from", nameOf(error.cause));
  }
});

scenario(
  "another error that leaves the block before the deadline passes through [TO-05 TO-08]",
  async (print) => {
    const run = () =>
      timeout(10, async (scope) => {
        scopes.push(scope);
        throw new Boom("foreign");
      });

    const scopes: Timeout[] = [];
    print(await outcome(run()), scopes[0]?.expired());
  },
);

scenario(
  "another error that replaces the cancellation at the deadline passes through [TO-05]",
  async (print) => {
    const run = () =>
      timeout(10, async (scope) => {
        scopes.push(scope);
        await failAtTheEnd("foreign");
      });

    const scopes: Timeout[] = [];
    print(await outcome(run()), scopes[0]?.expired(), cancelling());
  },
);

scenario("a block that swallows the cancellation gives its value [TO-05 TO-08]", async (print) => {
  const run = () =>
    timeout(10, async (scope) => {
      print(await outcome(sleep(60_000)), scope.expired());
      print(await sleep(0, "goes on"), cancelling());
      return ["value", scope] as const;
    });

  const [value, scope] = await run();
  print(value, scope.expired(), cancelling());
});

scenario("the TimeoutError comes when cleaning up is over [TO-05]", async (print) => {
  const run = () =>
    timeout(10, async () => {
      try {
        await sleep(60_000);
      } finally {
        await sleep(10);
        print("cleaned up", cancelling());
      }
    });

  print(await outcome(run()));
});

scenario(
  "a TimeoutError of the block's own is no sign that this deadline has passed [TO-05 TO-08]",
  async (print) => {
    const run = () =>
      timeout(60_000, async (scope) => {
        scopes.push(scope);
        throw new TimeoutError();
      });

    const scopes: Timeout[] = [];
    print(await outcome(run()), scopes[0]?.expired());
  },
);

scenario("a task whose block timed out is not cancelled [TO-05]", async (print) => {
  const run = async () => {
    for (let count = 0; count < 2; count++) {
      try {
        await timeout(2, () => sleep(60_000));
      } catch (error) {
        print(tree(error), cancelling());
      }
    }
    return await sleep(0, "goes on");
  };

  const task = createTask(run);
  print(await outcome(task), task.cancelled(), task.cancelling());
});

scenario(
  "a future that is cancelled by somebody else in the block is no timeout [TO-05 TO-08]",
  async (print) => {
    const future = new Future<void>();
    getRunningLoop().callSoon(() => future.cancel());
    const scopes: Timeout[] = [];

    const run = () =>
      timeout(60_000, async (scope) => {
        scopes.push(scope);
        await future;
      });

    print(await outcome(run()), scopes[0]?.expired(), cancelling());
  },
);
