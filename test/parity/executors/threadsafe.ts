/** runCoroutineThreadsafe, on the loop's own thread. */
import { CancelledError, getRunningLoop, runCoroutineThreadsafe, sleep } from "gyre";
import { scenario } from "../../support/parity.ts";
import { attempt, Boom, nameOf, outcome } from "../outcomes.ts";

const soon = async <T>(value: T): Promise<T> => {
  await sleep(0);
  return value;
};

const settle = async () => {
  for (let i = 0; i < 3; i++) await sleep(0);
};

scenario("gives the result of the coroutine [WAIT-13]", async (print) => {
  const future = runCoroutineThreadsafe(() => soon(3), getRunningLoop());
  print(future.done());
  print(await future);
  print(future.done(), future.result());
});

scenario("gives its error [WAIT-13]", async (print) => {
  const future = runCoroutineThreadsafe(async () => {
    throw new Boom("there");
  }, getRunningLoop());
  print(await outcome(future));
  print(nameOf(future.exception()));
});

scenario("cancelling its future cancels the task [WAIT-13]", async (print) => {
  const future = runCoroutineThreadsafe(async () => {
    try {
      await sleep(60_000);
    } catch (error) {
      if (error instanceof CancelledError) print("cancelled inside");
      throw error;
    }
  }, getRunningLoop());
  await settle();
  print(future.cancel());
  await settle();
  print(future.cancelled());
});

scenario("a task that cannot be made is its error [WAIT-13]", async (print) => {
  const loop = getRunningLoop();
  loop.setTaskFactory(() => {
    throw new Boom("no tasks today");
  });
  const future = runCoroutineThreadsafe(() => soon(1), loop);
  print(await outcome(future));
  loop.setTaskFactory(null);
});

scenario("only a coroutine is accepted [WAIT-13]", async (print) => {
  print(attempt(() => runCoroutineThreadsafe(1 as never, getRunningLoop())));
});

scenario("call_soon_threadsafe is the same queue as call_soon [SCHED-02]", async (print) => {
  const loop = getRunningLoop();
  loop.callSoon(print, "a");
  loop.callSoonThreadsafe(print, "b");
  loop.callSoon(print, "c");
  await sleep(0);
  await sleep(0);
});
