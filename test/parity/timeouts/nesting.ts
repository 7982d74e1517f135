/** timeout: blocks within blocks. */
import { currentTask, getRunningLoop, sleep, type Timeout, timeout, timeoutAt } from "gyre";
import { scenario } from "../../support/parity.ts";
import { outcome, tree } from "../error-trees.ts";

const cancelling = () => currentTask()?.cancelling();

/** Keeps the thread. */
function block(duration: number): void {
  const end = performance.now() + duration;
  while (performance.now() < end);
}

scenario(
  "of two blocks with one deadline the outer one times out, and the inner one is cancelled [TO-09]",
  async (print) => {
    const scopes: Timeout[] = [];
    const deadline = getRunningLoop().time() + 10;

    const run = () =>
      timeoutAt(deadline, async (outer) => {
        scopes.push(outer);
        try {
          await timeoutAt(deadline, async (inner) => {
            scopes.push(inner);
            await sleep(60_000);
          });
        } catch (error) {
          print("inner cancelled", cancelling());
          throw error;
        }
      });

    print(await outcome(run()), ...scopes.map((scope) => scope.expired()), cancelling());
  },
);

scenario("the inner block times out, and the outer one goes on [TO-09]", async (print) => {
  const scopes: Timeout[] = [];
  const outerScope = await timeout(60_000, async (outer) => {
    try {
      await timeout(5, async (inner) => {
        scopes.push(inner);
        await sleep(60_000);
      });
    } catch (error) {
      print(tree(error), scopes[0]?.expired(), outer.expired());
    }
    print(await sleep(0, "goes on"));
    return outer;
  });
  print(outerScope.expired(), cancelling());
});

scenario(
  "the outer block times out, and the inner one is cancelled, not timed out [TO-09]",
  async (print) => {
    const scopes: Timeout[] = [];

    const run = () =>
      timeout(5, async () => {
        try {
          await timeout(60_000, async (inner) => {
            scopes.push(inner);
            await sleep(60_000);
          });
        } catch (error) {
          print("inner", tree(error));
          throw error;
        }
      });

    print(await outcome(run()), scopes[0]?.expired(), cancelling());
  },
);

scenario("of three blocks the middle one times out [TO-09]", async (print) => {
  const scopes: Timeout[] = [];
  await timeout(60_000, async () => {
    try {
      await timeout(5, () =>
        timeout(60_000, async (innermost) => {
          scopes.push(innermost);
          await sleep(60_000);
        }),
      );
    } catch (error) {
      print(tree(error), scopes[0]?.expired());
    }
  });
  print(cancelling());
});

scenario(
  "one deadline passes while the loop is busy, the other one later: each block times out in its turn [TO-09]",
  async (print) => {
    const run = () =>
      timeout(500, async () => {
        try {
          await timeout(2, async () => {
            block(10);
            await sleep(60_000);
          });
        } catch (error) {
          print("inner", tree(error), cancelling());
        }
        await sleep(60_000);
      });

    print("outer", await outcome(run()), cancelling());
  },
);

scenario(
  "the outer deadline passes first while the loop is busy: the inner block is cancelled [TO-09]",
  async (print) => {
    const run = () =>
      timeout(2, async () => {
        try {
          await timeout(60_000, async () => {
            block(10);
            await sleep(60_000);
          });
        } catch (error) {
          print("inner", tree(error));
          throw error;
        }
      });

    print("outer", await outcome(run()));
  },
);

scenario("a block within the cleaning up of a block that timed out [TO-09]", async (print) => {
  const run = () =>
    timeout(5, async () => {
      try {
        await sleep(60_000);
      } finally {
        try {
          await timeout(5, () => sleep(60_000));
        } catch (error) {
          print("cleaning up:", tree(error), cancelling());
        }
      }
    });

  print(await outcome(run()), cancelling());
});
