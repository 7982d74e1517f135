/** run: a loop per call, results and errors of main, what happens to the tasks that main leaves behind. */
import {
  createTask,
  currentTask,
  type EventLoop,
  getRunningLoop,
  newEventLoop,
  run,
  sleep,
  type Task,
} from "gyre";
import { scenario, script } from "../../support/parity.ts";
import { Boom, nameOf, outcome } from "../outcomes.ts";

script("run gives the result of main, or raises its error [RUN-01]", async (print) => {
  const answer = async () => 42;

  const fail = async () => {
    throw new Boom("no");
  };

  print(await run(answer));
  print(await outcome(() => run(fail)));
});

script("each run has a new loop, closed when run ends [RUN-01 LOOP-06 POL-01]", async (print) => {
  const loops: EventLoop[] = [];

  const remember = async () => {
    const loop = getRunningLoop();
    loops.push(loop);
    print("running", loop.isRunning(), "closed", loop.isClosed());
  };

  await run(remember);
  await run(remember);
  print("same loop", loops[0] === loops[1]);
  for (const loop of loops) print("running", loop.isRunning(), "closed", loop.isClosed());
});

scenario("run inside a running loop is refused, and main does not start [RUN-01]", async (print) => {
  const inner = async () => {
    print("never");
  };

  print(await outcome(() => run(inner)));
});

script("a task left behind is cancelled, and run waits for its cleanup [RUN-01 RUN-08]", async (print) => {
  const hang = async () => {
    try {
      await sleep(60_000);
    } finally {
      print("cleanup begins");
      await sleep(20);
      print("cleanup ends");
    }
  };

  const body = async () => {
    createTask(hang);
    await sleep(0);
    print("main ends");
    return "result";
  };

  print(await run(body));
});

script(
  "a leftover that was cancelled before its first step does not start [RUN-08 TASK-16]",
  async (print) => {
    const tasks: Task<void>[] = [];

    const unstarted = async () => {
      print("never");
    };

    const body = async () => {
      tasks.push(createTask(unstarted));
      tasks[0]?.cancel();
    };

    await run(body);
    print("cancelled", tasks[0]?.cancelled());
  },
);

script(
  "an error in the cleanup of a leftover is reported, and the result of main stays [RUN-08 ERR-05]",
  async (print) => {
    const hang = async () => {
      try {
        await sleep(60_000);
      } finally {
        // oxlint-disable-next-line no-unsafe-finally -- the error replaces the cancellation on purpose
        throw new Boom("cleanup");
      }
    };

    const body = async () => {
      const task = createTask(hang);
      getRunningLoop().setExceptionHandler((_loop, context) =>
        print("reported", nameOf(context.exception), context.task === task),
      );
      await sleep(0);
      return "result";
    };

    print(await run(body));
  },
);

script(
  "a leftover that swallows its cancellation and returns is not reported [RUN-08 TASK-20]",
  async (print) => {
    const hang = async () => {
      print(await outcome(sleep(60_000)));
      return "ignored";
    };

    const body = async () => {
      getRunningLoop().setExceptionHandler(() => print("reported"));
      createTask(hang);
      await sleep(0);
      return "result";
    };

    print(await run(body));
  },
);

script("leftovers are cancelled also when main fails, before run raises [RUN-01 RUN-08]", async (print) => {
  const hang = async () => {
    print("leftover", await outcome(sleep(60_000)));
  };

  const body = async () => {
    createTask(hang);
    await sleep(0);
    throw new Boom("main");
  };

  print(await outcome(() => run(body)));
});

script(
  "a main that is cancelled from inside ends run with CancelledError [RUN-01 TASK-12]",
  async (print) => {
    const body = async () => {
      const self = currentTask();
      getRunningLoop().callSoon(() => self?.cancel());
      await sleep(60_000);
    };

    const stubborn = async () => {
      const self = currentTask();
      getRunningLoop().callSoon(() => self?.cancel());
      print("inside", await outcome(sleep(60_000)));
      return 7;
    };

    print(await outcome(() => run(body)));
    print(await outcome(() => run(stubborn)));
  },
);

script("debug= sets the debug mode of the loop [RUN-02 DBG-01]", async (print) => {
  const mode = async () => getRunningLoop().getDebug();

  print(await run(mode, { debug: true }));
  print(await run(mode, { debug: false }));
});

script("loop_factory= makes the loop, and run closes it [RUN-03]", async (print) => {
  const loop = await newEventLoop();

  const factory = () => {
    print("factory called");
    return loop;
  };

  const body = async () => {
    print("on that loop", getRunningLoop() === loop);
  };

  await run(body, { loopFactory: factory });
  print("closed", loop.isClosed());
});
