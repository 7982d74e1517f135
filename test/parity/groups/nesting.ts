/** taskGroup: groups within groups. */
import { createTask, currentTask, sleep, taskGroup } from "gyre";
import { scenario } from "../../support/parity.ts";
import { cleanUp, fail, failAtTheEnd, outcome, tree, waitLong } from "../error-trees.ts";

const cancelling = () => currentTask()?.cancelling();

scenario("an error inside stays inside when it is caught there [TG-12]", async (print) => {
  const task = await taskGroup(async (outer) => {
    const undisturbed = outer.createTask(() => sleep(20, "outer task is not disturbed"));
    const failing = taskGroup(async (inner) => {
      inner.createTask(() => fail("a"));
      await sleep(60_000);
    });
    print(await outcome(failing), cancelling());
    print(await sleep(0, "outer body goes on"));
    return [undisturbed];
  });
  print(task[0]?.result());
});

scenario(
  "an error inside that is not caught ends the outer group, a group within a group [TG-12]",
  async (print) => {
    const run = () =>
      taskGroup(async (outer) => {
        outer.createTask(() => waitLong(print, "outer task"));
        await taskGroup(async (inner) => {
          inner.createTask(() => fail("a"));
        });
      });

    print(await outcome(run()), cancelling());
  },
);

scenario(
  "an error outside ends the inner group, which is not an error of the inner one [TG-12]",
  async (print) => {
    const run = () =>
      taskGroup(async (outer) => {
        outer.createTask(() => fail("a"));
        try {
          await taskGroup(async (inner) => {
            inner.createTask(() => waitLong(print, "inner task"));
          });
        } catch (error) {
          print("inner group:", tree(error), cancelling());
          throw error;
        }
      });

    print(await outcome(run()), cancelling());
  },
);

scenario("an error outside while the inner body runs ends that body too [TG-12]", async (print) => {
  const run = () =>
    taskGroup(async (outer) => {
      outer.createTask(() => fail("a"));
      await taskGroup(async (inner) => {
        inner.createTask(() => waitLong(print, "inner task"));
        await waitLong(print, "inner body");
      });
    });

  print(await outcome(run()));
});

scenario(
  "tasks of the inner group that fail because of an error outside are in a group within [TG-12]",
  async (print) => {
    const run = () =>
      taskGroup(async (outer) => {
        outer.createTask(() => fail("outer"));
        await taskGroup(async (inner) => {
          inner.createTask(() => failAtTheEnd("inner"));
        });
      });

    print(await outcome(run()), cancelling());
  },
);

scenario(
  "cancelled from outside, the errors of the inner tasks come in a group within a group [TG-08 TG-12]",
  async (print) => {
    const run = () =>
      taskGroup(async () => {
        await taskGroup(async (inner) => {
          inner.createTask(() => failAtTheEnd("task"));
          inner.createTask(() => failAtTheEnd("task"));
          await sleep(60_000);
        });
      });

    const task = createTask(run);
    await sleep(10);
    task.cancel();
    print(await outcome(task), task.cancelled(), task.cancelling());
  },
);

scenario("cancelled from outside, the tasks of both groups are cancelled [TG-08 TG-12]", async (print) => {
  const run = () =>
    taskGroup(async (outer) => {
      outer.createTask(() => waitLong(print, "outer task"));
      await taskGroup(async (inner) => {
        inner.createTask(() => failAtTheEnd("a"));
        await sleep(60_000);
      });
    });

  const task = createTask(run);
  await sleep(10);
  task.cancel();
  print(await outcome(task), task.cancelling());
});

scenario(
  "cancelled from outside without errors, both groups pass the cancellation on [TG-08 TG-12]",
  async (print) => {
    const run = () =>
      taskGroup(async (outer) => {
        outer.createTask(() => waitLong(print, "outer task"));
        await taskGroup(async (inner) => {
          inner.createTask(() => waitLong(print, "inner task"));
        });
      });

    const task = createTask(run);
    await sleep(10);
    task.cancel();
    print(await outcome(task), task.cancelled(), task.cancelling());
  },
);

scenario(
  "when both groups cancel their body, the count goes up by two and back again [TG-09 TG-12]",
  async (print) => {
    try {
      await taskGroup(async (outer) => {
        try {
          await taskGroup(async (inner) => {
            inner.createTask(() => fail("inner"));
            outer.createTask(() => fail("outer"));
          });
        } catch (error) {
          print(tree(error));
        }
        print("between", cancelling());
      });
    } catch (error) {
      print(tree(error));
    }
    print("outside", cancelling());
  },
);

scenario(
  "behind the inner group that failed, a wait in the outer body is interrupted [TG-09 TG-12]",
  async (print) => {
    const run = () =>
      taskGroup(async (outer) => {
        try {
          await taskGroup(async (inner) => {
            inner.createTask(() => fail("inner"));
            outer.createTask(() => fail("outer"));
          });
        } catch (error) {
          print(tree(error));
        }
        try {
          await sleep(60_000);
        } finally {
          print("interrupted", cancelling());
        }
      });

    print(await outcome(run()), cancelling());
  },
);

scenario("a task that runs a group of its own is a task like any other [TG-12]", async (print) => {
  const child = (name: string, work: () => PromiseLike<void>) =>
    taskGroup(async (group) => {
      group.createTask(work);
      group.createTask(() => waitLong(print, name));
    });

  const run = () =>
    taskGroup(async (group) => {
      group.createTask(() => child("failing", () => fail("a", 10)));
      group.createTask(() => child("working", () => sleep(0)));
    });

  print(await outcome(run()));
});

scenario("an error three groups deep is wrapped three times, unless it is caught [TG-12]", async (print) => {
  const nest = (depth: number): Promise<void> =>
    taskGroup(async (group) => {
      group.createTask<void>(() => (depth > 0 ? nest(depth - 1) : fail("deep")));
    });

  print(await outcome(nest(2)));
});

scenario("an inner group that cleans up is waited for by the outer one [TG-10 TG-12]", async (print) => {
  const run = async () => {
    await taskGroup(async (outer) => {
      outer.createTask(() => fail("a"));
      await taskGroup(async (inner) => {
        inner.createTask(() => cleanUp(print, "inner task", 20));
      });
    });
    print("never");
  };

  print(await outcome(run()));
});

scenario(
  "a task may be started in the outer group from within the inner one [TG-02 TG-12]",
  async (print) => {
    const [task] = await taskGroup(async (outer) => {
      const [started] = await taskGroup(async (inner) => {
        inner.createTask(() => sleep(5));
        return [outer.createTask(() => sleep(20, "outlives the inner group"))] as const;
      });
      print(started.done());
      return [started] as const;
    });
    print(task.result());
  },
);
