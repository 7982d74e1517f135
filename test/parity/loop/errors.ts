/** The exception handler of the loop, and what reaches it. */
import { ContextVar, copyContext, createTask, getRunningLoop, run, sleep, wait } from "gyre";
import { expectTrouble } from "../../support/leaks.ts";
import { scenario, script } from "../../support/parity.ts";
import { attempt, Boom, nameOf } from "../outcomes.ts";

const fail = () => {
  throw new Boom("callback");
};

scenario(
  "an error in a callback reaches the handler, and later callbacks run [SCHED-11 ERR-01 ERR-05]",
  async (print) => {
    const loop = getRunningLoop();

    loop.setExceptionHandler((loopOfError, context) => {
      const ours = handles.some((handle) => handle === context.handle);
      print("handler", loopOfError === loop, nameOf(context.exception), ours);
    });
    const handles = [loop.callSoon(fail), loop.callLater(20, fail)];
    loop.callSoon(print, "next callback");
    loop.callLater(40, print, "next timer");
    await sleep(60);
    print("the task goes on");
  },
);

scenario(
  "the handler can be asked for, replaced and taken away; it must be callable [ERR-01 ERR-02]",
  async (print) => {
    const loop = getRunningLoop();

    const handler = () => print("never");

    print(loop.getExceptionHandler());
    loop.setExceptionHandler(handler);
    print(loop.getExceptionHandler() === handler);
    print(attempt(() => loop.setExceptionHandler("not callable" as never)));
    print(loop.getExceptionHandler() === handler);
    loop.setExceptionHandler(null);
    print(loop.getExceptionHandler());
  },
);

scenario(
  "without a handler, errors go to the default handler of the loop, with the whole context [ERR-03 ERR-04]",
  async (print) => {
    const loop = getRunningLoop();
    loop.defaultExceptionHandler = (context) => print("default", Object.keys(context).toSorted());
    const error = new Boom("reported by hand");
    loop.callExceptionHandler({ message: "by hand" });
    loop.callExceptionHandler({ message: "by hand", exception: error });
    loop.callSoon(fail);
    await sleep(0);
  },
);

scenario("a handler can pass an error on to the default handler [ERR-03]", async (print) => {
  const loop = getRunningLoop();
  loop.defaultExceptionHandler = (context) => print("default", context.message);

  loop.setExceptionHandler((loopOfError, context) => {
    print("handler", context.message);
    if (context.message !== "known") loopOfError.defaultExceptionHandler(context);
  });
  loop.callExceptionHandler({ message: "known" });
  loop.callExceptionHandler({ message: "unknown" });
});

scenario(
  "a handler that fails is itself reported to the default handler, and the loop goes on [ERR-04]",
  async (print) => {
    const loop = getRunningLoop();
    loop.defaultExceptionHandler = (context) => print("default", nameOf(context.exception));

    loop.setExceptionHandler((_loop, context) => {
      print("handler", nameOf(context.exception));
      throw new TypeError("broken handler");
    });
    loop.callSoon(fail);
    loop.callSoon(print, "next callback");
    await sleep(0);
  },
);

scenario("call_exception_handler never raises, even if both handlers fail [ERR-04]", async (print) => {
  const loop = getRunningLoop();
  expectTrouble("report", /default handler/); // the last resort is standard error

  loop.defaultExceptionHandler = () => {
    print("default");
    throw new Boom("default handler");
  };

  loop.setExceptionHandler(() => {
    print("handler");
    throw new Boom("handler");
  });
  loop.callExceptionHandler({ message: "by hand" });
  print("still here");
});

scenario(
  "the handler runs in the context of the callback or the task that failed [ERR-04 CTX-04]",
  async (print) => {
    const loop = getRunningLoop();
    const variable = new ContextVar("var", { default: "unset" });
    loop.setExceptionHandler(() => print("handler sees", variable.get()));

    const failingTask = async () => {
      variable.set("task");
      throw new Boom("task");
    };

    const context = copyContext();
    context.run(() => variable.set("callback"));
    context.run(() => loop.callSoon(fail));
    await sleep(0);
    const task = createTask(failingTask);
    await wait([task]);
    loop.callExceptionHandler({ message: "by hand", task });
    loop.callExceptionHandler({ message: "by hand" });
    task.exception();
  },
);

scenario(
  "an error in a done callback is reported, and the other callbacks run [FUT-09 SCHED-11]",
  async (print) => {
    const loop = getRunningLoop();
    loop.setExceptionHandler((_loop, context) => print("handler", nameOf(context.exception)));
    const future = loop.createFuture<null>();
    future.addDoneCallback(() => print("first"));
    future.addDoneCallback(() => fail());
    future.addDoneCallback(() => print("third"));
    future.setResult(null);
    await sleep(0);
    print("result", future.result());
  },
);

script(
  "a failed task that nobody looked at is reported, at the latest when run ends [FUT-13 TASK-31 DBG-05]",
  async (print) => {
    const failLater = async (name: string) => {
      await sleep(0);
      throw new Boom(name);
    };

    const body = async () => {
      getRunningLoop().setExceptionHandler((_loop, context) =>
        print("reported", (context.exception as Boom).message),
      );
      const lost = createTask(() => failLater("lost"));
      const asked = createTask(() => failLater("asked"));
      await sleep(20);
      print(lost.done(), nameOf(asked.exception()));
      print("main ends");
    };

    await run(body);
    print("run ended");
  },
);

script(
  "a failed future is reported too, unless its error was fetched or it was cancelled [FUT-04 FUT-08 FUT-13]",
  async (print) => {
    const body = async () => {
      const loop = getRunningLoop();
      loop.setExceptionHandler((_loop, context) => print("reported", (context.exception as Boom).message));
      const [fetched, cancelled, lost] = [loop.createFuture(), loop.createFuture(), loop.createFuture()];
      fetched.setException(new Boom("fetched"));
      cancelled.setException(new Boom("cancelled"));
      lost.setException(new Boom("lost"));
      print(nameOf(fetched.exception()));
      print("cancel", cancelled.cancel());
      print("main ends");
    };

    await run(body);
    print("run ended");
  },
);
