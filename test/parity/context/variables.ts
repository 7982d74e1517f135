/** Context variables: what a task sees, what its callbacks see, and who sees what they change. */
import { ContextVar, copyContext, createTask, Future, getRunningLoop, sleep } from "gyre";
import { scenario } from "../../support/parity.ts";
import { attempt } from "../outcomes.ts";

const changeTo = async (variable: ContextVar<string>, value: string) => {
  await sleep(0);
  variable.set(value);
};

scenario(
  "a variable without a value has its default, the caller's, or is refused [CTX-06]",
  async (print) => {
    const bare = new ContextVar<string>("bare");
    const withDefault = new ContextVar("with_default", { default: "default" });
    print(attempt(() => bare.get()));
    print(bare.get("fallback"));
    print(withDefault.get(), withDefault.get("fallback"));
    bare.set("value");
    print(bare.get(), bare.get("fallback"));
  },
);

scenario("reset undoes one set, once, and only for its own variable [CTX-06]", async (print) => {
  const variable = new ContextVar("var", { default: "unset" });
  const other = new ContextVar<string>("other");
  const first = variable.set("first");
  const second = variable.set("second");
  print(attempt(() => other.reset(second)));
  variable.reset(second);
  print(variable.get());
  print(attempt(() => variable.reset(second)));
  variable.reset(first);
  print(variable.get());
});

scenario("Context.run changes the variables of that context alone [CTX-06]", async (print) => {
  const variable = new ContextVar("var", { default: "unset" });

  const change = (value: string) => {
    const before = variable.get();
    variable.set(value);
    return before;
  };

  const context = copyContext();
  print(context.run(change, "inside"));
  print(context.run(change, "inside again"));
  print("outside", variable.get(), "in the context", context.get(variable));
  const copy = context.copy();
  copy.run(change, "in the copy");
  print("in the context", context.get(variable), "in its copy", copy.get(variable));
});

scenario("a context knows which variables have a value in it [CTX-06]", async (print) => {
  const [early, late] = [new ContextVar<string>("early"), new ContextVar<string>("late")];
  early.set("early");
  const context = copyContext();
  late.set("late");
  print(context.has(early), context.has(late));
  print(early.get(), late.get());
});

scenario("a task works on a copy of the context in which it was created [CTX-01]", async (print) => {
  const variable = new ContextVar<string>("var");
  variable.set("at creation");

  const work = async (name: string) => {
    print(name, variable.get());
    variable.set(name);
    await sleep(0);
    print(name, variable.get());
  };

  const tasks = ["a", "b"].map((name) => createTask(() => work(name)));
  variable.set("after creation");
  for (const task of tasks) await task;
  print("creator", variable.get());
});

scenario(
  "what a coroutine changes is seen by the task that awaits it, what a task changes is not [CTX-01]",
  async (print) => {
    const variable = new ContextVar("var", { default: "unset" });
    await changeTo(variable, "by a coroutine");
    print(variable.get());
    await createTask(() => changeTo(variable, "by a task"));
    print(variable.get());
  },
);

scenario("a task keeps its own values, whoever wakes it [CTX-01]", async (print) => {
  const variable = new ContextVar("var", { default: "unset" });
  const future = new Future<null>();

  const wait = async () => {
    variable.set("waiter");
    await future;
    print("woken", variable.get());
  };

  const wake = async () => {
    variable.set("waker");
    future.setResult(null);
  };

  const tasks = [createTask(wait), createTask(wake)];
  for (const task of tasks) await task;
  print("creator", variable.get());
});

scenario("two tasks with context= share that context [CTX-02]", async (print) => {
  const variable = new ContextVar("var", { default: "unset" });
  const context = copyContext();

  const change = async (value: string) => {
    const before = variable.get();
    variable.set(value);
    return before;
  };

  print(await createTask(() => change("first"), { context }));
  print(await createTask(() => change("second"), { context }));
  print("in the context", context.get(variable), "creator", variable.get());
});

scenario("the context of a task can be looked into [TASK-07]", async (print) => {
  const variable = new ContextVar("var", { default: "unset" });
  const own = copyContext();
  const task = createTask(() => changeTo(variable, "changed"));
  const withOwn = createTask(() => changeTo(variable, "changed too"), { context: own });
  await task;
  await withOwn;
  print(task.context.get(variable), withOwn.context === own, own.get(variable));
});

scenario(
  "callbacks see the context in which they were scheduled, and change a copy [CTX-02 SCHED-01 SCHED-03]",
  async (print) => {
    const loop = getRunningLoop();
    const variable = new ContextVar<string>("var");

    const callback = (name: string) => {
      print(name, variable.get());
      variable.set("changed by a callback");
    };

    variable.set("at scheduling");
    loop.callSoon(callback, "call_soon");
    loop.callSoonThreadsafe(callback, "call_soon_threadsafe");
    loop.callLater(20, callback, "call_later");
    loop.callAt(loop.time() + 40, callback, "call_at");
    variable.set("afterwards");
    await sleep(60);
    print("creator", variable.get());
  },
);

scenario(
  "a done callback sees the context in which it was added, not the one of set_result [CTX-02 FUT-09]",
  async (print) => {
    const variable = new ContextVar<string>("var");
    const future = new Future<null>();
    const context = copyContext();
    context.run(() => variable.set("other context"));
    variable.set("when added");
    future.addDoneCallback(() => print("first", variable.get()));
    context.run(() => future.addDoneCallback(() => print("second", variable.get())));
    variable.set("when settled");
    future.setResult(null);
    await sleep(0);
  },
);
