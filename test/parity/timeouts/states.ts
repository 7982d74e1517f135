/** Timeout: its states, and moving the deadline. */
import { createTask, getRunningLoop, sleep, Timeout, timeout, timeoutAt } from "gyre";
import { scenario } from "../../support/parity.ts";
import { outcome, tree } from "../error-trees.ts";
import { attempt, nameOf } from "../outcomes.ts";

scenario("the deadline may be moved and removed while the block runs [TO-06 TO-07]", async (print) => {
  const loop = getRunningLoop();
  const found = loop.createFuture<Timeout>();

  const run = () =>
    timeoutAt(first, async (scope) => {
      found.setResult(scope);
      await sleep(60_000);
    });

  const first = loop.time() + 10_000;
  const task = createTask(run);
  const scope = await found;
  print(scope.when() === first);
  scope.reschedule(first + 20_000);
  print(scope.when() === first + 20_000);
  scope.reschedule(null);
  print(scope.when());
  task.cancel();
  print(await outcome(task), scope.expired());
});

scenario("a deadline that is moved away does not strike when it was due [TO-07]", async (print) => {
  const expired = await timeout(5, async (scope) => {
    scope.reschedule(getRunningLoop().time() + 60_000);
    print(await sleep(15, "not interrupted"));
    return scope;
  });
  print(expired.expired());
});

scenario("a deadline that is moved near strikes then [TO-07]", async (print) => {
  const run = () =>
    timeout(60_000, async (scope) => {
      scope.reschedule(getRunningLoop().time() + 5);
      await sleep(60_000);
    });

  print(await outcome(run()));
});

scenario("a deadline that is removed never strikes, and may be set again [TO-07]", async (print) => {
  const run = () =>
    timeout(5, async (scope) => {
      scope.reschedule(null);
      print(await sleep(15, "not interrupted"), scope.when());
      scope.reschedule(getRunningLoop().time() + 5);
      await sleep(60_000);
    });

  print(await outcome(run()));
});

scenario("a block without a deadline may be given one [TO-07]", async (print) => {
  const run = () =>
    timeout(null, async (scope) => {
      scope.reschedule(getRunningLoop().time() + 5);
      await sleep(60_000);
    });

  print(await outcome(run()));
});

scenario("a deadline that is moved into the past strikes at the next wait [TO-04 TO-07]", async (print) => {
  const run = () =>
    timeout(60_000, async (scope) => {
      scope.reschedule(getRunningLoop().time() - 1);
      print("body runs", scope.expired());
      await sleep(0);
    });

  print(await outcome(run()));
});

scenario("a deadline that is due may still be moved before the next wait [TO-04 TO-07]", async (print) => {
  const moved = await timeout(0, async (scope) => {
    scope.reschedule(getRunningLoop().time() + 60_000);
    print(await sleep(5, "not interrupted"));
    return scope;
  });
  print(moved.expired());
});

scenario("before the block and behind it the deadline cannot be moved [TO-07]", async (print) => {
  const scope = new Timeout(getRunningLoop().time() + 10);
  print(
    "before",
    attempt(() => scope.reschedule(null)),
  );
  await scope.run(async () => {});
  print(
    "behind",
    attempt(() => scope.reschedule(null)),
    scope.expired(),
  );
});

scenario("once it has struck the deadline cannot be moved [TO-07 TO-08]", async (print) => {
  const expired = await timeout(5, async (scope) => {
    try {
      await sleep(60_000);
    } catch (error) {
      print(nameOf(error), scope.expired());
      print(
        "expiring",
        attempt(() => scope.reschedule(null)),
      );
    }
    return scope;
  });
  print(
    "expired",
    attempt(() => expired.reschedule(null)),
    expired.expired(),
  );
});

scenario("a timeout runs one block: not twice in a row, and not within itself [TO-03]", async (print) => {
  const never = async () => print("never");

  const scope = new Timeout(getRunningLoop().time() + 10);
  await scope.run(async () => {
    try {
      await scope.run(never);
    } catch (error) {
      print(tree(error), scope.expired());
    }
  });
  try {
    await scope.run(never);
  } catch (error) {
    print(tree(error));
  }
});
