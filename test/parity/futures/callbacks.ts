/** Done callbacks: when they run, in which order, and how they are taken back. */
import { createTask, Future, getRunningLoop, sleep } from "gyre";
import { scenario } from "../../support/parity.ts";

scenario(
  "callbacks get the future, later, in the order in which they were added [FUT-05 FUT-09]",
  async (print) => {
    const future = new Future<string>();
    future.addDoneCallback((done) => print("first", done === future, done.result()));
    future.addDoneCallback((done) => print("second", done === future, done.result()));
    future.setResult("result");
    print("set");
    await sleep(0);
  },
);

scenario("a callback added to a finished future runs too, but not at once [FUT-09]", async (print) => {
  const future = new Future<string>();
  future.setResult("result");
  future.addDoneCallback((done) => print("callback", done.result()));
  print("added");
  await sleep(0);
  print("the loop turned");
});

scenario("callbacks run for errors and for cancellation as well [FUT-06 FUT-08 FUT-09]", async (print) => {
  const [failed, cancelled] = [new Future<null>(), new Future<null>()];
  failed.addDoneCallback((done) => print("failed", done.cancelled(), done.exception() === error));
  cancelled.addDoneCallback((done) => print("cancelled", done.cancelled()));
  const error = new TypeError("no");
  failed.setException(error);
  cancelled.cancel();
  await sleep(0);
});

scenario("a callback added twice runs twice, and is removed as often [FUT-09 FUT-10]", async (print) => {
  const twice = () => print("twice");

  const once = () => print("once");

  const future = new Future<null>();
  future.addDoneCallback(twice);
  future.addDoneCallback(once);
  future.addDoneCallback(twice);
  const other = new Future<null>();
  for (const callback of [twice, once, twice]) other.addDoneCallback(callback);
  print(other.removeDoneCallback(twice), other.removeDoneCallback(twice));
  future.setResult(null);
  await sleep(0);
  print("other");
  other.setResult(null);
  await sleep(0);
});

scenario("removing a callback that is not there removes nothing [FUT-10]", async (print) => {
  const callback = () => print("never");

  const future = new Future<null>();
  print(future.removeDoneCallback(callback));
  future.addDoneCallback(callback);
  print(future.removeDoneCallback(callback), future.removeDoneCallback(callback));
  future.setResult(null);
  await sleep(0);
});

scenario("once the future is done, removing no longer stops a callback [FUT-10]", async (print) => {
  const callback = () => print("callback");

  const future = new Future<null>();
  future.addDoneCallback(callback);
  future.setResult(null);
  print(future.removeDoneCallback(callback));
  await sleep(0);
});

scenario(
  "a callback cannot remove the ones that follow it: all were scheduled together [FUT-05 FUT-10]",
  async (print) => {
    const first = (done: Future<null>) => print("first", done.removeDoneCallback(second));

    const second = () => print("second");

    const future = new Future<null>();
    future.addDoneCallback(first);
    future.addDoneCallback(second);
    future.setResult(null);
    await sleep(0);
  },
);

scenario("a callback added by a callback runs after the others [FUT-09]", async (print) => {
  const first = (done: Future<null>) => {
    print("first");
    done.addDoneCallback(third);
  };

  const second = () => print("second");

  const third = () => print("third");

  const future = new Future<null>();
  future.addDoneCallback(first);
  future.addDoneCallback(second);
  future.setResult(null);
  await sleep(20);
});

scenario(
  "callbacks of two futures run in the order in which the futures were settled [FUT-05 SCHED-01]",
  async (print) => {
    const loop = getRunningLoop();
    const [first, second] = [new Future<null>(), new Future<null>()];
    first.addDoneCallback(() => print("of the first"));
    second.addDoneCallback(() => print("of the second"));
    second.setResult(null);
    loop.callSoon(print, "between");
    first.setResult(null);
    await sleep(0);
  },
);

scenario("a waiting task wakes in its place among the callbacks [FUT-09 FUT-12 TASK-10]", async (print) => {
  const future = new Future<null>();

  const wait = async () => {
    await future;
    print("task");
  };

  future.addDoneCallback(() => print("callback before"));
  const task = createTask(wait);
  await sleep(0);
  future.addDoneCallback(() => print("callback after"));
  future.setResult(null);
  await task;
});

scenario(
  "the callback of a task runs when the task is done, before those who await it go on [FUT-09 TASK-15]",
  async (print) => {
    const work = async () => {
      print("work");
      return "result";
    };

    const task = createTask(work);
    task.addDoneCallback((done) => print("callback", done === task, done.result()));
    print(await task);
  },
);
