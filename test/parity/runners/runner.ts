/** Runner: several runs on one loop and in one context, then one shutdown. */
import {
  allTasks,
  ContextVar,
  copyContext,
  createTask,
  currentTask,
  getRunningLoop,
  newEventLoop,
  Runner,
  sleep,
} from "gyre";
import { scenario, script } from "../../support/parity.ts";
import { attempt, Boom, nameOf, outcome } from "../outcomes.ts";

script("the runs of a runner share its loop [RUN-04 RUN-06 RUN-07]", async (print) => {
  const loopOfThisRun = async () => getRunningLoop();

  const runner = new Runner();
  const first = await runner.run(loopOfThisRun);
  const second = await runner.run(loopOfThisRun);
  print(first === second, first === runner.getLoop());
  print("between runs: running", first.isRunning(), "closed", first.isClosed());
  await runner.close();
  print("closed", first.isClosed());
});

script("a variable that one run sets is seen by the next [RUN-06 CTX-01]", async (print) => {
  const variable = new ContextVar("var", { default: "default" });

  const change = async (value: string) => {
    const before = variable.get();
    variable.set(value);
    return before;
  };

  const runner = new Runner();
  print(await runner.run(() => change("first")));
  print(await runner.run(() => change("second")));
  print(await runner.run(() => change("third")));
  await runner.close();
  print("outside", variable.get());
});

script("context= runs in that context and leaves the runner's alone [RUN-06 CTX-02]", async (print) => {
  const variable = new ContextVar("var", { default: "default" });

  const change = async (value: string) => {
    const before = variable.get();
    variable.set(value);
    return before;
  };

  const own = copyContext();
  const runner = new Runner();
  print(await runner.run(() => change("own"), { context: own }));
  print(await runner.run(() => change("shared")));
  print(await runner.run(() => change("again"), { context: own }));
  await runner.close();
  print(own.get(variable));
});

script("a runner goes on working after a run that failed [RUN-06]", async (print) => {
  const fail = async () => {
    throw new Boom("no");
  };

  const answer = async () => 42;

  const runner = new Runner();
  print(await outcome(() => runner.run(fail)));
  print(await runner.run(answer));
  await runner.close();
});

script("a task lives on from run to run, until close cancels it [RUN-06 RUN-08]", async (print) => {
  const hang = async () => {
    print("background", await outcome(sleep(60_000)));
  };

  const start = async () => {
    createTask(hang, { name: "background" });
  };

  const look = async () => {
    await sleep(0);
    const others = [...allTasks()].filter((task) => task !== currentTask());
    print(...others.map((task) => task.name));
  };

  const runner = new Runner();
  await runner.run(start);
  await runner.run(look);
  await runner.run(look);
  print("closing");
  await runner.close();
});

script("a callback scheduled too late for one run waits for the next [RUN-06 LOOP-03]", async (print) => {
  const first = async () => {
    const loop = getRunningLoop();
    loop.callLater(20, print, "timer");
    print("first run ends");
  };

  const second = async () => {
    print("second run begins");
    await sleep(50);
  };

  const runner = new Runner();
  await runner.run(first);
  print("between");
  await runner.run(second);
  await runner.close();
});

script(
  "a runner that ran and was closed refuses to run and to give its loop [RUN-05 RUN-06 RUN-07]",
  async (print) => {
    const work = async () => {
      print("ran");
    };

    const runner = new Runner();
    await runner.run(work);
    await runner.close();
    print(await outcome(() => runner.run(work)));
    print(attempt(() => runner.getLoop()));
  },
);

script(
  "close before the first run makes no loop and closes nothing; after it, it may be repeated [RUN-04 RUN-08]",
  async (print) => {
    const loop = await newEventLoop();

    const factory = () => {
      print("factory called");
      return loop;
    };

    const work = async () => {
      print("ran");
    };

    const runner = new Runner({ loopFactory: factory });
    await runner.close();
    print("close did nothing");
    await runner.run(work);
    await runner.close();
    await runner.close();
    print("closed", loop.isClosed());
  },
);

scenario("a runner inside a running loop refuses to run [RUN-06]", async (print) => {
  const work = async () => {
    print("never");
  };

  const runner = new Runner();
  print(await outcome(() => runner.run(work)));
  await runner.close();
});

script("debug= of the runner holds for each of its runs [RUN-02 RUN-04 DBG-01]", async (print) => {
  const mode = async () => getRunningLoop().getDebug();

  for (const debug of [true, false]) {
    const runner = new Runner({ debug });
    print(await runner.run(mode), await runner.run(mode));
    await runner.close();
  }
});

script("close reports a leftover that fails, then closes the loop [RUN-08 ERR-05]", async (print) => {
  const hang = async () => {
    await outcome(sleep(60_000));
    throw new Boom("cleanup");
  };

  const start = async () => {
    createTask(hang);
    await sleep(0);
  };

  const runner = new Runner();
  await runner.run(start);
  const loop = runner.getLoop();
  loop.setExceptionHandler((_loop, context) =>
    print("reported", nameOf(context.exception), "closed", loop.isClosed()),
  );
  await runner.close();
  print("closed", loop.isClosed());
});
